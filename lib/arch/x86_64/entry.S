// SPDX-License-Identifier: BSD-3-Clause
// Ways in and out of the kernel: trap stubs, the syscall instruction, the gate for linked code, the context switch.

/*
 * Trap: the CPU pushes its frame on the per-CPU IST stack (application code owns its red zone). trap_common moves it to the thread's
 * kernel stack, below the interrupted stack pointer if that lies there, else at the top, and leaves the IST stack before anything else
 * can happen. One privilege level: IRETQ still loads RSP, so the way out needs no second move.
 *
 * Between an exit path's last look at the work word and the instruction that leaves the kernel stack nothing may be missed. The syscall path
 * keeps interrupts off there; the gate path is restartable: a trap that interrupts [osv_gate_check, osv_gate_leave) returns to its
 * beginning (trap.c), and no register the range needs is changed in it.
 */

#include "asm_offsets.h"

    .text

    .macro RESTORE_ALL
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rax
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    addq $(FRAME_RIP - FRAME_ORIG_AX), %rsp
    iretq
    .endm

/* 256 stubs of 8 bytes. In: CPU's frame; exceptions with an error code have it on top. */
    .globl osv_trap_stubs
    .balign 8
osv_trap_stubs:
    vector = 0
    .rept 256
    .balign 8
    pushq $(vector - 128)
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    jmp trap_with_error
    .else
    jmp trap_without_error
    .endif
    vector = vector + 1
    .endr

trap_without_error:
    pushq (%rsp)            /* the error slot gets a copy of the vector: cleared below */
    movq $0, 8(%rsp)
trap_with_error:
    pushq %rax
    pushq %rcx
    /* IST: 0 rcx, 8 rax, 16 vector-128, 24 error, 32 rip, 40 cs, 48 rflags, 56 rsp, 64 ss */
    cld
    movq 56(%rsp), %rax
    movq %rax, %rcx
    subq %gs:arch_kstack_base, %rcx
    cmpq $KSTACK_BYTES, %rcx
    ja 1f
    cmpq $KSTACK_RESERVE, %rcx
    jb kernel_stack_overflow
    andq $-16, %rax
    subq $FRAME_BYTES, %rax
    jmp 2f
1:  addq $GUARD_BYTES, %rcx
    cmpq $GUARD_BYTES, %rcx
    jb kernel_stack_overflow
    movq %gs:arch_kstack_frame, %rax
2:  movq %r15, FRAME_R15(%rax)
    movq %r14, FRAME_R14(%rax)
    movq %r13, FRAME_R13(%rax)
    movq %r12, FRAME_R12(%rax)
    movq %rbp, FRAME_RBP(%rax)
    movq %rbx, FRAME_RBX(%rax)
    movq %r11, FRAME_R11(%rax)
    movq %r10, FRAME_R10(%rax)
    movq %r9, FRAME_R9(%rax)
    movq %r8, FRAME_R8(%rax)
    movq %rdx, FRAME_RDX(%rax)
    movq %rsi, FRAME_RSI(%rax)
    movq %rdi, FRAME_RDI(%rax)
    movq %rax, %rdi
    popq FRAME_RCX(%rdi)
    popq FRAME_RAX(%rdi)
    popq %rax
    addl $128, %eax
    shll $16, %eax
    movq %rax, FRAME_ENTRY(%rdi)    /* entry = trap (0), vector */
    movq $-1, FRAME_ORIG_AX(%rdi)
    popq FRAME_ERROR(%rdi)
    popq FRAME_RIP(%rdi)
    popq FRAME_CS(%rdi)
    popq FRAME_RFLAGS(%rdi)
    popq FRAME_RSP(%rdi)
    popq FRAME_SS(%rdi)
    movq %rdi, %rsp
    call arch_trap
    RESTORE_ALL

/* The thread's kernel stack is used up: go on, for the report only, on the stack for double faults. In: as at trap_with_error + 2 pushes. */
kernel_stack_overflow:
    movq %gs:arch_fault_stack_frame, %rax
    jmp 2b

/* int3-like re-entry point for RESTORE_ALL. In: %rdi = frame on the kernel stack, interrupts off. */
    .globl osv_return_frame
osv_return_frame:
    movq %rdi, %rsp
    RESTORE_ALL

/* The syscall instruction. In: %rcx = return address, %r11 = flags, %rax = number; interrupts off by FMASK. */
    .globl osv_syscall_entry
    .balign 16
osv_syscall_entry:
    movq %rsp, %gs:arch_scratch
    movq %gs:arch_kstack_top, %rsp
    pushq $SEL_DATA
    pushq %gs:arch_scratch
    pushq %r11
    pushq $SEL_CODE64
    pushq %rcx
    subq $16, %rsp
    pushq $ENTRY_SYSCALL
    pushq %rax
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rax
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %gs:arch_current_thread, %rax
    orl $FPU_LIVE, THREAD_FLAGS(%rax)
    sti
    movq %rsp, %rdi
    call *arch_trap_ops+TRAP_OPS_SYSCALL
    movq %rax, FRAME_RAX(%rsp)
    cli
    movq %gs:arch_current_thread, %rcx
    cmpl $0, THREAD_WORK(%rcx)
    jne syscall_slow
    andl $~FPU_LIVE, THREAD_FLAGS(%rcx)
    movq FRAME_RDI(%rsp), %rdi
    movq FRAME_RSI(%rsp), %rsi
    movq FRAME_RDX(%rsp), %rdx
    movq FRAME_R8(%rsp), %r8
    movq FRAME_R9(%rsp), %r9
    movq FRAME_R10(%rsp), %r10
    movq FRAME_RFLAGS(%rsp), %r11
    movq FRAME_RIP(%rsp), %rcx
    movq %r11, FRAME_ERROR(%rsp)
    andl $~0x200, FRAME_ERROR(%rsp)
    addq $FRAME_ERROR, %rsp
    popfq
    movq (FRAME_RSP - FRAME_ADDRESS)(%rsp), %rsp
    sti                     /* takes effect after the jump */
    jmp *%rcx

syscall_slow:
    sti
    movq %rsp, %rdi
    call arch_syscall_slow  /* returns with interrupts off */
    RESTORE_ALL

/* osv_syscall_gate(a0..a5, fn, nr): see arch/gate.h. Stack: 0 return address, 8 fn, 16 nr. */
    .globl osv_syscall_gate, osv_gate_check, osv_gate_leave
    .type osv_syscall_gate, @function
    .balign 16
osv_syscall_gate:
    movq %rsp, %rax
    subq %gs:arch_kstack_base, %rax
    cmpq $KSTACK_BYTES, %rax
    jbe gate_nested
    movq %rsp, %rax
    movq %gs:arch_kstack_frame, %rsp
    movq %rax, FRAME_RSP(%rsp)
    movq %rdi, FRAME_RDI(%rsp)
    movq %rsi, FRAME_RSI(%rsp)
    movq %rdx, FRAME_RDX(%rsp)
    movq %rcx, FRAME_R10(%rsp)
    movq %r8, FRAME_R8(%rsp)
    movq %r9, FRAME_R9(%rsp)
    movq 16(%rax), %r10
    movq 8(%rax), %rax
    movq %r10, FRAME_ORIG_AX(%rsp)
    movq $ENTRY_GATE, FRAME_ENTRY(%rsp)
    cmpq $0, arch_trap_ops+TRAP_OPS_GATE_ENTERED
    jne gate_entered
gate_call:
    call *%rax
osv_gate_check:
    movq %gs:arch_current_thread, %rcx
    cmpl $0, THREAD_WORK(%rcx)
    jne gate_slow
    movq FRAME_RSP(%rsp), %rsp
osv_gate_leave:
    ret
gate_nested:
    jmp *8(%rsp)

/* Calls are traced: tell, then load what the call wants again. In: %rsp = frame. */
gate_entered:
    movq %rsp, %rdi
    call *arch_trap_ops+TRAP_OPS_GATE_ENTERED
    call gate_arguments
    movq FRAME_RSP(%rsp), %rax
    movq 8(%rax), %rax
    jmp gate_call
gate_full_entered:
    movq %rsp, %rdi
    call *arch_trap_ops+TRAP_OPS_GATE_ENTERED
    call gate_arguments
    movq FRAME_RSP(%rsp), %rax
    movq (%rax), %rax
    jmp gate_full_call
gate_arguments:
    movq 8+FRAME_RDI(%rsp), %rdi
    movq 8+FRAME_RSI(%rsp), %rsi
    movq 8+FRAME_RDX(%rsp), %rdx
    movq 8+FRAME_R10(%rsp), %rcx
    movq 8+FRAME_R8(%rsp), %r8
    movq 8+FRAME_R9(%rsp), %r9
    ret

/* Work is pending: complete the frame as if the call had been interrupted at its return address. In: %rax = result, %rsp = frame. */
gate_slow:
    movq %rsp, %rdi
    testl $WORK_FULL_EXIT, THREAD_WORK(%rcx)
    jnz 1f
    movq %rax, FRAME_RAX(%rsp)
    call gate_capture
    movq FRAME_RSP(%rsp), %rcx
    movq (%rcx), %rdx
    addq $8, %rcx
    movq %rdx, FRAME_RIP(%rsp)
    movq %rcx, FRAME_RSP(%rsp)
1:  call arch_gate_slow     /* returns with interrupts off */
    RESTORE_ALL

/* In: %rdi = frame. Callee-saved registers and segments into it; caller-saved registers are dead in the caller. */
gate_capture:
    movq %rbx, FRAME_RBX(%rdi)
    movq %rbp, FRAME_RBP(%rdi)
    movq %r12, FRAME_R12(%rdi)
    movq %r13, FRAME_R13(%rdi)
    movq %r14, FRAME_R14(%rdi)
    movq %r15, FRAME_R15(%rdi)
    movq $0, FRAME_RCX(%rdi)
    movq $0, FRAME_R11(%rdi)
    movq $0, FRAME_ADDRESS(%rdi)
    movq $0, FRAME_ERROR(%rdi)
    movq $SEL_CODE64, FRAME_CS(%rdi)
    movq $SEL_DATA, FRAME_SS(%rdi)
    movq $0x202, FRAME_RFLAGS(%rdi)
    ret

/* osv_syscall_gate_full: the frame is complete before fn runs, so fn may copy it (fork, clone, execve). */
    .globl osv_syscall_gate_full
    .type osv_syscall_gate_full, @function
    .balign 16
osv_syscall_gate_full:
    movq %rsp, %rax
    subq %gs:arch_kstack_base, %rax
    cmpq $KSTACK_BYTES, %rax
    jbe gate_nested
    movq %rsp, %rax
    movq %gs:arch_kstack_frame, %rsp
    pushq %rdi
    leaq 8(%rsp), %rdi
    call gate_capture
    popq %rdi
    movq (%rax), %r11
    movq %r11, FRAME_RIP(%rsp)
    leaq 8(%rax), %r11
    movq %r11, FRAME_RSP(%rsp)
    movq $0, FRAME_RAX(%rsp)
    movq %rdi, FRAME_RDI(%rsp)
    movq %rsi, FRAME_RSI(%rsp)
    movq %rdx, FRAME_RDX(%rsp)
    movq %rcx, FRAME_R10(%rsp)
    movq %r8, FRAME_R8(%rsp)
    movq %r9, FRAME_R9(%rsp)
    movq 16(%rax), %r10
    movq 8(%rax), %rax
    movq %r10, FRAME_ORIG_AX(%rsp)
    movq $ENTRY_GATE, FRAME_ENTRY(%rsp)
    cmpq $0, arch_trap_ops+TRAP_OPS_GATE_ENTERED
    jne gate_full_entered
gate_full_call:
    call *%rax
    movq %gs:arch_current_thread, %rcx
    testl $WORK_FULL_EXIT, THREAD_WORK(%rcx)
    jnz 1f
    movq %rax, FRAME_RAX(%rsp)
1:  movq %rsp, %rdi
    call arch_gate_slow
    RESTORE_ALL

/* arch_switch(prev, next): see arch/context.h. Interrupts off. */
    .globl arch_switch
    .balign 16
arch_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, (%rdi)
    movq (%rsi), %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* First run of a context made by arch_context_init: entry in %rbx, argument in %r12. */
    .globl osv_context_start
osv_context_start:
    movq %r12, %rdi
    xorl %ebp, %ebp
    call *%rbx
    ud2

    .section .note.GNU-stack, "", @progbits

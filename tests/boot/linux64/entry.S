// SPDX-License-Identifier: BSD-3-Clause
// Test loader: PVH entry, and the jump into a 64-bit kernel with the registers that Firecracker sets up.

    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    movl $stack_top, %esp
    pushl %ebx
    call load               /* returns the kernel's entry point */
    movl %eax, %edi
    lgdt gdt_pointer
    movl $0x20, %eax        /* CR4.PAE */
    movl %eax, %cr4
    movl $0x9000, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x500, %eax        /* LME, LMA */
    wrmsr
    movl $0x80000001, %eax  /* PG, PE */
    movl %eax, %cr0
    ljmpl $0x08, $long_mode
    .code64
long_mode:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $0x8ff0, %esp
    movl %esp, %ebp
    movl $0x7000, %esi
    movl %edi, %edi
    jmpq *%rdi

    .data
    .align 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long gdt

    .bss
    .align 16
    .skip 8192
stack_top:

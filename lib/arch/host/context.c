// SPDX-License-Identifier: BSD-3-Clause
// Switching kernel stacks inside a host process: callee-saved registers and the stack pointer.

#include <arch/context.h>
#include <stdint.h>

/*
 * void arch_switch(struct arch_context *prev (rdi), struct arch_context *next (rsi)): pushes the callee-saved registers, stores the
 * stack pointer in *prev, takes the one of *next, pops and returns there. host_context_start: first return of a new context; rbx =
 * argument, rbp = entry; the stack is 16-byte aligned.
 */
__asm__(".text\n"
        ".globl arch_switch\n"
        ".type arch_switch, @function\n"
        "arch_switch:\n\t"
        "pushq %rbp\n\t"
        "pushq %rbx\n\t"
        "pushq %r12\n\t"
        "pushq %r13\n\t"
        "pushq %r14\n\t"
        "pushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq (%rsi), %rsp\n\t"
        "popq %r15\n\t"
        "popq %r14\n\t"
        "popq %r13\n\t"
        "popq %r12\n\t"
        "popq %rbx\n\t"
        "popq %rbp\n\t"
        "ret\n"
        ".size arch_switch, . - arch_switch\n"
        ".globl host_context_start\n"
        ".type host_context_start, @function\n"
        "host_context_start:\n\t"
        "movq %rbx, %rdi\n\t"
        "movq %rbp, %rax\n\t"
        "xorl %ebp, %ebp\n\t"
        "callq *%rax\n\t"
        "ud2\n"
        ".size host_context_start, . - host_context_start\n");

void host_context_start(void);

void arch_context_init(struct arch_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
    uint64_t *sp = (uint64_t *)((uintptr_t)stack_top & ~(uintptr_t)15);

    *--sp = 0;
    *--sp = 0;
    *--sp = (uintptr_t)host_context_start; /* return address: the stack is a multiple of 16 after it is popped */
    *--sp = (uintptr_t)entry;              /* rbp */
    *--sp = (uintptr_t)arg;                /* rbx */
    for (int i = 0; i < 4; i++)
        *--sp = 0;
    ctx->sp = sp;
}

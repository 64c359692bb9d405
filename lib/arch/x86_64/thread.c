// SPDX-License-Identifier: BSD-3-Clause
// The CPU's part of a thread and the switch between two.

#include "arch/context.h"
#include "arch/fpu.h"
#include "arch/thread.h"
#include "base/string.h"
#include "state.h"
#include "vector_state.h"

void arch_thread_init(struct arch_thread *t, uintptr_t kstack_base, uintptr_t kstack_top, uintptr_t fs_base)
{
    t->kstack_base = kstack_base;
    t->kstack_top = kstack_top;
    t->fs_base = fs_base;
}

void arch_thread_adopt_boot(struct arch_thread *t)
{
    t->kstack_base = arch_boot_thread.kstack_base;
    t->kstack_top = arch_boot_thread.kstack_top;
    t->fs_base = arch_boot_thread.fs_base;
    t->flags = arch_boot_thread.flags;
    arch_set_current(t);
}

void arch_thread_set_fs_base(struct arch_thread *t, uintptr_t fs_base)
{
    t->fs_base = fs_base;
    if (t == arch_current())
        arch_write_fs_base(fs_base);
}

/* What arch_switch pops, lowest address first. */
struct switch_frame {
    uint32_t mxcsr;
    uint16_t fcw, padding;
    uint64_t r15, r14, r13, r12, rbx, rbp, ret, stop[2];
};

void arch_context_init(struct arch_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
    struct switch_frame *s = (struct switch_frame *)((uintptr_t)stack_top & ~15ul) - 1;
    memset(s, 0, sizeof(*s));
    s->mxcsr = 0x1f80;
    s->fcw = 0x37f;
    s->rbx = (uintptr_t)entry;
    s->r12 = (uintptr_t)arg;
    s->ret = (uintptr_t)osv_context_start;
    ctx->sp = s;
}

void arch_thread_switch_slow(struct arch_thread *prev, struct arch_thread *next)
{
    if (prev->flags & THREAD_FPU_LIVE)
        arch_fpu_switch_out(prev);
    arch_set_current(next);
    if (prev->fs_base != next->fs_base)
        arch_write_fs_base(next->fs_base);
    if (next->flags & THREAD_FPU_LIVE) {
        uint32_t mxcsr;
        uint16_t fcw;
        __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(fcw));
        arch_fpu_switch_in(next);
        __asm__ volatile("ldmxcsr %0; fldcw %1" ::"m"(mxcsr), "m"(fcw)); /* arch_switch is about to save these for @prev */
    }
}

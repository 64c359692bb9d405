// SPDX-License-Identifier: BSD-3-Clause
// Switching from one kernel stack to another.
#pragma once

#include "arch/cpu.h"
#include "arch/frame.h"
#include "arch/percpu.h"
#include "arch/thread.h"
#include "base/compiler.h"
#include <stdint.h>

/** struct arch_context - where a thread that does not run left off: its stack pointer; the rest is on the stack. */
struct arch_context {
    void *sp;
};

/** arch_context_init - the first switch to @ctx calls @entry(@arg) on an empty stack with interrupts off; @entry must not return. */
void arch_context_init(struct arch_context *ctx, void *stack_top, void (*entry)(void *), void *arg);

/**
 * The two steps of a switch, both with interrupts off, in this order:
 * arch_thread_switch - make @next current: kernel stack for entries, FS base, vector state of @prev saved if THREAD_FPU_LIVE, of @next loaded.
 * arch_switch - save callee-saved registers, MXCSR and x87 control word in @prev, go on in @next. Returns when something switches back.
 */
#ifdef CONFIG_HOSTED
void arch_thread_switch(struct arch_thread *prev, struct arch_thread *next);
#else
DECLARE_PER_CPU(uintptr_t, arch_kstack_base); /* of the current thread, for entry code */
DECLARE_PER_CPU(uintptr_t, arch_kstack_top);
DECLARE_PER_CPU(uintptr_t, arch_kstack_frame);

/** arch_set_current - per-CPU copies of what entry code needs of @t. Interrupts off. */
static inline void arch_set_current(struct arch_thread *t)
{
    uintptr_t top = t->kstack_top;

    __asm__ volatile("movq %0, %%gs:arch_current_thread\n\t"
                     "movq %1, %%gs:arch_kstack_base\n\t"
                     "movq %2, %%gs:arch_kstack_top\n\t"
                     "movq %3, %%gs:arch_kstack_frame" ::"r"(t), "r"(t->kstack_base), "r"(top), "r"(top - sizeof(struct arch_frame))
                     : "memory");
}

void arch_thread_switch_slow(struct arch_thread *prev, struct arch_thread *next); /* vector state, or no FSGSBASE */

static inline void arch_thread_switch(struct arch_thread *prev, struct arch_thread *next)
{
    if (unlikely(((prev->flags | next->flags) & THREAD_FPU_LIVE) || !cpu_features.fsgsbase)) {
        arch_thread_switch_slow(prev, next);
        return;
    }
    arch_set_current(next);
    if (prev->fs_base != next->fs_base)
        __asm__ volatile("wrfsbase %0" ::"r"(next->fs_base));
}
#endif
void arch_switch(struct arch_context *prev, struct arch_context *next);

// SPDX-License-Identifier: BSD-3-Clause
// Preemption: a per-CPU count with the "reschedule" request folded into its top bit.
#pragma once

#include "arch/percpu.h"
#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * arch_preempt_count = number of preempt_disable() in force, plus ARCH_PREEMPT_NO_RESCHED while nobody asked this CPU to reschedule.
 * So "count dropped to zero and a reschedule is wanted" is one decrement and one test for zero.
 * The hook (room sched) is called with interrupts as they were and preemption enabled; it must do nothing if interrupts are off.
 */
#define ARCH_PREEMPT_NO_RESCHED 0x80000000u

typedef void (*arch_resched_hook_fn)(void);
/** arch_preempt_set_hook - once, by room sched. */
void arch_preempt_set_hook(arch_resched_hook_fn fn);
void arch_preempt_call_hook(void);

#ifdef CONFIG_HOSTED
void preempt_disable(void);
void preempt_enable(void);
void preempt_enable_no_resched(void);
bool preempt_is_off(void);
unsigned preempt_count(void);
void preempt_set_need_resched(void);
void preempt_clear_need_resched(void);
bool preempt_need_resched(void);
#else
DECLARE_PER_CPU(uint32_t, arch_preempt_count);

static inline void preempt_disable(void)
{
    __asm__ volatile("incl %%gs:arch_preempt_count" ::: "memory", "cc");
}

static inline void preempt_enable_no_resched(void)
{
    __asm__ volatile("decl %%gs:arch_preempt_count" ::: "memory", "cc");
}

static inline void preempt_enable(void)
{
    bool zero;
    __asm__ volatile("decl %%gs:arch_preempt_count" : "=@ccz"(zero)::"memory");
    if (unlikely(zero))
        arch_preempt_call_hook();
}

static inline uint32_t arch_preempt_raw(void)
{
    uint32_t n;
    __asm__ volatile("movl %%gs:arch_preempt_count, %0" : "=r"(n));
    return n;
}

static inline unsigned preempt_count(void)
{
    return arch_preempt_raw() & ~ARCH_PREEMPT_NO_RESCHED;
}

static inline bool preempt_is_off(void)
{
    return preempt_count() != 0;
}

/** preempt_set_need_resched - for this CPU only; another CPU is asked by IPI. */
static inline void preempt_set_need_resched(void)
{
    __asm__ volatile("andl $0x7fffffff, %%gs:arch_preempt_count" ::: "memory", "cc");
}

static inline void preempt_clear_need_resched(void)
{
    __asm__ volatile("orl $0x80000000, %%gs:arch_preempt_count" ::: "memory", "cc");
}

static inline bool preempt_need_resched(void)
{
    return !(arch_preempt_raw() & ARCH_PREEMPT_NO_RESCHED);
}
#endif

// SPDX-License-Identifier: BSD-3-Clause
// The reschedule hook of room sched.

#include "arch/preempt.h"
#include "arch/irq.h"

DEFINE_PER_CPU(uint32_t, arch_preempt_count);
static arch_resched_hook_fn hook;

void arch_preempt_set_hook(arch_resched_hook_fn fn)
{
    hook = fn;
}

void arch_preempt_call_hook(void)
{
    if (hook)
        hook();
    else
        preempt_clear_need_resched();
}

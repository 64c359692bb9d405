// SPDX-License-Identifier: BSD-3-Clause
// Sampling: what a thread's CPU time was spent on, the application or the kernel.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/ipi.h"
#include "arch/trap.h"
#include "sched/time.h"

/*
 * Theory. A call into the kernel costs some tens of instructions; reading the counter twice in each would double that. So time is
 * told apart as Linux does without exact accounting: an interrupt every PERIOD_NS of a busy CPU sees where it came from, and
 * what the running thread used since its last sample is charged there. The sum is exact, the parts are right on average. It
 * begins when a program first asks for the parts: who never asks has no interrupts, and an idle CPU has none either.
 */

#define PERIOD_NS (4 * NSEC_PER_MSEC)

static void sample(void)
{
    struct run_queue *rq = run_queue_this();
    bool in_kernel = !irq_from_user();

    spin_lock(&rq->lock);
    if (!rq->idle) {
        struct sched_entity *se = &rq->current->se;
        run_queue_account(rq, cpu_cycles());
        if (in_kernel)
            se->system_cycles += se->run_cycles - se->sampled_cycles;
        se->sampled_cycles = se->run_cycles;
        timer_sample_arm(PERIOD_NS);
    }
    run_queue_unlock(rq);
}

static void sample_go_on(void)
{
    timer_sample_arm(PERIOD_NS);
}

void thread_sample_start(void)
{
    if (likely(sched_sample_hook != NULL))
        return;
    irq_flags_t flags = irq_save();
    __atomic_store_n(&sched_sample_go_on, sample_go_on, __ATOMIC_SEQ_CST);
    __atomic_store_n(&sched_sample_hook, sample, __ATOMIC_SEQ_CST);
    timer_sample_arm(PERIOD_NS);
    for (unsigned cpu = 0; cpu < sched_online(); cpu++)
        if (cpu != cpu_id())
            ipi_resched(cpu);
    irq_restore(flags);
}

// SPDX-License-Identifier: BSD-3-Clause
// The watchdog: a CPU that does not answer the scheduler's interrupts is reported.
#include "run_queue.h"

#include "arch/cpu.h"
#include "base/log.h"
#include "sched/time.h"

/*
 * A CPU that was asked to look at its queue clears run_queue.resched_wanted in its interrupt handler. If it has not done so for
 * STUCK_NS, it runs with interrupts off, or its virtual CPU does not run. The others notice in their timer interrupts, so the check
 * costs nothing while nothing happens. One report an episode.
 */

#define STUCK_NS (10 * NSEC_PER_SEC)

static void report(const struct run_queue *rq, uint64_t cycles)
{
    const struct thread *t = __atomic_load_n(&rq->current, __ATOMIC_RELAXED);

    log_error("CPU %u has not answered for %lld s; it runs thread %u (%s)%s", rq->cpu,
              (long long)(clock_cycles_to_ns(cycles) / NSEC_PER_SEC), t->tid, t->name, rq->idle ? ", idle" : "");
}

void watchdog_look(void)
{
    uint64_t now = cpu_cycles(), limit = clock_ns_to_cycles(STUCK_NS);

    for (unsigned cpu = 0; cpu < sched_online(); cpu++) {
        struct run_queue *rq = run_queue_of(cpu);
        uint64_t asked = __atomic_load_n(&rq->asked_at, __ATOMIC_RELAXED);
        if (!__atomic_load_n(&rq->resched_wanted, __ATOMIC_RELAXED) || asked == 0 || (int64_t)(now - asked) < (int64_t)limit)
            continue;
        if (__atomic_compare_exchange_n(&rq->asked_at, &asked, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            report(rq, now - asked);
    }
}

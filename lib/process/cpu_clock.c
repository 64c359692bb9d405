// SPDX-License-Identifier: BSD-3-Clause
// CPU time as a clock that timers wait on.
#include "cpu_clock.h"
#include "sched/sched.h"
#include "sched/time.h"

#define RESOLUTION_NS NSEC_PER_MSEC

nsec_t cpu_clock_process_ns(struct process *p)
{
    struct thread_times times;

    process_times(p, &times);
    return times.run_ns;
}

nsec_t cpu_clock_process_user_ns(struct process *p)
{
    struct thread_times times;

    process_times(p, &times);
    return times.run_ns - times.system_ns;
}

nsec_t cpu_clock_thread_ns(struct process_thread *t)
{
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
    nsec_t ns = t->thread != NULL ? thread_run_ns(t->thread) : 0;

    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    return ns;
}

nsec_t cpu_clock_next_look(struct process *p, nsec_t remaining_ns, bool one_thread)
{
    unsigned speed = one_thread ? 1 : min(p->n_threads, sched_cpu_count());
    nsec_t now = clock_monotonic_ns(), wait = max(remaining_ns / max(speed, 1u), RESOLUTION_NS);

    return wait > NSEC_FOREVER - now ? NSEC_FOREVER : now + wait;
}

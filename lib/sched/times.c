// SPDX-License-Identifier: BSD-3-Clause
// What threads and CPUs have used: run time, switches, idle time.
#include "run_queue.h"

#include "arch/cpu.h"
#include "sched/time.h"

static nsec_t run_ns_locked(struct run_queue *rq, struct thread *t)
{
    if (rq->current == t)
        run_queue_account(rq, cpu_cycles());
    nsec_t ns = clock_cycles_to_ns(t->se.run_cycles);
    if (ns < t->se.reported_ns) /* the counter's rate is known better now */
        ns = t->se.reported_ns;
    t->se.reported_ns = ns;
    return ns;
}

nsec_t thread_run_ns(struct thread *t)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);
    nsec_t ns = run_ns_locked(rq, t);

    run_queue_unlock(rq);
    irq_restore(flags);
    return ns;
}

/* The application's part; neither part ever shrinks, though what was not charged yet counts as the application's. */
static nsec_t user_ns_locked(struct thread *t, nsec_t run_ns)
{
    nsec_t ns = t->kernel_only ? 0 : run_ns - clock_cycles_to_ns(t->se.system_cycles);

    ns = min(max(ns, t->se.reported_user_ns), run_ns);
    t->se.reported_user_ns = ns;
    return ns;
}

void thread_get_times(struct thread *t, struct thread_times *out)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);

    out->run_ns = run_ns_locked(rq, t);
    out->system_ns = out->run_ns - user_ns_locked(t, out->run_ns);
    run_queue_unlock(rq);
    irq_restore(flags);
    out->voluntary_switches = t->se.voluntary;
    out->involuntary_switches = t->se.involuntary;
    out->minor_faults = t->minor_faults;
    out->major_faults = t->major_faults;
}

nsec_t sched_idle_ns(unsigned cpu)
{
    struct run_queue *rq = run_queue_of(cpu);
    irq_flags_t flags = spin_lock_irqsave(&rq->lock);
    uint64_t cycles = rq->idle_cycles;

    if (rq->idle)
        cycles += cpu_cycles() - rq->idle_start;
    spin_unlock_irqrestore(&rq->lock, flags);
    return clock_cycles_to_ns(cycles);
}

uint64_t sched_switch_count(void)
{
    uint64_t n = 0;

    for (unsigned cpu = 0; cpu < sched_online(); cpu++)
        n += __atomic_load_n(&run_queue_of(cpu)->switches, __ATOMIC_RELAXED);
    return n;
}

unsigned thread_runnable_count(void)
{
    unsigned n = 0;

    for (unsigned cpu = 0; cpu < sched_online(); cpu++)
        n += __atomic_load_n(&run_queue_of(cpu)->nr_running, __ATOMIC_RELAXED);
    return n;
}

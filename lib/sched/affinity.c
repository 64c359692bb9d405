// SPDX-License-Identifier: BSD-3-Clause
// Which CPUs a thread may use, and moving it at once when that changes.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/ipi.h"
#include <errno.h>

static void leave_cpu_locked(struct run_queue *rq)
{
    rq->migrate_current = true;
    if (rq == run_queue_this())
        sched_ask(rq);
    else if (!__atomic_exchange_n(&rq->resched_wanted, true, __ATOMIC_SEQ_CST))
        ipi_resched(rq->cpu);
}

int sched_set_affinity(struct thread *t, const struct cpu_mask *mask)
{
    struct cpu_mask online;
    bool any = false, move = false;

    sched_online_mask(&online);
    for (unsigned i = 0; i < CPU_MAX / 64; i++)
        any |= (mask->bits[i] & online.bits[i]) != 0;
    if (!any)
        return -EINVAL;
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);
    t->se.affinity = *mask;
    if (t->se.on_rq && !cpu_mask_test(mask, rq->cpu)) {
        if (rq->current == t) {
            leave_cpu_locked(rq);
        } else if (t->se.in_tree) {
            run_queue_remove(rq, t);
            run_queue_count_down(rq);
            move = true;
        }
    } else if (rq->current == t) {
        rq->migrate_current = false;
    }
    run_queue_unlock(rq);
    if (move)
        balance_place(t, rq);
    irq_restore(flags);
    preempt_disable();
    preempt_enable(); /* reschedules if it is the current thread that has to go */
    return 0;
}

void sched_get_affinity(struct thread *t, struct cpu_mask *out)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);

    *out = t->se.affinity;
    run_queue_unlock(rq);
    irq_restore(flags);
}

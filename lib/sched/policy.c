// SPDX-License-Identifier: BSD-3-Clause
// Scheduling policies and parameters of a thread; priority inheritance.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/ipi.h"
#include <errno.h>

#define WEIGHT_IDLE 3

/* 1024 * 1.25^-nice, nice -20 ... 19: each step is about a tenth of the CPU between two threads. */
static const uint32_t nice_weight[40] = {
    88818, 71054, 56843, 45475, 36380, 29104, 23283, 18626, 14901, 11921, 9537, 7629, 6104, 4883, 3906, 3125, 2500, 2000, 1600, 1280,
    1024,  819,   655,   524,   419,   336,   268,   215,   172,   137,   110,  88,   70,   56,   45,   36,   29,   23,   18,   15,
};

static bool realtime(const struct sched_params *p)
{
    return p->policy == SCHED_POLICY_FIFO || p->policy == SCHED_POLICY_RR;
}

static bool boost_wins(const struct sched_params *base, const struct sched_params *boost)
{
    if (realtime(boost))
        return !realtime(base) || boost->priority > base->priority;
    return !realtime(base) && boost->nice < base->nice;
}

void sched_apply_params(struct run_queue *rq, struct sched_entity *se)
{
    const struct sched_params *p = &se->params;
    bool was_fair = sched_is_fair(se);

    if (se->boosted && boost_wins(&se->params, &se->boost))
        p = &se->boost;
    se->no_wake_preempt = p->policy == SCHED_POLICY_BATCH || p->policy == SCHED_POLICY_IDLE;
    if (realtime(p)) {
        se->class_key = 99u - (uint32_t)p->priority;
        se->order = ++rq->tail_order;
        return;
    }
    se->class_key = SCHED_KEY_FAIR;
    se->weight = p->policy == SCHED_POLICY_IDLE ? WEIGHT_IDLE : nice_weight[p->nice + 20];
    se->inverse_weight = ((uint64_t)SCHED_WEIGHT_NICE_0 << 32) / se->weight;
    if (!was_fair)
        se->order = rq->min_vruntime;
}

/* Change what decides the order, in or out of the tree, and let the CPU choose again: Return as sched_notify_cpu(). */
static bool reapply_locked(struct run_queue *rq, struct thread *t)
{
    bool queued = t->se.in_tree;

    if (queued)
        run_queue_remove(rq, t);
    sched_apply_params(rq, &t->se);
    if (queued)
        run_queue_insert(rq, t);
    return rq->first != NULL && !rq->idle && sched_notify_cpu(rq, run_queue_first(rq));
}

static bool valid(const struct sched_params *p)
{
    if (realtime(p))
        return p->priority >= 1 && p->priority <= 99;
    if (p->policy != SCHED_POLICY_OTHER && p->policy != SCHED_POLICY_BATCH && p->policy != SCHED_POLICY_IDLE)
        return false;
    return p->priority == 0 && p->nice >= -20 && p->nice <= 19;
}

int sched_set_params(struct thread *t, const struct sched_params *p)
{
    if (!valid(p))
        return -EINVAL;
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);
    if (rq->current == t)
        run_queue_account(rq, cpu_cycles());
    t->se.params = *p;
    bool interrupt = reapply_locked(rq, t);
    spin_unlock_no_preempt(&rq->lock);
    if (interrupt)
        ipi_resched(rq->cpu);
    irq_restore(flags);
    preempt_enable();
    return 0;
}

void sched_get_params(struct thread *t, struct sched_params *out)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);

    *out = t->se.params;
    run_queue_unlock(rq);
    irq_restore(flags);
}

void sched_boost(struct thread *t, const struct sched_params *p)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_lock_thread(t);

    if (rq->current == t)
        run_queue_account(rq, cpu_cycles());
    t->se.boosted = p != NULL;
    if (p != NULL)
        t->se.boost = *p;
    bool interrupt = reapply_locked(rq, t);
    spin_unlock_no_preempt(&rq->lock);
    if (interrupt)
        ipi_resched(rq->cpu);
    irq_restore(flags);
    preempt_enable();
}

void sched_inherit(struct thread *child, struct thread *parent)
{
    struct sched_entity *se = &child->se;

    sched_get_params(parent, &se->params);
    sched_get_affinity(parent, &se->affinity);
    if (se->params.reset_on_fork) {
        if (realtime(&se->params)) {
            se->params.policy = SCHED_POLICY_OTHER;
            se->params.priority = 0;
            se->params.nice = 0;
        } else if (se->params.nice < 0) {
            se->params.nice = 0;
        }
        se->params.reset_on_fork = false;
    }
    if (se->params.policy != SCHED_POLICY_OTHER || se->params.nice != 0)
        sched_apply_params(run_queue_of(0), se);
}

nsec_t sched_rr_interval_ns(struct thread *t)
{
    switch (t->se.params.policy) {
    case SCHED_POLICY_RR:
        return SCHED_RR_SLICE_NS;
    case SCHED_POLICY_FIFO:
        return 0;
    default:
        return SCHED_SLICE_NS;
    }
}

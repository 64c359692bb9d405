// SPDX-License-Identifier: BSD-3-Clause
// Making a thread runnable, and telling its CPU.
#include "run_queue.h"

#include "arch/ipi.h"
#include "sched/time.h"

/*
 * The CPU of @rq got one more thread. It must look if it idles, if the newcomer is better than what runs, or if it has no slice
 * timer to end what runs. The own CPU is told by flag. Another one needs an interrupt, to be sent by the caller when it has
 * released the lock: the CPU's first act is to take it. Only one interrupt is under way at a time.
 */
bool sched_notify_cpu(struct run_queue *rq, struct thread *woken)
{
    bool local = rq == run_queue_this();
    bool better = !rq->idle && run_queue_preempts(rq, woken);

    if (local) {
        if (better)
            sched_ask(rq);
        if (!rq->idle && !rq->slice_armed && rq->current->se.params.policy != SCHED_POLICY_FIFO) {
            rq->slice_armed = true;
            timer_slice_arm(SCHED_SLICE_NS);
        }
        return false;
    }
    if (!rq->idle && !better && rq->slice_armed)
        return false;
    if (__atomic_exchange_n(&rq->resched_wanted, true, __ATOMIC_SEQ_CST))
        return false;
    __atomic_store_n(&rq->asked_at, cpu_cycles(), __ATOMIC_RELAXED);
    return true;
}

/*
 * The usual wake-up, on the own CPU by a thread that has run for a moment only: nothing to tell. As run_queue_preempts(), without
 * bringing the accounts up to date.
 */
static inline bool nothing_to_tell(const struct run_queue *rq, const struct thread *t)
{
    const struct sched_entity *cur = &rq->current->se;
    uint64_t ran = cpu_cycles() - cur->run_start + cur->run_cycles - cur->slice_start;

    return rq == run_queue_this() && rq->slice_armed && !rq->idle && ran < sched_wake_granularity_cycles / 4 &&
           cur->class_key == t->se.class_key && !cur->no_wake_preempt;
}

/* Return: send its CPU an interrupt once the lock is released. */
static inline bool enqueue_woken(struct run_queue *rq, struct thread *t)
{
    run_queue_activate(rq, t);
    if (likely(nothing_to_tell(rq, t)))
        return false;
    run_queue_account(rq, cpu_cycles());
    return sched_notify_cpu(rq, t);
}

/* Move the sleeper's queue: its virtual time keeps the distance to the minimum. rq->lock of the old queue is held, then that of the new one. */
static struct run_queue *change_queue(struct run_queue *from, struct run_queue *to, struct thread *t)
{
    bool fair = sched_is_fair(&t->se);
    int64_t distance = t->se.order - from->min_vruntime;

    __atomic_store_n(&t->se.rq, to, __ATOMIC_RELEASE);
    run_queue_unlock(from);
    spin_lock(&to->lock);
    if (fair && sched_is_fair(&t->se)) /* else: its class was changed on the way, and its order with it */
        t->se.order = distance + to->min_vruntime;
    return to;
}

/* rq->lock held; returns the queue whose lock is held now. */
static struct run_queue *place_woken(struct run_queue *rq, struct thread *t)
{
    if (rq->current == t) { /* the CPU idles on its stack: it has to go on there */
        if (!cpu_mask_test(&t->se.affinity, rq->cpu))
            rq->migrate_current = true;
        return rq;
    }
    struct run_queue *to = balance_select(t, rq);
    return to == rq ? rq : change_queue(rq, to, t);
}

/*
 * Tell the CPU of @rq. A waker that holds a lock sends the interrupt when it lets go of it (resched_hook()): the woken thread would
 * only spin for the lock, and sending takes long on a virtual machine.
 */
static void interrupt_cpu(struct run_queue *rq, irq_flags_t flags)
{
    struct run_queue *own = run_queue_this();

    if (!irq_flags_enabled(flags) || preempt_count() <= 1 || own->ipi_pending) {
        ipi_resched(rq->cpu);
        return;
    }
    own->ipi_to = rq;
    own->ipi_pending = true;
    if (!preempt_need_resched()) {
        own->ipi_only = true;
        preempt_set_need_resched();
    }
}

bool sched_wake(struct thread *t, uint32_t mask, uint32_t to)
{
    irq_flags_t flags = irq_save();
    uint32_t state = atomic_load_relaxed(&t->state);

    do {
        if (!(mask >> state & 1)) {
            irq_restore(flags);
            return false;
        }
    } while (!atomic_cmpxchg(&t->state, &state, to));

    struct run_queue *rq = __atomic_load_n(&t->se.rq, __ATOMIC_RELAXED);
    bool interrupt = false;
    spin_lock(&rq->lock);
    if (unlikely(rq != __atomic_load_n(&t->se.rq, __ATOMIC_RELAXED))) {
        run_queue_unlock(rq);
        rq = run_queue_lock_thread(t);
    }
    /* The thread may have seen the new state by itself, gone on, and sleep for something else by now: that is not ours to end. */
    if (!t->se.on_rq && atomic_load_relaxed(&t->state) < THREAD_SLEEP) {
        if (sched_online() > 1)
            rq = place_woken(rq, t);
        interrupt = enqueue_woken(rq, t);
    }
    spin_unlock_no_preempt(&rq->lock);
    if (unlikely(interrupt))
        interrupt_cpu(rq, flags);
    irq_restore(flags);
    preempt_enable();
    return true;
}

void thread_start(struct thread *t)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_this();

    thread_get(t); /* its own, put after its last switch */
    t->start_cycles = cpu_cycles();
    if (sched_online() > 1)
        rq = balance_select(t, rq);
    __atomic_store_n(&t->se.rq, rq, __ATOMIC_RELEASE);
    spin_lock(&rq->lock);
    t->se.order = sched_is_fair(&t->se) ? rq->min_vruntime : 0;
    bool interrupt = enqueue_woken(rq, t);
    spin_unlock_no_preempt(&rq->lock);
    if (interrupt)
        ipi_resched(rq->cpu);
    irq_restore(flags);
    preempt_enable();
}

void balance_place(struct thread *t, struct run_queue *from)
{
    struct run_queue *to = balance_select(t, from);

    spin_lock(&from->lock);
    bool fair = sched_is_fair(&t->se);
    int64_t distance = t->se.order - from->min_vruntime;
    __atomic_store_n(&t->se.rq, to, __ATOMIC_RELEASE);
    run_queue_unlock(from);
    spin_lock(&to->lock);
    if (fair && sched_is_fair(&t->se))
        t->se.order = distance + to->min_vruntime;
    t->se.run_start = cpu_cycles();
    bool interrupt = enqueue_woken(to, t);
    run_queue_unlock(to);
    if (interrupt)
        ipi_resched(to->cpu);
}

void thread_kick(struct thread *t)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = __atomic_load_n(&t->se.rq, __ATOMIC_RELAXED);

    if (rq != NULL && rq != run_queue_this() && __atomic_load_n(&rq->current, __ATOMIC_RELAXED) == t)
        ipi_resched(rq->cpu);
    irq_restore(flags);
}

void thread_interrupt(struct thread *t)
{
    /* In this order: a thread whose wait ends by what it sees here must find work on its way out, or it would leave with a code to restart. */
    arch_thread_set_work(&t->arch, THREAD_WORK_SIGNAL);
    atomic_store_seq(&t->interrupt_pending, true); /* pairs with the state store in wait_prepare() */
    if (!sched_wake(t, 1u << THREAD_SLEEP_INTR, THREAD_WOKEN_SIGNAL))
        thread_kick(t);
}

/* The slice timer fired; interrupts are off. */
void sched_tick(void)
{
    struct run_queue *rq = run_queue_this();

    spin_lock(&rq->lock);
    rq->slice_armed = false;
    uint64_t now = cpu_cycles();
    run_queue_account(rq, now);
    struct sched_entity *se = &rq->current->se;
    if (!rq->idle && rq->first != NULL && (sched_is_fair(se) || se->params.policy == SCHED_POLICY_RR)) {
        uint64_t slice = sched_is_fair(se) ? sched_slice_cycles : sched_rr_slice_cycles;
        uint64_t used = se->run_cycles - se->slice_start;
        rq->slice_armed = true;
        if (used + slice / 16 >= slice) {
            se->slice_expired = true;
            sched_ask(rq);
            timer_slice_arm(SCHED_SLICE_NS);
        } else {
            timer_slice_arm(clock_cycles_to_ns(slice - used));
        }
    }
    run_queue_unlock(rq);
    if (sched_online() > 1)
        balance_tick(rq);
}

/* Another CPU wants this one to look. Its thread's work word is looked at on the way out by the entry code. */
void sched_ipi(unsigned vector, void *arg)
{
    struct run_queue *rq = run_queue_this();

    if (__atomic_load_n(&rq->rcu_wanted, __ATOMIC_RELAXED)) {
        if (rq->idle || preempt_count() <= 1) /* the handler's own; the interrupted code was preemptible */
            rcu_report_quiescent(rq);
        else
            sched_ask(rq);
    }
    if (unlikely(sched_sample_go_on != NULL) && !rq->idle)
        sched_sample_go_on();
    if (!__atomic_exchange_n(&rq->resched_wanted, false, __ATOMIC_SEQ_CST) || rq->idle)
        return;
    spin_lock(&rq->lock);
    struct thread *first = rq->first != NULL ? container_of(rq->first, struct thread, se.node) : NULL;
    if (rq->migrate_current)
        sched_ask(rq);
    if (first != NULL) {
        run_queue_account(rq, cpu_cycles());
        (void)sched_notify_cpu(rq, first); /* it is the own CPU */
    }
    run_queue_unlock(rq);
}

// SPDX-License-Identifier: BSD-3-Clause
// Giving the CPU from one thread to another: block, yield, preemption, idling.
#include "run_queue.h"

#include "arch/context.h"
#include "arch/cpu.h"
#include "arch/ipi.h"
#include "arch/trap.h"
#include "base/panic.h"
#include "sched/time.h"

/*
 * Theory. Blocking, yielding and preemption each take the CPU's queue lock with interrupts off, decide, switch, and the thread that
 * goes on releases the lock. A thread that blocks has announced its wait in thread->state before (wait.c); here the state is looked at once more
 * under the lock, so a wake-up that came in between just keeps the thread running. A preempted thread stays runnable whatever
 * its state says.
 *
 * Idling happens on the stack of the thread that blocked last: when the same thread is woken, which is the usual case, nothing
 * has to be switched. Only a dead thread, or one that must move to another CPU, needs the CPU's idle thread.
 *
 * A dead thread is put by the thread that runs next.
 */

static void (*space_hook)(struct thread *next);

void sched_set_space_hook(void (*fn)(struct thread *next))
{
    space_hook = fn;
}

void sched_space_left(void)
{
    run_queue_this()->space = NULL;
}

static void (*idle_enter_hook)(void), (*idle_leave_hook)(void);

void sched_set_idle_hooks(void (*enter)(void), void (*leave)(void))
{
    idle_leave_hook = leave;
    idle_enter_hook = enter;
}

/* Interrupts are off before and after, on while the CPU halts. */
static void halt(void)
{
    bool hooks = sched_online() > 1 && idle_enter_hook != NULL;

    if (hooks)
        idle_enter_hook();
    preempt_disable();
    cpu_halt();
    irq_disable();
    preempt_enable_no_resched();
    if (hooks)
        idle_leave_hook();
}

static inline bool state_runnable(uint32_t state)
{
    return state < THREAD_SLEEP;
}

static void idle_enter(struct run_queue *rq)
{
    __atomic_store_n(&rq->idle, true, __ATOMIC_RELAXED);
    rq->idle_start = cpu_cycles();
    __atomic_fetch_or(&sched_idle_bits[rq->cpu / 64], 1ull << (rq->cpu % 64), __ATOMIC_SEQ_CST);
}

static void idle_leave(struct run_queue *rq)
{
    __atomic_fetch_and(&sched_idle_bits[rq->cpu / 64], ~(1ull << (rq->cpu % 64)), __ATOMIC_SEQ_CST);
    uint64_t now = cpu_cycles();
    rq->idle_cycles += now - rq->idle_start;
    rq->current->se.run_start = now;
    __atomic_store_n(&rq->idle, false, __ATOMIC_RELAXED);
    if (unlikely(sched_sample_go_on != NULL))
        sched_sample_go_on();
}

/* Wait for work on the current stack. Lock held on entry and return; preemption stays off, interrupts are on only in the halt. */
static struct thread *idle_wait(struct run_queue *rq)
{
    struct thread *next;

    idle_enter(rq);
    for (;;) {
        run_queue_unlock(rq);
        if (__atomic_load_n(&rq->rcu_wanted, __ATOMIC_RELAXED))
            rcu_report_quiescent(rq);
        if (sched_online() > 1)
            balance_pull(rq);
        rcu_flush_idle();
        if (__atomic_load_n(&rq->first, __ATOMIC_RELAXED) == NULL) /* an enqueue from now on comes with an interrupt, pending until the halt */
            halt();
        spin_lock(&rq->lock);
        preempt_clear_need_resched();
        next = run_queue_take_first(rq);
        if (next != NULL)
            break;
    }
    idle_leave(rq);
    return next;
}

static bool needs_idle_thread(const struct run_queue *rq, const struct thread *prev)
{
    return atomic_load_relaxed(&prev->state) == THREAD_DEAD || rq->migrate_current;
}

static void arm_slice(struct run_queue *rq, const struct thread *t)
{
    if (t->se.class_key != SCHED_KEY_FAIR && t->se.params.policy == SCHED_POLICY_FIFO)
        return;
    rq->slice_armed = true;
    timer_slice_arm(sched_is_fair(&t->se) ? SCHED_SLICE_NS : SCHED_RR_SLICE_NS);
}

/* Take @prev, runnable but not allowed here, out of this CPU; after_switch() sends it away. */
static struct thread *evict_current(struct run_queue *rq, struct thread *prev, struct thread *next)
{
    rq->migrate_current = false;
    if (!prev->se.on_rq) /* it sleeps: the wake-up will choose a CPU */
        return next;
    if (prev->se.in_tree)
        run_queue_remove(rq, prev);
    if (next == prev)
        next = run_queue_take_first(rq);
    run_queue_count_down(rq);
    rq->pushed = prev;
    rq->left_behind = true;
    return next != NULL ? next : rq->idle_thread;
}

/* Lock held, interrupts off: what the last switch on this CPU left to do. Releases the lock. */
static __noinline void clean_up(struct run_queue *rq)
{
    struct thread *dead = rq->just_died, *pushed = rq->pushed;

    rq->left_behind = false;
    if (dead != NULL) {
        rq->just_died = NULL;
        dead->reap_next = rq->dead;
        rq->dead = dead;
    }
    rq->pushed = NULL;
    run_queue_unlock(rq);
    if (pushed != NULL)
        balance_place(pushed, rq);
    if (dead != NULL)
        sched_reap(rq);
}

static void send_pending_ipi(struct run_queue *own)
{
    if (own->ipi_pending)
        ipi_resched(own->ipi_to->cpu);
    own->ipi_pending = false;
    own->ipi_only = false;
}

/* Whatever is not the usual case; returns who runs next. */
static __noinline struct thread *attend(struct run_queue *rq, struct thread *prev, struct thread *next)
{
    if (__atomic_load_n(&rq->rcu_wanted, __ATOMIC_RELAXED))
        rcu_report_quiescent(rq);
    send_pending_ipi(rq);
    if (next == NULL)
        next = needs_idle_thread(rq, prev) ? rq->idle_thread : idle_wait(rq);
    if (rq->migrate_current)
        next = evict_current(rq, prev, next);
    return next;
}

static __noinline void enter_space(struct run_queue *rq, struct thread *next)
{
    if (next->space == NULL)
        return;
    rq->space = next->space;
    if (space_hook != NULL)
        space_hook(next);
}

/*
 * From @prev, already queued or asleep, to @next. Lock held, interrupts off; the lock is released on the CPU where @prev goes on.
 */
static __always_inline void switch_threads(struct run_queue *rq, struct thread *prev, struct thread *next)
{
    next->se.run_start = prev->se.run_start;
    next->se.slice_start = next->se.run_cycles;
    if (likely(sched_is_fair(&next->se)) && next->se.order > rq->min_vruntime)
        rq->min_vruntime = next->se.order; /* it was the leftmost */
    if (unlikely(rq->first != NULL && !rq->slice_armed))
        arm_slice(rq, next);
    __atomic_store_n(&rq->current, next, __ATOMIC_RELAXED);
    rq->switches++;
    if (unlikely(next->space != rq->space))
        enter_space(rq, next);
    arch_thread_switch(&prev->arch, &next->arch);
    arch_switch(&prev->ctx, &next->ctx);

    rq = run_queue_this();
    if (unlikely(rq->left_behind))
        clean_up(rq);
    else
        run_queue_unlock(rq);
}

static inline struct run_queue *lock_and_account(void)
{
    struct run_queue *rq = run_queue_this();

    spin_lock(&rq->lock);
    preempt_clear_need_resched();
    run_queue_account(rq, cpu_cycles());
    return rq;
}

static inline void stay(struct run_queue *rq, struct thread *prev)
{
    prev->se.slice_start = prev->se.run_cycles;
    run_queue_unlock(rq);
}

/* Goes on when the thread has been woken. */
void sched_block(void)
{
    irq_disable();
    struct run_queue *rq = lock_and_account();
    struct thread *prev = rq->current, *next;

    if (likely(!state_runnable(atomic_load_relaxed(&prev->state)))) {
        prev->se.on_rq = false;
        prev->se.voluntary++;
        run_queue_count_down(rq);
        next = run_queue_take_first(rq);
    } else if (unlikely(prev == rq->idle_thread)) {
        next = run_queue_take_first(rq);
    } else {
        next = prev; /* woken before it slept */
    }
    if (unlikely(run_queue_attention(rq) | (next == NULL)))
        next = attend(rq, prev, next);
    if (unlikely(next == prev))
        stay(rq, prev);
    else
        switch_threads(rq, prev, next);
    irq_enable();
}

void sched_die(void)
{
    irq_disable();
    struct run_queue *rq = run_queue_this();
    struct thread *t = rq->current;

    rq->just_died = t;
    rq->left_behind = true;
    atomic_store_seq(&t->state, THREAD_DEAD);
    sched_block();
    panic("a dead thread runs");
}

/* @prev goes behind the first one that waits; returns who runs. The tree is not empty. */
static inline struct thread *yield_to_first(struct run_queue *rq, struct thread *prev)
{
    struct thread *first = container_of(rq->first, struct thread, se.node);
    struct sched_entity *se = &prev->se;

    se->voluntary++;
    if (unlikely(!sched_is_fair(se))) {
        se->order = ++rq->tail_order;
        return run_queue_swap_first(rq, prev);
    }
    if (unlikely(!sched_is_fair(&first->se)))
        return run_queue_swap_first(rq, prev);
    if (first->se.order > se->order)
        se->order = first->se.order;
    if (unlikely(!run_queue_only_one(rq)))
        return run_queue_swap_first(rq, prev);
    first->se.in_tree = false;
    run_queue_plant(rq, prev);
    return first;
}

void thread_yield(void)
{
    if (__atomic_load_n(&run_queue_this()->nr_running, __ATOMIC_RELAXED) <= 1)
        return;
    irq_disable();
    struct run_queue *rq = lock_and_account();
    struct thread *prev = rq->current, *next = prev;

    if (likely(rq->first != NULL))
        next = yield_to_first(rq, prev);
    if (unlikely(run_queue_attention(rq)))
        next = attend(rq, prev, next);
    if (unlikely(next == prev))
        stay(rq, prev);
    else
        switch_threads(rq, prev, next);
    irq_enable();
}

static void requeue_preempted(struct run_queue *rq, struct sched_entity *se)
{
    if (!sched_is_fair(se))
        se->order = se->slice_expired ? ++rq->tail_order : --rq->head_order;
    se->slice_expired = false;
}

/* Interrupts are on. */
static __noinline void preempt(void)
{
    irq_disable();
    struct run_queue *rq = lock_and_account();
    struct thread *prev = rq->current, *next;

    if (unlikely(prev == rq->idle_thread)) {
        next = run_queue_take_first(rq);
        if (next == NULL)
            next = prev;
    } else {
        requeue_preempted(rq, &prev->se);
        next = run_queue_swap_first(rq, prev);
    }
    if (unlikely(run_queue_attention(rq)))
        next = attend(rq, prev, next);
    if (next == prev) {
        stay(rq, prev);
    } else {
        prev->se.involuntary++;
        if (unlikely(prev->notify_preempt))
            arch_thread_set_work(&prev->arch, THREAD_WORK_NOTIFY);
        switch_threads(rq, prev, next);
    }
    irq_enable();
}

void sched_preempt_point(void)
{
    if (preempt_need_resched())
        preempt();
}

static void (*call_soon)(void); /* a */

void sched_call_soon(void (*fn)(void))
{
    irq_flags_t flags = irq_save();

    __atomic_store_n(&call_soon, fn, __ATOMIC_RELEASE);
    sched_ask(run_queue_this());
    irq_restore(flags);
}

/* Return: was the interrupt that waited for a lock to be released all that was wanted? */
static bool only_ipi(void)
{
    irq_disable();
    struct run_queue *own = run_queue_this();
    bool only = own->ipi_only;

    send_pending_ipi(own);
    if (only)
        preempt_clear_need_resched();
    irq_enable();
    return only;
}

static void resched_hook(void)
{
    if (!irq_enabled() || !preempt_need_resched())
        return;
    if (unlikely(run_queue_this()->ipi_pending) && only_ipi())
        return;
    preempt();
    if (unlikely(__atomic_load_n(&call_soon, __ATOMIC_RELAXED) != NULL)) {
        void (*fn)(void) = __atomic_exchange_n(&call_soon, NULL, __ATOMIC_ACQ_REL);
        if (fn != NULL)
            fn();
    }
}

void sched_first_run(void *arg)
{
    struct thread *t = arg;
    struct run_queue *rq = run_queue_this();

    if (rq->left_behind)
        clean_up(rq);
    else
        run_queue_unlock(rq);
    irq_enable();
    t->entry(t->entry_arg);
    thread_exit();
}

void sched_idle_loop(void)
{
    for (;;)
        sched_block();
}

void sched_start_preempting(void)
{
    arch_preempt_set_hook(resched_hook);
}

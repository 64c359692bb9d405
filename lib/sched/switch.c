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
 * Theory. reschedule() takes the CPU's queue lock with interrupts off, decides, switches, and the thread that goes on releases
 * the lock. A thread that blocks has announced its wait in thread->state before (wait.c); here the state is looked at once more
 * under the lock, so a wake-up that came in between just keeps the thread running. A preempted thread stays runnable whatever
 * its state says.
 *
 * Idling happens on the stack of the thread that blocked last: when the same thread is woken, which is the usual case, nothing
 * has to be switched. Only a dead thread, or one that must move to another CPU, needs the CPU's idle thread.
 *
 * A dead thread is put by the thread that runs next.
 */

enum leave { LEAVE_BLOCK, LEAVE_YIELD, LEAVE_PREEMPT };

static void (*space_hook)(struct thread *next);

void sched_set_space_hook(void (*fn)(struct thread *next))
{
    space_hook = fn;
}

static inline bool state_runnable(uint32_t state)
{
    return state < THREAD_SLEEP;
}

static void idle_enter(struct run_queue *rq)
{
    rq->idle = true;
    rq->idle_start = cpu_cycles();
    __atomic_fetch_or(&sched_idle_bits[rq->cpu / 64], 1ull << (rq->cpu % 64), __ATOMIC_SEQ_CST);
}

static void idle_leave(struct run_queue *rq)
{
    __atomic_fetch_and(&sched_idle_bits[rq->cpu / 64], ~(1ull << (rq->cpu % 64)), __ATOMIC_SEQ_CST);
    uint64_t now = cpu_cycles();
    rq->idle_cycles += now - rq->idle_start;
    rq->current->se.run_start = now;
    rq->idle = false;
}

/* Wait for work on the current stack. Lock held on entry and return; preemption stays off, interrupts are on only in the halt. */
static struct thread *idle_wait(struct run_queue *rq)
{
    struct thread *next;

    idle_enter(rq);
    for (;;) {
        run_queue_unlock(rq);
        if (rq->rcu_wanted)
            rcu_report_quiescent(rq);
        if (sched_cpus_online > 1)
            balance_pull(rq);
        rcu_flush_idle();
        if (rq->first == NULL) { /* an enqueue from now on comes with an interrupt, pending until the halt */
            preempt_disable();
            cpu_halt();
            irq_disable();
            preempt_enable_no_resched();
        }
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
    rq->nr_running--;
    rq->pushed = prev;
    return next != NULL ? next : rq->idle_thread;
}

/* After a switch, on the CPU where the thread goes on: rq->lock is held. Interrupts stay off. */
static inline void after_switch(struct run_queue *rq)
{
    struct thread *dead = rq->just_died, *pushed = rq->pushed;

    if (unlikely(dead != NULL)) {
        rq->just_died = NULL;
        dead->reap_next = rq->dead;
        rq->dead = dead;
    }
    rq->pushed = NULL;
    run_queue_unlock(rq);
    if (unlikely(pushed != NULL))
        balance_place(pushed, rq);
}

static inline void switch_to(struct run_queue *rq, struct thread *prev, struct thread *next)
{
    if (unlikely(atomic_load_relaxed(&prev->state) == THREAD_DEAD))
        rq->just_died = prev;
    __atomic_store_n(&rq->current, next, __ATOMIC_RELAXED);
    next->se.slice_start = next->se.run_cycles;
    rq->switches++;
    if (unlikely(next->space != rq->space && next->space != NULL)) {
        rq->space = next->space;
        if (space_hook != NULL)
            space_hook(next);
    }
    arch_thread_switch(&prev->arch, &next->arch);
    arch_switch(&prev->ctx, &next->ctx);
}

static struct thread *leave_current(struct run_queue *rq, struct thread *prev, enum leave how)
{
    struct sched_entity *se = &prev->se;

    if (how == LEAVE_BLOCK && !state_runnable(atomic_load_relaxed(&prev->state))) {
        se->on_rq = false;
        se->voluntary++;
        __atomic_store_n(&rq->nr_running, rq->nr_running - 1, __ATOMIC_RELAXED);
        struct thread *next = run_queue_take_first(rq);
        return next;
    }
    if (unlikely(prev == rq->idle_thread))
        return run_queue_take_first(rq);
    if (how == LEAVE_YIELD) {
        se->voluntary++;
        if (!sched_is_fair(se))
            se->order = ++rq->tail_order;
        else if (rq->first != NULL) {
            const struct sched_entity *f = &container_of(rq->first, struct thread, se.node)->se;
            if (sched_is_fair(f) && f->order > se->order)
                se->order = f->order;
        }
    } else if (how == LEAVE_PREEMPT) {
        if (!sched_is_fair(se))
            se->order = se->slice_expired ? ++rq->tail_order : --rq->head_order;
        se->slice_expired = false;
    }
    struct thread *next = run_queue_swap_first(rq, prev);
    if (next != prev && how == LEAVE_PREEMPT) {
        se->involuntary++;
        if (unlikely(prev->notify_preempt))
            arch_thread_set_work(&prev->arch, THREAD_WORK_NOTIFY);
    }
    return next;
}

static inline void reschedule(enum leave how)
{
    irq_flags_t flags = irq_save();
    struct run_queue *rq = run_queue_this();

    spin_lock(&rq->lock);
    preempt_clear_need_resched();
    struct thread *prev = rq->current;
    run_queue_account(rq, cpu_cycles());
    struct thread *next = leave_current(rq, prev, how);
    if (unlikely(rq->rcu_wanted))
        rcu_report_quiescent(rq);
    if (unlikely(next == NULL))
        next = needs_idle_thread(rq, prev) ? rq->idle_thread : idle_wait(rq);
    if (unlikely(rq->migrate_current))
        next = evict_current(rq, prev, next);
    if (likely(next != prev)) {
        next->se.run_start = prev->se.run_start;
        if (unlikely(rq->first != NULL && !rq->slice_armed))
            arm_slice(rq, next);
        switch_to(rq, prev, next);
        rq = run_queue_this();
        after_switch(rq);
    } else {
        prev->se.slice_start = prev->se.run_cycles;
        run_queue_unlock(rq);
    }
    bool reap = rq->dead != NULL;
    irq_restore(flags);
    if (unlikely(reap))
        sched_reap(rq);
}

void sched_block(void)
{
    reschedule(LEAVE_BLOCK);
}

void thread_yield(void)
{
    if (run_queue_this()->nr_running > 1)
        reschedule(LEAVE_YIELD);
}

void sched_preempt_point(void)
{
    if (preempt_need_resched())
        reschedule(LEAVE_PREEMPT);
}

static void (*call_soon)(void); /* a */

void sched_call_soon(void (*fn)(void))
{
    __atomic_store_n(&call_soon, fn, __ATOMIC_RELEASE);
    preempt_set_need_resched();
}

static void resched_hook(void)
{
    if (!irq_enabled() || !preempt_need_resched())
        return;
    reschedule(LEAVE_PREEMPT);
    if (unlikely(call_soon != NULL)) {
        void (*fn)(void) = __atomic_exchange_n(&call_soon, NULL, __ATOMIC_ACQ_REL);
        if (fn != NULL)
            fn();
    }
}

void sched_first_run(void *arg)
{
    struct thread *t = arg;
    struct run_queue *rq = run_queue_this();

    after_switch(rq);
    irq_enable();
    if (unlikely(rq->dead != NULL))
        sched_reap(rq);
    t->entry(t->entry_arg);
    thread_exit();
}

void sched_idle_loop(void)
{
    for (;;)
        reschedule(LEAVE_BLOCK);
}

void sched_start_preempting(void)
{
    arch_preempt_set_hook(resched_hook);
}

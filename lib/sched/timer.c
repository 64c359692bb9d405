// SPDX-License-Identifier: BSD-3-Clause
// Timers: a tree for each CPU, and the one event its clock hardware is set for.
#include "run_queue.h"

#include "base/log.h"
#include "base/panic.h"
#include "sched/time.h"

/*
 * Theory. A timer lives in the tree of the CPU that armed it and fires there, in the timer interrupt. The hardware is set for the
 * earliest of the tree and the scheduler's slice end. It is not set back when that timer is cancelled: most timeouts never
 * happen, and one interrupt too many now and then is cheaper than programming the hardware twice for each wait.
 *
 * Rules. t->cpu names the tree (-1: none) and changes only under that tree's lock. A callback runs without locks; base->running
 * names it meanwhile, set before t->cpu becomes -1, so a canceller that finds -1 also finds the callback. One thread at a time
 * arms a timer; cancelling may race with everything.
 */

struct timer_base {
    struct spinlock lock;
    struct rb_root tree;    /* lock: by deadline */
    struct rb_node *first;  /* lock */
    struct timer *running;  /* a */
    nsec_t programmed_ns;   /* own CPU: what the hardware is set for; 0: nothing */
    nsec_t slice_ns;        /* own CPU: end of the slice; 0: none */
    nsec_t sample_ns;       /* own CPU: when to sample; 0: never */
};

static DEFINE_PER_CPU(struct timer_base, timer_base);
static const struct clock_event_ops *event_ops;
void (*sched_sample_hook)(void), (*sched_sample_go_on)(void);

void clock_event_register(const struct clock_event_ops *ops)
{
    event_ops = ops;
}

const struct clock_event_ops *clock_event_current(void)
{
    return event_ops;
}

static struct timer *timer_of(const struct rb_node *n)
{
    return container_of(n, struct timer, node);
}

static bool deadline_before(const struct rb_node *a, const struct rb_node *b)
{
    return timer_of(a)->deadline_ns < timer_of(b)->deadline_ns;
}

/* Own CPU, interrupts off. */
static void program(struct timer_base *b, nsec_t deadline_ns)
{
    if (b->programmed_ns != 0 && b->programmed_ns <= deadline_ns)
        return;
    b->programmed_ns = deadline_ns;
    if (unlikely(event_ops == NULL)) {
        clock_probe_once();
        if (event_ops == NULL) {
            log_once("no timer hardware: nothing will ever time out");
            return;
        }
    }
    event_ops->set_deadline(b->programmed_ns); /* probing may have set an earlier one */
}

void timer_init(struct timer *t, void (*fn)(struct timer *), void *arg)
{
    t->fn = fn;
    t->arg = arg;
    t->deadline_ns = 0;
    atomic_store_relaxed(&t->cpu, -1);
}

static void remove_locked(struct timer_base *b, struct timer *t)
{
    if (b->first == &t->node)
        b->first = rb_next(&t->node);
    rb_erase(&b->tree, &t->node);
}

bool timer_cancel(struct timer *t)
{
    for (;;) {
        int32_t cpu = atomic_load_seq(&t->cpu);
        if (cpu < 0)
            return false;
        struct timer_base *b = per_cpu_ptr(timer_base, (unsigned)cpu);
        irq_flags_t flags = spin_lock_irqsave(&b->lock);
        bool here = atomic_load_seq(&t->cpu) == cpu;
        if (here) {
            remove_locked(b, t);
            atomic_store_seq(&t->cpu, -1);
        }
        spin_unlock_irqrestore(&b->lock, flags);
        if (here)
            return true;
    }
}

void timer_arm(struct timer *t, nsec_t deadline_ns)
{
    timer_cancel(t);
    if (unlikely(deadline_ns == NSEC_FOREVER))
        return;
    irq_flags_t flags = irq_save();
    struct timer_base *b = this_cpu_ptr(timer_base);
    spin_lock(&b->lock);
    t->deadline_ns = deadline_ns;
    rb_insert(&b->tree, &t->node, deadline_before);
    if (b->first == NULL || deadline_before(&t->node, b->first))
        b->first = &t->node;
    bool first = b->first == &t->node;
    atomic_store_seq(&t->cpu, (int32_t)cpu_id());
    spin_unlock_no_preempt(&b->lock);
    if (first)
        program(b, deadline_ns);
    irq_restore(flags);
    preempt_enable();
}

static bool running_anywhere(const struct timer *t)
{
    for (unsigned cpu = 0; cpu < sched_online(); cpu++)
        if (__atomic_load_n(&per_cpu_ptr(timer_base, cpu)->running, __ATOMIC_ACQUIRE) == t)
            return true;
    return false;
}

bool timer_cancel_sync(struct timer *t)
{
    bool cancelled = false;

    do {
        cancelled |= timer_cancel(t);
        while (running_anywhere(t))
            cpu_relax();
    } while (atomic_load_seq(&t->cpu) >= 0); /* its callback armed it again */
    return cancelled;
}

static struct timer *take_expired(struct timer_base *b, nsec_t now)
{
    struct timer *t = NULL;

    spin_lock(&b->lock);
    if (b->first != NULL && timer_of(b->first)->deadline_ns <= now) {
        t = timer_of(b->first);
        remove_locked(b, t);
        __atomic_store_n(&b->running, t, __ATOMIC_SEQ_CST);
        atomic_store_seq(&t->cpu, -1);
    }
    spin_unlock(&b->lock);
    return t;
}

void clock_event_fired(void)
{
    struct timer_base *b = this_cpu_ptr(timer_base);
    nsec_t now = clock_monotonic_ns();
    struct timer *t;

    b->programmed_ns = 0;
    if (sched_online() > 1)
        watchdog_look();
    while ((t = take_expired(b, now)) != NULL) {
        t->fn(t);
        __atomic_store_n(&b->running, NULL, __ATOMIC_RELEASE); /* pairs with running_anywhere() */
    }
    if (b->slice_ns != 0 && b->slice_ns <= now) {
        b->slice_ns = 0;
        sched_tick();
    }
    if (unlikely(b->sample_ns != 0) && b->sample_ns <= now) {
        b->sample_ns = 0;
        sched_sample_hook();
    }
    spin_lock(&b->lock);
    nsec_t next = b->first != NULL ? timer_of(b->first)->deadline_ns : NSEC_FOREVER;
    spin_unlock(&b->lock);
    if (b->slice_ns != 0 && b->slice_ns < next)
        next = b->slice_ns;
    if (b->sample_ns != 0 && b->sample_ns < next)
        next = b->sample_ns;
    if (next != NSEC_FOREVER)
        program(b, next);
}

void timer_slice_arm(nsec_t in_ns)
{
    struct timer_base *b = this_cpu_ptr(timer_base);

    b->slice_ns = clock_monotonic_ns() + in_ns;
    program(b, b->slice_ns);
}

void timer_sample_arm(nsec_t in_ns)
{
    struct timer_base *b = this_cpu_ptr(timer_base);

    if (b->sample_ns != 0)
        return;
    b->sample_ns = clock_monotonic_ns() + in_ns;
    program(b, b->sample_ns);
}

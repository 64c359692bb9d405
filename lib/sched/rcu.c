// SPDX-License-Identifier: BSD-3-Clause
// RCU: grace periods from one quiescent state of each CPU, callbacks in the kernel worker.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/ipi.h"
#include "sched/mutex.h"
#include "sched/rcu.h"
#include "sched/time.h"
#include "sched/work.h"

/*
 * Theory. A reader is code with preemption off. So a CPU that passes through the scheduler, idles, or is found by an interrupt in
 * preemptible code has no reader from before. A grace period asks every other CPU by interrupt for one such moment; the CPU that
 * runs rcu_synchronize() is in one itself. With one CPU a grace period is over as soon as preemptible code runs.
 *
 * Callbacks wait in one list for a batch: the worker thread takes all, waits for a grace period, runs them. Few callbacks are left
 * waiting until the CPU has nothing better to do.
 */

#define BATCH 64
#define SPINS 2000
#define NAP_NS (100 * NSEC_PER_USEC)

static struct spinlock rcu_lock = SPINLOCK_INIT(RANK_RCU);
static struct rcu_head *callbacks, **callbacks_end = &callbacks; /* rcu_lock */
static unsigned n_callbacks;                                     /* rcu_lock, a */
static struct mutex period_lock = MUTEX_INIT(period_lock);
static uint32_t cpus_awaited;                                    /* a */

/* This CPU has no reader: called from the scheduler, or with interrupts off in idling or preemptible code. */
void rcu_report_quiescent(struct run_queue *rq)
{
    if (__atomic_exchange_n(&rq->rcu_wanted, false, __ATOMIC_SEQ_CST))
        __atomic_fetch_sub(&cpus_awaited, 1, __ATOMIC_SEQ_CST);
}

static void ask_other_cpus(void)
{
    irq_flags_t flags = irq_save();
    struct run_queue *own = run_queue_this();

    __atomic_store_n(&cpus_awaited, sched_online() - 1, __ATOMIC_SEQ_CST);
    for (unsigned cpu = 0; cpu < sched_online(); cpu++) {
        struct run_queue *rq = run_queue_of(cpu);
        if (rq == own)
            continue;
        __atomic_store_n(&rq->rcu_wanted, true, __ATOMIC_SEQ_CST);
        ipi_resched(cpu);
    }
    irq_restore(flags);
}

void rcu_synchronize(void)
{
    if (__atomic_load_n(&sched_cpus_online, __ATOMIC_SEQ_CST) == 1)
        return;
    mutex_lock(&period_lock);
    ask_other_cpus();
    for (unsigned i = 0; __atomic_load_n(&cpus_awaited, __ATOMIC_SEQ_CST) != 0; i++) {
        if (i < SPINS)
            cpu_relax();
        else
            (void)sleep_until(clock_monotonic_ns() + NAP_NS, false);
    }
    mutex_unlock(&period_lock);
}

static void run_callbacks(struct work *w)
{
    irq_flags_t flags = spin_lock_irqsave(&rcu_lock);
    struct rcu_head *h = callbacks;

    callbacks = NULL;
    callbacks_end = &callbacks;
    __atomic_store_n(&n_callbacks, 0, __ATOMIC_RELAXED);
    spin_unlock_irqrestore(&rcu_lock, flags);
    if (h != NULL)
        rcu_synchronize();
    while (h != NULL) {
        struct rcu_head *next = h->next; /* fn frees @h */
        h->fn(h);
        h = next;
    }
}

static struct work rcu_work = {.link = LIST_INIT(rcu_work.link), .fn = run_callbacks};

static unsigned add_callback(struct rcu_head *head, void (*fn)(struct rcu_head *))
{
    irq_flags_t flags = spin_lock_irqsave(&rcu_lock);

    head->next = NULL;
    head->fn = fn;
    *callbacks_end = head;
    callbacks_end = &head->next;
    unsigned n = n_callbacks + 1;

    __atomic_store_n(&n_callbacks, n, __ATOMIC_RELAXED);
    spin_unlock_irqrestore(&rcu_lock, flags);
    return n;
}

void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *))
{
    if (add_callback(head, fn) >= BATCH)
        work_queue(&rcu_work);
}

void rcu_flush_idle(void)
{
    if (unlikely(__atomic_load_n(&n_callbacks, __ATOMIC_RELAXED) != 0))
        work_queue(&rcu_work);
}

void rcu_barrier(void)
{
    work_queue(&rcu_work);
    work_flush(&rcu_work);
}

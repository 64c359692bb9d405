// SPDX-License-Identifier: BSD-3-Clause
// The run queue: one tree for every policy, virtual run time, enqueue and choice.
#include "run_queue.h"

#include "base/panic.h"

/*
 * Theory. All runnable threads of a CPU but the running one wait in one red-black tree, ordered by class first: realtime
 * priorities 99..1 are keys 0..98, fair threads share key 100. Within a realtime key the order is a position: arrivals go to
 * the tail, a preempted thread returns to the head. Within the fair key the order is virtual run time: cycles run, scaled by
 * 1024 / weight. The leftmost thread is always the right one to run, so choosing costs a pointer read. Counting is in cycles
 * of the CPU's own counter: a switch needs no clock, and a program that never asks for the time never pays for calibrating it.
 *
 * A sleeper comes back no further left than half a slice before the queue's minimum: it may preempt a CPU hog, but cannot
 * save up time. Virtual time is relative to its queue; a migration carries the distance to the minimum.
 *
 * One tree for both classes instead of a bitmap of lists: no arrays to initialise at boot, one code path, and the common
 * case (one thread waits) is a pointer swap.
 */

DEFINE_PER_CPU(struct run_queue, run_queue);
unsigned sched_cpus_online;
uint64_t sched_idle_bits[CPU_MAX / 64];
/* Before the counter's rate is known: as if 2 GHz. */
uint64_t sched_slice_cycles = 6000000, sched_rr_slice_cycles = 200000000, sched_wake_granularity_cycles = 2000000;

void run_queue_init(struct run_queue *rq, unsigned cpu)
{
    spin_init(&rq->lock, RANK_RUN_QUEUE);
    rq->cpu = cpu;
    rq->online = true;
}

struct run_queue *run_queue_lock_thread(struct thread *t)
{
    for (;;) {
        struct run_queue *rq = __atomic_load_n(&t->se.rq, __ATOMIC_ACQUIRE); /* pairs with a move to another queue */
        spin_lock(&rq->lock);
        if (likely(rq == __atomic_load_n(&t->se.rq, __ATOMIC_ACQUIRE)))
            return rq;
        run_queue_unlock(rq);
    }
}

static bool node_before(const struct rb_node *a, const struct rb_node *b)
{
    return run_queue_before(container_of(a, struct sched_entity, node), container_of(b, struct sched_entity, node));
}

void run_queue_insert(struct run_queue *rq, struct thread *t)
{
    struct rb_node *n = &t->se.node;

    if (rq->first == NULL) {
        run_queue_plant(rq, t);
        return;
    }
    t->se.in_tree = true;
    rb_insert(&rq->tree, n, node_before);
    if (node_before(n, rq->first))
        run_queue_set_first(rq, n);
}

void run_queue_remove(struct run_queue *rq, struct thread *t)
{
    struct rb_node *n = &t->se.node;

    t->se.in_tree = false;
    if (rq->first == n)
        run_queue_set_first(rq, rb_next(n));
    rb_erase(&rq->tree, n);
}

uint64_t run_queue_weigh(const struct sched_entity *se, uint64_t cycles)
{
    return (uint64_t)(((unsigned __int128)cycles * se->inverse_weight) >> 32);
}

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
        struct run_queue *rq = __atomic_load_n(&t->se.rq, __ATOMIC_RELAXED);
        spin_lock(&rq->lock);
        if (likely(rq == __atomic_load_n(&t->se.rq, __ATOMIC_RELAXED)))
            return rq;
        run_queue_unlock(rq);
    }
}

static inline struct thread *thread_of(struct rb_node *n)
{
    return container_of(n, struct thread, se.node);
}

static inline bool entity_before(const struct sched_entity *a, const struct sched_entity *b)
{
    if (unlikely(a->class_key != b->class_key))
        return a->class_key < b->class_key;
    return a->order < b->order;
}

static bool node_before(const struct rb_node *a, const struct rb_node *b)
{
    return entity_before(container_of(a, struct sched_entity, node), container_of(b, struct sched_entity, node));
}

/* The tree of one node: no search, no balancing. */
static inline void plant_single(struct run_queue *rq, struct rb_node *n)
{
    n->left = n->right = NULL;
    n->parent_colour = 1; /* black, no parent */
    rq->tree.node = rq->first = n;
}

void run_queue_insert(struct run_queue *rq, struct thread *t)
{
    struct rb_node *n = &t->se.node;

    t->se.in_tree = true;
    if (rq->tree.node == NULL) {
        plant_single(rq, n);
        return;
    }
    rb_insert(&rq->tree, n, node_before);
    if (node_before(n, rq->first))
        rq->first = n;
}

void run_queue_remove(struct run_queue *rq, struct thread *t)
{
    struct rb_node *n = &t->se.node;

    t->se.in_tree = false;
    if (rq->first == n)
        rq->first = rb_next(n);
    rb_erase(&rq->tree, n);
}

struct thread *run_queue_take_first(struct run_queue *rq)
{
    struct rb_node *n = rq->first;

    if (n == NULL)
        return NULL;
    if (rq->tree.node != n || n->right != NULL) {
        run_queue_remove(rq, thread_of(n));
    } else {
        thread_of(n)->se.in_tree = false;
        rq->tree.node = rq->first = NULL;
    }
    return thread_of(n);
}

struct thread *run_queue_swap_first(struct run_queue *rq, struct thread *prev)
{
    struct rb_node *n = rq->first;

    if (n == NULL || entity_before(&prev->se, &thread_of(n)->se))
        return prev;
    if (rq->tree.node == n && n->right == NULL) {
        thread_of(n)->se.in_tree = false;
        prev->se.in_tree = true;
        plant_single(rq, &prev->se.node);
        return thread_of(n);
    }
    run_queue_insert(rq, prev);
    return run_queue_take_first(rq);
}

static inline void raise_min_vruntime(struct run_queue *rq, int64_t v)
{
    if (v > rq->min_vruntime)
        rq->min_vruntime = v;
}

void run_queue_account(struct run_queue *rq, uint64_t now)
{
    struct sched_entity *se = &rq->current->se;
    uint64_t delta = now - se->run_start;

    if (unlikely((int64_t)delta <= 0 || rq->idle))
        return;
    se->run_start = now;
    se->run_cycles += delta;
    if (unlikely(!sched_is_fair(se)))
        return;
    if (unlikely(se->weight != SCHED_WEIGHT_NICE_0))
        delta = (uint64_t)(((unsigned __int128)delta * se->inverse_weight) >> 32);
    se->order += (int64_t)delta;
    /* The minimum follows the one who is furthest behind of those that can run. */
    int64_t low = se->order;
    if (rq->first != NULL) {
        const struct sched_entity *f = &thread_of(rq->first)->se;
        if (sched_is_fair(f) && f->order < low)
            low = f->order;
    }
    raise_min_vruntime(rq, low);
}

void run_queue_activate(struct run_queue *rq, struct thread *t)
{
    struct sched_entity *se = &t->se;

    if (sched_is_fair(se)) {
        int64_t floor = rq->min_vruntime - (int64_t)(sched_slice_cycles / 2);
        if (se->order < floor)
            se->order = floor;
    } else {
        se->order = ++rq->tail_order;
    }
    se->on_rq = true;
    __atomic_store_n(&rq->nr_running, rq->nr_running + 1, __ATOMIC_RELAXED);
    run_queue_insert(rq, t);
}

bool run_queue_preempts(const struct run_queue *rq, const struct thread *woken)
{
    const struct sched_entity *cur = &rq->current->se, *w = &woken->se;

    if (w->class_key != cur->class_key)
        return w->class_key < cur->class_key;
    if (!sched_is_fair(w))
        return false;
    if (w->no_wake_preempt)
        return false;
    if (unlikely(cur->params.policy == SCHED_POLICY_IDLE && !cur->boosted))
        return true;
    return cur->order - w->order > (int64_t)sched_wake_granularity_cycles;
}

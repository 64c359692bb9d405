// SPDX-License-Identifier: BSD-3-Clause
// Which CPU: placement of a woken thread, work for idle CPUs, evening out.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/ipi.h"

/*
 * A woken thread goes to the CPU it ran on last if that idles, else to any idle CPU it may use, else back to its own. An idle CPU
 * pulls from the longest queue before it halts. A CPU with a queue looks at each slice end for a CPU that idles or has two threads
 * less, and every EVEN_OUT_TICKS for one that has one thread less, so that three threads on two CPUs get two thirds each.
 * Lengths of other queues are read without their locks: a wrong guess costs a detour, never correctness.
 */

#define EVEN_OUT_TICKS 32

static inline unsigned length(const struct run_queue *rq)
{
    return __atomic_load_n(&rq->nr_running, __ATOMIC_RELAXED);
}

static struct run_queue *find_idle(const struct cpu_mask *allowed)
{
    for (unsigned word = 0; word * 64 < sched_online(); word++) {
        uint64_t bits = __atomic_load_n(&sched_idle_bits[word], __ATOMIC_RELAXED) & allowed->bits[word];
        for (; bits != 0; bits &= bits - 1) {
            struct run_queue *rq = run_queue_of(word * 64 + (unsigned)__builtin_ctzll(bits));
            if (length(rq) == 0)
                return rq;
        }
    }
    return NULL;
}

static struct run_queue *find_shortest(const struct cpu_mask *allowed, struct run_queue *except)
{
    struct run_queue *best = NULL;

    for (unsigned cpu = 0; cpu < sched_online(); cpu++) {
        struct run_queue *rq = run_queue_of(cpu);
        if (rq != except && cpu_mask_test(allowed, cpu) && (best == NULL || length(rq) < length(best)))
            best = rq;
    }
    return best;
}

struct run_queue *balance_select(struct thread *t, struct run_queue *prev)
{
    const struct cpu_mask *allowed = &t->se.affinity;
    bool prev_allowed = cpu_mask_test(allowed, prev->cpu);

    if (prev_allowed && length(prev) == 0)
        return prev;
    struct run_queue *idle = find_idle(allowed);
    if (idle != NULL)
        return idle;
    if (prev_allowed)
        return prev;
    struct run_queue *shortest = find_shortest(allowed, NULL);
    return shortest != NULL ? shortest : prev;
}

/* The waiting thread that gains most from a move to @cpu: the last in order that may go there and whose stack is not in use. */
static struct thread *find_movable(struct run_queue *from, unsigned cpu)
{
    unsigned looked_at = 0;

    for (struct rb_node *n = rb_last(&from->tree); n != NULL && looked_at < 16; n = rb_prev(n), looked_at++) {
        struct thread *t = container_of(n, struct thread, se.node);
        if (t != from->current && cpu_mask_test(&t->se.affinity, cpu))
            return t;
    }
    return NULL;
}

/* No lock held, interrupts off. */
static bool move_one(struct run_queue *from, struct run_queue *to)
{
    int64_t distance = 0;
    bool fair = false;

    spin_lock(&from->lock);
    struct thread *t = find_movable(from, to->cpu);
    if (t != NULL) {
        run_queue_remove(from, t);
        run_queue_count_down(from);
        fair = sched_is_fair(&t->se);
        distance = t->se.order - from->min_vruntime;
        __atomic_store_n(&t->se.rq, to, __ATOMIC_RELEASE); /* in transit: on_rq, so wake-ups leave it alone */
    }
    run_queue_unlock(from);
    if (t == NULL)
        return false;

    spin_lock(&to->lock);
    if (fair && sched_is_fair(&t->se)) /* else: its class was changed on the way, and its order with it */
        t->se.order = distance + to->min_vruntime;
    t->se.run_start = cpu_cycles();
    run_queue_activate(to, t);
    bool interrupt = (to != run_queue_this() || !to->idle) && sched_notify_cpu(to, t);
    if (unlikely(t->notify_preempt))
        arch_thread_set_work(&t->arch, THREAD_WORK_NOTIFY);
    run_queue_unlock(to);
    if (interrupt)
        ipi_resched(to->cpu);
    return true;
}

bool balance_pull(struct run_queue *rq)
{
    struct run_queue *busiest = NULL;

    for (unsigned i = 1; i < sched_online(); i++) {
        struct run_queue *other = run_queue_of((rq->cpu + i) % sched_online());
        if (length(other) >= 2 && (busiest == NULL || length(other) > length(busiest)))
            busiest = other;
    }
    return busiest != NULL && length(rq) == 0 && move_one(busiest, rq);
}

void balance_tick(struct run_queue *rq)
{
    static const struct cpu_mask everywhere = {{~0ull, ~0ull, ~0ull, ~0ull}};

    if (length(rq) < 2)
        return;
    struct run_queue *to = find_idle(&everywhere);
    if (to == NULL)
        to = find_shortest(&everywhere, rq);
    unsigned difference = ++rq->ticks % EVEN_OUT_TICKS == 0 ? 1 : 2;
    if (to != NULL && length(to) + difference <= length(rq))
        move_one(rq, to);
}

// SPDX-License-Identifier: BSD-3-Clause
// One CPU's run queue: who runs, who waits for the CPU, in which order.
#pragma once

#include "arch/percpu.h"
#include "arch/spinlock.h"
#include "base/atomic.h"
#include "base/rbtree.h"
#include "sched/sched.h"
#include "sched/thread.h"

#define SCHED_SLICE_NS (3 * NSEC_PER_MSEC)
#define SCHED_RR_SLICE_NS (100 * NSEC_PER_MSEC)
#define SCHED_WAKE_GRANULARITY_NS (1 * NSEC_PER_MSEC)
#define SCHED_WEIGHT_NICE_0 1024u

/**
 * struct run_queue
 * Legend: L = @lock, taken with interrupts off; a = atomic or racy read allowed; c = own CPU with interrupts off; I = before the CPU runs threads
 *
 * @lock is held across a switch: it is taken by the thread that leaves and released by the one that goes on. So whoever holds it and
 * finds a thread neither on_rq nor @current knows that the thread's registers are saved and it may run anywhere.
 */
struct run_queue {
    struct spinlock lock;
    unsigned cpu;                /* I */
    struct thread *current;      /* L, a: whose stack the CPU is on, also while it idles there */
    struct rb_root tree;         /* L: runnable threads but @current, by class_key and order */
    struct rb_node *first;       /* L, a: leftmost of @tree; idle_wait() looks without the lock */
    unsigned nr_running;         /* L, a: in the tree plus @current if that is runnable */
    bool online;                 /* a */
    bool idle;                   /* L, a: @current does not run: halted, or about to be */
    bool slice_armed;            /* c, a: the slice timer will fire */
    bool resched_wanted;         /* a: asked by another CPU, honoured by the IPI */
    union {
        uint32_t attention;          /* any of these: the slow way through the scheduler */
        struct {
            bool rcu_wanted;         /* a: a grace period waits for this CPU */
            bool migrate_current;    /* L: affinity sends @current elsewhere */
            bool ipi_pending;        /* c: @ipi_to is to be served */
        };
    };
    bool ipi_only;               /* c: rescheduling was asked for only to get @ipi_to served */
    struct run_queue *ipi_to;    /* c: an interrupt to be sent when the outer spinlock is released */
    bool left_behind;            /* c: @just_died or @pushed is set */
    int64_t min_vruntime;        /* L, a: never decreases */
    int64_t head_order, tail_order; /* L: realtime positions */
    void *space;                 /* c: address space the CPU is in */
    struct thread *idle_thread;  /* I, or L on CPU 0: runs when @current cannot be idled on; NULL until somebody may need it */
    struct thread *just_died;    /* c: left in the last switch, not yet put */
    struct thread *pushed;       /* c: left in the last switch, to be placed on another CPU */
    struct thread *dead;         /* c: list by reap_next */
    uint64_t idle_cycles;        /* L */
    uint64_t idle_start;         /* L */
    uint64_t switches;           /* L */
    uint64_t asked_at;           /* a: cycles when @resched_wanted was set; 0: reported already */
    uint32_t ticks;              /* c */
};

DECLARE_PER_CPU(struct run_queue, run_queue);
extern unsigned sched_cpus_online;  /* a: grows while CPUs start, then constant; read by sched_online() */
extern uint64_t sched_idle_bits[CPU_MAX / 64]; /* a: CPUs that idle */
extern uint64_t sched_slice_cycles, sched_rr_slice_cycles, sched_wake_granularity_cycles;

static inline unsigned sched_online(void)
{
    return __atomic_load_n(&sched_cpus_online, __ATOMIC_RELAXED);
}

static inline struct run_queue *run_queue_this(void)
{
    return this_cpu_ptr(run_queue);
}

static inline struct run_queue *run_queue_of(unsigned cpu)
{
    return per_cpu_ptr(run_queue, cpu);
}

static inline bool cpu_mask_test(const struct cpu_mask *m, unsigned cpu)
{
    return m->bits[cpu / 64] >> (cpu % 64) & 1;
}

static inline bool sched_is_fair(const struct sched_entity *se)
{
    return se->class_key == SCHED_KEY_FAIR;
}

/** sched_ask - this CPU shall look for a better thread as soon as it can be preempted. Interrupts are off. */
static inline void sched_ask(struct run_queue *own)
{
    own->ipi_only = false;
    preempt_set_need_resched();
}

void run_queue_init(struct run_queue *rq, unsigned cpu);
/** run_queue_lock_thread - lock the queue that @t belongs to. Interrupts are off. */
struct run_queue *run_queue_lock_thread(struct thread *t);
/** run_queue_unlock - pair of the above, for callers that restore interrupts themselves: preemption stays off. */
static inline void run_queue_unlock(struct run_queue *rq)
{
    spin_unlock_no_preempt(&rq->lock);
    preempt_enable_no_resched();
}

/* All below with rq->lock held. */
void run_queue_insert(struct run_queue *rq, struct thread *t);      /* into the tree, on_rq already set */
void run_queue_remove(struct run_queue *rq, struct thread *t);      /* out of the tree */

static inline struct thread *run_queue_first(const struct run_queue *rq)
{
    return rq->first != NULL ? container_of(rq->first, struct thread, se.node) : NULL;
}

static inline bool run_queue_before(const struct sched_entity *a, const struct sched_entity *b)
{
    if (unlikely(a->class_key != b->class_key))
        return a->class_key < b->class_key;
    return a->order < b->order;
}

static inline void run_queue_set_first(struct run_queue *rq, struct rb_node *n)
{
    __atomic_store_n(&rq->first, n, __ATOMIC_RELAXED);
}

static inline void run_queue_count_down(struct run_queue *rq)
{
    __atomic_store_n(&rq->nr_running, rq->nr_running - 1, __ATOMIC_RELAXED);
}

static inline uint32_t run_queue_attention(const struct run_queue *rq)
{
    return __atomic_load_n(&rq->attention, __ATOMIC_RELAXED);
}

/* The tree is @t alone: no search, no balancing. */
static inline void run_queue_plant(struct run_queue *rq, struct thread *t)
{
    struct rb_node *n = &t->se.node;

    n->left = n->right = NULL;
    n->parent_colour = 1; /* black, no parent */
    rq->tree.node = n;
    run_queue_set_first(rq, n);
    t->se.in_tree = true;
}

static inline bool run_queue_only_one(const struct run_queue *rq)
{
    return rq->tree.node == rq->first && rq->first->right == NULL;
}

/* The tree is not empty. */
static inline struct thread *run_queue_take(struct run_queue *rq)
{
    struct thread *t = run_queue_first(rq);

    if (likely(run_queue_only_one(rq))) {
        t->se.in_tree = false;
        rq->tree.node = NULL;
        run_queue_set_first(rq, NULL);
    } else {
        run_queue_remove(rq, t);
    }
    return t;
}

/** run_queue_take_first - NULL: empty. */
static inline struct thread *run_queue_take_first(struct run_queue *rq)
{
    return rq->first != NULL ? run_queue_take(rq) : NULL;
}

/** run_queue_swap_first - insert @prev, take the first, which may be @prev. */
static inline struct thread *run_queue_swap_first(struct run_queue *rq, struct thread *prev)
{
    struct thread *first = run_queue_first(rq);

    if (first == NULL || run_queue_before(&prev->se, &first->se))
        return prev;
    if (likely(run_queue_only_one(rq))) {
        first->se.in_tree = false;
        run_queue_plant(rq, prev);
        return first;
    }
    run_queue_insert(rq, prev);
    return run_queue_take(rq);
}

uint64_t run_queue_weigh(const struct sched_entity *se, uint64_t cycles); /* cycles of a thread that is not nice 0 */

/** run_queue_account - charge @current up to now. While nobody waits, rq->min_vruntime follows it; else the next switch raises it. */
static inline void run_queue_account(struct run_queue *rq, uint64_t now)
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
        delta = run_queue_weigh(se, delta);
    se->order += (int64_t)delta;
    if (rq->first == NULL && se->order > rq->min_vruntime)
        rq->min_vruntime = se->order;
}

/** run_queue_activate - a sleeper becomes runnable here. */
static inline void run_queue_activate(struct run_queue *rq, struct thread *t)
{
    struct sched_entity *se = &t->se;

    if (likely(sched_is_fair(se))) {
        int64_t floor = rq->min_vruntime - (int64_t)(sched_slice_cycles / 2);
        if (se->order < floor)
            se->order = floor;
    } else {
        se->order = ++rq->tail_order;
    }
    se->on_rq = true;
    __atomic_store_n(&rq->nr_running, rq->nr_running + 1, __ATOMIC_RELAXED);
    if (likely(rq->first == NULL))
        run_queue_plant(rq, t);
    else
        run_queue_insert(rq, t);
}

/** run_queue_preempts - should @woken take the CPU from @current at once? A fair thread gets a moment first: most wakers are about to sleep. */
static inline bool run_queue_preempts(const struct run_queue *rq, const struct thread *woken)
{
    const struct sched_entity *cur = &rq->current->se, *w = &woken->se;

    if (unlikely(w->class_key != cur->class_key))
        return w->class_key < cur->class_key;
    if (!sched_is_fair(w) || w->no_wake_preempt)
        return false;
    if (unlikely(cur->params.policy == SCHED_POLICY_IDLE && !cur->boosted))
        return true;
    return cur->order - w->order > (int64_t)sched_wake_granularity_cycles &&
           cur->run_cycles - cur->slice_start > sched_wake_granularity_cycles / 4;
}

/** sched_apply_params - derive class and weight from @se->params or its boost. rq->lock held, not in the tree. */
void sched_apply_params(struct run_queue *rq, struct sched_entity *se);

/** sched_wake - CAS @t's state from one in @mask (bits 1 << enum thread_state) to @to and make it runnable. True if this call did it. */
bool sched_wake(struct thread *t, uint32_t mask, uint32_t to);
/** sched_notify_cpu - after an enqueue on @rq, lock held: make its CPU look, if it has to. Return: by ipi_resched(), after the unlock. */
bool __must_check sched_notify_cpu(struct run_queue *rq, struct thread *woken);
struct thread *sched_create_idle_thread(struct run_queue *rq); /* NULL: no memory */
void sched_reap(struct run_queue *rq);
void sched_first_run(void *thread) __noreturn;
void sched_tick(void);
void sched_die(void) __noreturn; /* the current thread's last act */
void sched_idle_loop(void) __noreturn;
void sched_start_preempting(void);
void sched_ipi(unsigned vector, void *arg);

/* balance.c */
struct run_queue *balance_select(struct thread *t, struct run_queue *prev);
void balance_place(struct thread *t, struct run_queue *from); /* @t runnable, in no tree; no lock held, interrupts off */
bool balance_pull(struct run_queue *rq); /* rq->lock not held, interrupts off; true if something was pulled */
void balance_tick(struct run_queue *rq);

/* timer.c: the slice timer shares the clock event with the timers; own CPU, interrupts off */
void timer_slice_arm(nsec_t in_ns);
/** timer_sample_arm - the same for sched_sample_hook; does nothing while it is armed. */
void timer_sample_arm(nsec_t in_ns);

/* sample.c: NULL until somebody wants to know what CPU time is spent on */
extern void (*sched_sample_hook)(void);  /* in the timer interrupt */
extern void (*sched_sample_go_on)(void); /* a CPU begins to work, interrupts off: its sampling must go on */

/** sched_call_soon - @fn runs when this CPU is next in preemptible code; one function may wait. Context: any. */
void sched_call_soon(void (*fn)(void));

/* warp.c: warp_prepare() before the other CPU starts; then both call warp_found(), which waits for the other */
void warp_prepare(void);
bool warp_found(void);

/* watchdog.c */
void watchdog_look(void);

/* rcu.c */
void rcu_flush_idle(void); /* a CPU is about to halt: good time for callbacks */
void rcu_report_quiescent(struct run_queue *rq);

/* clock.c */
void clock_probe_once(void);
void clock_page_set_realtime(nsec_t offset_ns, int64_t tai_offset_s);

/* registry.c */
void registry_add_boot(struct thread *t);
int registry_add(struct thread *t) __must_check;
void registry_exit(struct thread *t);
void registry_remove(struct thread *t);

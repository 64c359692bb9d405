// SPDX-License-Identifier: BSD-3-Clause
// Wait queues: how a thread sleeps until a condition holds, a deadline passes or a signal comes.
#pragma once

#include "arch/spinlock.h"
#include "base/list.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

struct thread;
struct waiter;

/** Called under the queue's lock at wake-up; returns true if the waiter counts as woken (exclusive accounting). Never sleeps. */
typedef bool (*waiter_fn)(struct waiter *w, uint64_t key);

struct wait_queue {
    struct spinlock lock;
    struct list_node waiters; /* struct waiter.link, FIFO; exclusive ones behind the others */
};

/** struct waiter - one place in one queue; lives on the sleeper's stack or in an object such as an epoll item. */
struct waiter {
    struct list_node link;
    struct wait_queue *queue; /* NULL when not queued */
    struct thread *thread;
    waiter_fn fn;             /* wait_default_wake for plain sleepers */
    void *arg;                /* for fn */
    bool exclusive;
};

#define WAIT_QUEUE_INIT(q) {.lock = SPINLOCK_INIT(RANK_WAIT_QUEUE), .waiters = {&(q).waiters, &(q).waiters}}
void wait_queue_init(struct wait_queue *q);
void waiter_init(struct waiter *w);                      /* for the current thread, default wake */
void waiter_init_fn(struct waiter *w, waiter_fn fn, void *arg);
void wait_queue_add(struct wait_queue *q, struct waiter *w);
void wait_queue_remove(struct waiter *w);                 /* no-op if not queued */
/** wait_queue_wake - wake every non-exclusive waiter and up to @n_exclusive exclusive ones. Context: any. Return: how many counted. */
unsigned wait_queue_wake(struct wait_queue *q, unsigned n_exclusive, uint64_t key);
static inline void wait_queue_wake_all(struct wait_queue *q) { wait_queue_wake(q, UINT32_MAX, 0); }
static inline void wait_queue_wake_one(struct wait_queue *q) { wait_queue_wake(q, 1, 0); }
static inline bool wait_queue_active(struct wait_queue *q) { return !list_empty(&q->waiters); } /* needs a full barrier before */

/**
 * The sleeping protocol: prepare (announce the intention, so that a wake-up from now on is not lost), test the condition, then
 * either commit or cancel.
 *     wait_prepare(true); if (!cond) r = wait_commit(deadline); else wait_cancel();
 * wait_commit returns 0 when woken, -ETIMEDOUT after @deadline_ns (CLOCK_MONOTONIC), -EINTR when interruptible and a signal is pending.
 */
void wait_prepare(bool interruptible);
int wait_commit(nsec_t deadline_ns);
void wait_cancel(void);
/** wait_prepare_stopped - the same for a job-control stop: only wait_wake_thread() ends it. */
void wait_prepare_stopped(void);
/** wait_wake_thread - end @t's prepared or committed wait. Context: any, also with spinlocks below RANK_RUN_QUEUE held. Return: true if it was waiting. */
bool wait_wake_thread(struct thread *t);
bool wait_signal_pending(void); /* current thread */

/**
 * WAIT_EVENT - sleep on @q until @cond; @result (int) becomes 0, -EINTR or -ETIMEDOUT. @cond is evaluated without locks.
 */
#define WAIT_EVENT(q, cond, interruptible, deadline_ns, result)                                                        \
    do {                                                                                                               \
        (result) = 0;                                                                                                  \
        if (cond)                                                                                                      \
            break;                                                                                                     \
        struct waiter wait_event_waiter;                                                                               \
        waiter_init(&wait_event_waiter);                                                                               \
        wait_queue_add((q), &wait_event_waiter);                                                                       \
        for (;;) {                                                                                                     \
            wait_prepare(interruptible);                                                                               \
            if (cond) {                                                                                                \
                wait_cancel();                                                                                         \
                (result) = 0;                                                                                          \
                break;                                                                                                 \
            }                                                                                                          \
            if ((result) != 0) {                                                                                       \
                wait_cancel();                                                                                         \
                break;                                                                                                 \
            }                                                                                                          \
            (result) = wait_commit(deadline_ns);                                                                       \
        }                                                                                                              \
        wait_queue_remove(&wait_event_waiter);                                                                         \
    } while (0)

/** sleep_until - 0 after the deadline; -EINTR if interruptible and a signal is pending. */
int sleep_until(nsec_t deadline_ns, bool interruptible);

// SPDX-License-Identifier: BSD-3-Clause
// Futex buckets and waiters, shared by the futex files.
#pragma once

#include "arch/spinlock.h"
#include "base/list.h"
#include "process/futex.h"
#include "process/process.h"
#include "vm/space.h"
#include <stdint.h>

/* One chain of waiters; waiters for several words may share it. The lock is unranked because requeueing takes two, in order of address. */
struct futex_bucket {
    struct spinlock lock;
    struct list_node waiters; /* realtime threads by priority, then the others in order of arrival */
} __aligned(64);

enum futex_wait_kind {
    FUTEX_WAITS,            /* for a wake */
    FUTEX_WAITS_REQUEUE_PI, /* to be moved to a PI lock */
    FUTEX_WAITS_PI,         /* for a PI lock */
};

/**
 * struct futex_waiter - on the waiting thread's stack. Legend: B = the lock of @bucket
 * @bucket: NULL once a waker has taken it off: from then on the waker does not touch it, so the waiter may go
 */
struct futex_waiter {
    struct list_node link;       /* B */
    struct futex_bucket *bucket; /* B; NULL is read without */
    struct vm_futex_key key;     /* B */
    struct thread *thread;       /* I */
    uint32_t bitset;             /* I */
    uint32_t order;              /* I: scheduling class when it began to wait */
    uint8_t kind;                /* B */
    bool realtime;               /* I: its deadline moves when the wall clock is stepped */
    bool woken;                  /* B: a waker has decided; set before it ends the wait */
    /* PI only, futex_pi.c */
    struct process_thread *self; /* I */
    uint32_t *word;              /* B: user address of the lock */
    struct process_thread *owner;/* pi_lock: who is boosted; a reference */
    struct list_node owner_link; /* pi_lock */
    struct vm_futex_key target;  /* I: WAIT_REQUEUE_PI: where it agrees to be moved */
    uint32_t *target_word;       /* I */
};

int futex_key(uint32_t *uaddr, unsigned flags, struct vm_futex_key *out) __must_check; /* -EINVAL misaligned, -EFAULT */
struct futex_bucket *futex_bucket_of(const struct vm_futex_key *key);
static inline bool futex_same_key(const struct vm_futex_key *a, const struct vm_futex_key *b)
{
    return a->object == b->object && a->offset == b->offset;
}
void futex_waiter_init(struct futex_waiter *w, uint32_t bitset, unsigned kind);
/** futex_enqueue_locked - @b, which is w->key's, is locked. */
void futex_enqueue_locked(struct futex_bucket *b, struct futex_waiter *w);
/** futex_wake_locked - take @w off and end its wait; its storage may be gone afterwards. */
void futex_wake_locked(struct futex_waiter *w);
/** futex_unqueue - Return: true if @w was still queued, false if a waker had taken it. */
bool futex_unqueue(struct futex_waiter *w);
/** futex_queue_if - queue @w and prepare to wait if *@uaddr is @val. 0; -EAGAIN: it is not; -EFAULT. */
int futex_queue_if(uint32_t *uaddr, uint32_t val, struct futex_waiter *w) __must_check;
void futex_lock_two(struct futex_bucket *a, struct futex_bucket *b);
void futex_unlock_two(struct futex_bucket *a, struct futex_bucket *b);
/** futex_fault_in - after a _nofault access failed: bring the word in. -EFAULT. */
int futex_fault_in(uint32_t *uaddr, bool for_write) __must_check;
/* Of futex_pi.c, for requeueing to a PI lock; the bucket of @key is locked. */
/**
 * futex_pi_acquire_locked - take the lock at @word for @w's thread, or find and mark its owner.
 * Return: 1: @w's thread has it now; 0: *owner (a reference) has it, the word says there are waiters; -EDEADLK; -ESRCH: the owner is gone;
 * -EAGAIN: try again; -EFAULT: fault the word in and try again.
 */
int futex_pi_acquire_locked(struct futex_bucket *b, uint32_t *word, const struct vm_futex_key *key, struct futex_waiter *w, bool more,
                            struct process_thread **owner) __must_check;
/** futex_pi_enqueue_locked - queue @w for the lock, boosting @owner (takes the reference). 0; -EDEADLK; -EAGAIN: the owner is leaving. */
int futex_pi_enqueue_locked(struct futex_bucket *b, struct futex_waiter *w, struct process_thread *owner) __must_check;
/** futex_pi_wait - sleep until the lock is ours. 0, -ETIMEDOUT, -EINTR (then no longer queued). The wait is prepared. */
int futex_pi_wait(struct futex_waiter *w, const struct futex_deadline *deadline);
/** futex_pi_retry - after -EAGAIN or -EFAULT: make progress possible. 0 or an error that ends the call. */
int futex_pi_retry(int err, uint32_t *word) __must_check;
/** futex_watch_clock - @w, not queued yet, has a deadline on CLOCK_REALTIME. */
void futex_watch_clock(struct futex_waiter *w);
nsec_t futex_deadline_monotonic(const struct futex_deadline *d);

// SPDX-License-Identifier: BSD-3-Clause
// Condition variables over PI locks: WAIT_REQUEUE_PI and CMP_REQUEUE_PI.
#include "arch/uaccess.h"
#include "futex_private.h"
#include "sched/wait.h"
#include <abi/futex.h>
#include <abi/restart.h>
#include <errno.h>

extern const char osv_futex_pi;
const char osv_futex_pi = 1; /* referring to it links this file and futex_pi.c */

/* Woken without having been moved: by the deadline, a signal, or for no reason. */
static long not_moved(int r)
{
    return r == -ETIMEDOUT ? -ETIMEDOUT : r == -EINTR ? -ERESTARTNOINTR : -EAGAIN;
}

long futex_wait_requeue_pi(uint32_t *uaddr, unsigned flags, uint32_t val, const struct futex_deadline *deadline, uint32_t bitset, uint32_t *uaddr2)
{
    struct futex_waiter w;

    if (uaddr == uaddr2 || bitset == 0)
        return -EINVAL;
    int r = futex_key(uaddr2, flags, &w.target);
    if (r == 0)
        r = futex_key(uaddr, flags, &w.key);
    if (r == 0 && futex_same_key(&w.key, &w.target))
        r = -EINVAL;
    if (r != 0)
        return r;
    futex_waiter_init(&w, bitset, FUTEX_WAITS_REQUEUE_PI);
    w.target_word = uaddr2;
    w.word = uaddr2;
    r = futex_queue_if(uaddr, val, &w);
    if (r != 0)
        return r;

    r = wait_commit(futex_deadline_monotonic(deadline));
    struct futex_bucket *b = atomic_load_acquire(&w.bucket);
    if (b == NULL)
        return 0; /* moved and already given the lock */
    futex_lock_two(b, b);
    bool moved = w.bucket != b || w.kind == FUTEX_WAITS_PI;
    bool owns = w.bucket == NULL;
    if (!moved) {
        list_remove(&w.link);
        w.bucket = NULL;
    }
    futex_unlock_two(b, b);
    if (!moved)
        return not_moved(r);
    if (owns)
        return 0;
    wait_prepare(true); /* what ended the first wait ends this one too, unless the lock is ours by then */
    if (atomic_load_acquire(&w.woken)) {
        wait_cancel();
        (void)futex_unqueue(&w);
        return 0;
    }
    r = futex_pi_wait(&w, deadline);
    return r == -EINTR ? -EAGAIN : r;
}

struct requeue_pi {
    struct vm_futex_key from_key, to_key;
    struct futex_bucket *from, *to;
    uint32_t *word;
    int n_wake, n_requeue;
};

/* The next waiter of the condition; -EINVAL if it does not agree to this move. */
static int next_candidate(struct requeue_pi *q, struct futex_waiter **out)
{
    struct futex_waiter *w;

    *out = NULL;
    LIST_FOR_EACH(w, &q->from->waiters, link) {
        if (!futex_same_key(&w->key, &q->from_key))
            continue;
        if (w->kind != FUTEX_WAITS_REQUEUE_PI || !futex_same_key(&w->target, &q->to_key))
            return -EINVAL;
        *out = w;
        return 0;
    }
    return 0;
}

/* Move or wake one waiter. 1 done; 0 none left; negative: an error, or the need to retry, before anything changed. */
static int move_one(struct requeue_pi *q, bool more)
{
    struct process_thread *owner;
    struct futex_waiter *w;
    int err = next_candidate(q, &w);

    if (err != 0 || w == NULL)
        return err;
    err = futex_pi_acquire_locked(q->to, q->word, &q->to_key, w, more, &owner);
    if (err < 0)
        return err;
    if (err == 1) {
        futex_wake_locked(w);
        return 1;
    }
    struct vm_futex_key old_key = w->key;
    list_remove(&w->link);
    w->key = q->to_key;
    err = futex_pi_enqueue_locked(q->to, w, owner);
    if (err != 0) { /* back where it was */
        w->key = old_key;
        futex_enqueue_locked(q->from, w);
        return err;
    }
    return 1;
}

long futex_cmp_requeue_pi(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_requeue, uint32_t cmp)
{
    struct requeue_pi q = {.word = uaddr2, .n_wake = n_wake, .n_requeue = n_requeue};
    uint32_t now;
    long done = 0;

    if (uaddr == uaddr2 || n_wake != 1 || n_requeue < 0)
        return -EINVAL;
    int err = futex_key(uaddr, flags, &q.from_key);
    if (err == 0)
        err = futex_key(uaddr2, flags, &q.to_key);
    if (err == 0 && futex_same_key(&q.from_key, &q.to_key))
        err = -EINVAL;
    if (err != 0)
        return err;
    q.from = futex_bucket_of(&q.from_key);
    q.to = futex_bucket_of(&q.to_key);
    for (;;) {
        futex_lock_two(q.from, q.to);
        bool readable = get_user_u32_nofault(&now, uaddr) == 0;
        if (readable && now != cmp && done == 0) {
            futex_unlock_two(q.from, q.to);
            return -EAGAIN;
        }
        err = readable ? 1 : -EFAULT;
        while (err == 1 && done < (long)n_wake + n_requeue) {
            err = move_one(&q, n_requeue > 0);
            done += err == 1;
        }
        futex_unlock_two(q.from, q.to);
        if (err >= 0)
            return done;
        if (err != -EAGAIN && err != -EFAULT)
            return done > 0 ? done : err;
        err = readable ? futex_pi_retry(err, uaddr2) : futex_fault_in(uaddr, false);
        if (err != 0)
            return done > 0 ? done : err;
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// Priority-inheriting locks: LOCK_PI, TRYLOCK_PI, UNLOCK_PI.

/*
 * The word holds the owner's tid; with FUTEX_WAITERS set, user space leaves locking and unlocking to us. Waiters for such a word hang in its bucket like
 * any others, best priority first. An unlock hands the lock to the first of them: the word names the new owner before it runs, so nobody
 * can barge in and a woken waiter has nothing left to do.
 *
 * Inheritance: each waiter is also on its owner's list (process_thread.pi_waiters); the owner runs at least at the best of them (sched_boost). A
 * waiter that is itself an owner passes the boost on, up to CHAIN_MAX links. Those lists and the chain belong to pi_lock, taken inside a
 * bucket's lock and only when a PI lock is contended.
 */
#include "arch/uaccess.h"
#include "futex_private.h"
#include "sched/sched.h"
#include "sched/wait.h"
#include <abi/futex.h>
#include <abi/restart.h>
#include <errno.h>

#define CHAIN_MAX 1024

static struct spinlock pi_lock = SPINLOCK_INIT(RANK_FUTEX + 2);

static struct sched_params effective_params(const struct thread *t)
{
    return t->se.boosted ? t->se.boost : t->se.params;
}

/* A number that grows with urgency. */
static int urgency(const struct sched_params *p)
{
    if (p->policy == SCHED_POLICY_FIFO || p->policy == SCHED_POLICY_RR)
        return 100 + p->priority;
    return p->policy == SCHED_POLICY_IDLE ? -100 : -p->nice;
}

static void boost_one(struct process_thread *owner)
{
    struct futex_waiter *w;
    struct sched_params best = {0}, candidate;
    bool any = false;

    if (owner->thread == NULL)
        return;
    LIST_FOR_EACH(w, &owner->pi_waiters, owner_link) {
        candidate = effective_params(w->thread);
        if (!any || urgency(&candidate) > urgency(&best))
            best = candidate;
        any = true;
    }
    if (any && urgency(&best) > urgency(&owner->thread->se.params))
        sched_boost(owner->thread, &best);
    else if (owner->thread->se.boosted)
        sched_boost(owner->thread, NULL);
}

/* Waiters of @owner changed: it, and whoever it waits for, may run at another priority. */
static void boost_chain(struct process_thread *owner)
{
    for (unsigned i = 0; owner != NULL && i < CHAIN_MAX; i++) {
        boost_one(owner);
        struct futex_waiter *next = owner->pi_blocked_on;
        owner = next != NULL ? next->owner : NULL;
    }
}

static bool would_deadlock(const struct process_thread *self, const struct process_thread *owner)
{
    for (unsigned i = 0; owner != NULL && i < CHAIN_MAX; i++) {
        if (owner == self)
            return true;
        const struct futex_waiter *next = owner->pi_blocked_on;
        owner = next != NULL ? next->owner : NULL;
    }
    return false;
}

static void attach_locked(struct futex_waiter *w, struct process_thread *owner)
{
    w->owner = process_thread_get(owner);
    w->self->pi_blocked_on = w;
    list_push_back(&owner->pi_waiters, &w->owner_link);
}

static struct process_thread *detach_locked(struct futex_waiter *w)
{
    struct process_thread *owner = w->owner;

    list_remove(&w->owner_link);
    w->owner = NULL;
    w->self->pi_blocked_on = NULL;
    return owner;
}

/* The first waiter for the lock @key; NULL: none. */
static struct futex_waiter *top_waiter_locked(struct futex_bucket *b, const struct vm_futex_key *key)
{
    struct futex_waiter *w;

    if (b->waiters.next == NULL)
        return NULL;
    LIST_FOR_EACH(w, &b->waiters, link) {
        if (futex_same_key(&w->key, key))
            return w;
    }
    return NULL;
}

static void pi_exit(struct process_thread *t);

int futex_pi_enqueue_locked(struct futex_bucket *b, struct futex_waiter *w, struct process_thread *owner)
{
    int err = 0;
    irq_flags_t flags = spin_lock_irqsave(&pi_lock);

    atomic_store_seq(&owner->pi_exit, pi_exit); /* pairs with release_user_state() */
    if (atomic_load_seq(&owner->leaving))
        err = -EAGAIN;
    else if (would_deadlock(w->self, owner))
        err = -EDEADLK;
    if (err == 0) {
        w->kind = FUTEX_WAITS_PI;
        w->order = w->thread->se.class_key;
        attach_locked(w, owner);
        boost_chain(owner);
    }
    spin_unlock_irqrestore(&pi_lock, flags);
    process_thread_put(owner);
    if (err == 0)
        futex_enqueue_locked(b, w);
    return err;
}

int futex_pi_retry(int err, uint32_t *word)
{
    if (err == -EFAULT)
        return futex_fault_in(word, true);
    thread_yield(); /* the owner is about to leave */
    return 0;
}

/* Replace the word's value @old. 0, -EAGAIN if it changed, -EFAULT. */
static int exchange(uint32_t *word, uint32_t old, uint32_t desired)
{
    uint32_t expected = old;

    if (user_cmpxchg_u32_nofault(word, &expected, desired) != 0)
        return -EFAULT;
    return expected == old ? 0 : -EAGAIN;
}

int futex_pi_acquire_locked(struct futex_bucket *b, uint32_t *word, const struct vm_futex_key *key, struct futex_waiter *w, bool more,
                            struct process_thread **owner)
{
    uint32_t tid = w->thread->tid, value;
    int err;

    if (get_user_u32_nofault(&value, word) != 0)
        return -EFAULT;
    if ((value & FUTEX_TID_MASK) == tid)
        return -EDEADLK;
    struct futex_waiter *top = top_waiter_locked(b, key);
    if (top != NULL && (top->kind != FUTEX_WAITS_PI))
        return -EINVAL;
    if ((value & FUTEX_TID_MASK) == 0 && top == NULL) {
        err = exchange(word, value, (value & FUTEX_OWNER_DIED) | tid | (more ? FUTEX_WAITERS : 0));
        return err != 0 ? err : 1;
    }
    if (!(value & FUTEX_WAITERS)) {
        err = exchange(word, value, value | FUTEX_WAITERS);
        if (err != 0)
            return err;
    }
    *owner = top != NULL ? process_thread_get(top->owner) : process_thread_find((int)(value & FUTEX_TID_MASK));
    return *owner != NULL ? 0 : -ESRCH;
}

/* Take @w out if it is queued. Return: true if it was; false: it owns the lock. */
static bool give_up(struct futex_waiter *w)
{
    struct process_thread *owner;
    irq_flags_t flags;

    if (!futex_unqueue(w))
        return false;
    flags = spin_lock_irqsave(&pi_lock);
    owner = detach_locked(w);
    boost_chain(owner);
    spin_unlock_irqrestore(&pi_lock, flags);
    process_thread_put(owner);
    return true;
}

int futex_pi_wait(struct futex_waiter *w, const struct futex_deadline *deadline)
{
    for (;;) {
        int r = wait_commit(futex_deadline_monotonic(deadline));
        if (r != 0)
            return give_up(w) ? r : 0;
        wait_prepare(true);
        if (atomic_load_acquire(&w->woken)) { /* pairs with futex_wake_locked() */
            wait_cancel();
            (void)futex_unqueue(w); /* until the waker is through with it */
            return 0;
        }
    }
}

long futex_lock_pi(uint32_t *uaddr, unsigned flags, const struct futex_deadline *deadline, bool try_only)
{
    struct futex_waiter w;
    struct process_thread *owner;

    int err = futex_key(uaddr, flags, &w.key);
    if (err != 0)
        return err;
    futex_waiter_init(&w, FUTEX_BITSET_MATCH_ANY, FUTEX_WAITS_PI);
    w.word = uaddr;
    if (deadline != NULL && deadline->realtime && deadline->at_ns != NSEC_FOREVER)
        futex_watch_clock(&w);
    struct futex_bucket *b = futex_bucket_of(&w.key);
    for (;;) {
        futex_lock_two(b, b);
        err = futex_pi_acquire_locked(b, uaddr, &w.key, &w, false, &owner);
        if (err == 0 && try_only) {
            futex_unlock_two(b, b);
            process_thread_put(owner);
            return -EAGAIN;
        }
        if (err == 0) {
            err = futex_pi_enqueue_locked(b, &w, owner);
            if (err == 0) {
                wait_prepare(true);
                futex_unlock_two(b, b);
                break;
            }
        }
        futex_unlock_two(b, b);
        if (err == 1)
            return 0;
        if (err == -EAGAIN || err == -EFAULT)
            err = futex_pi_retry(err, uaddr);
        if (err != 0)
            return err;
    }
    err = futex_pi_wait(&w, deadline);
    return err == -EINTR ? -ERESTARTNOINTR : err;
}

/* Make @top the owner; the word says so already. The remaining waiters now wait for it. */
static void grant_locked(struct futex_bucket *b, struct futex_waiter *top)
{
    struct futex_waiter *w;
    irq_flags_t flags = spin_lock_irqsave(&pi_lock);
    struct process_thread *old = detach_locked(top);

    LIST_FOR_EACH(w, &b->waiters, link) {
        if (w == top || w->kind != FUTEX_WAITS_PI || !futex_same_key(&w->key, &top->key))
            continue;
        process_thread_put(detach_locked(w));
        attach_locked(w, top->self);
        atomic_store_seq(&top->self->pi_exit, pi_exit);
    }
    boost_chain(old);
    boost_chain(top->self);
    spin_unlock_irqrestore(&pi_lock, flags);
    process_thread_put(old);
    futex_wake_locked(top);
}

static bool has_more(struct futex_bucket *b, const struct futex_waiter *top)
{
    struct futex_waiter *w;

    LIST_FOR_EACH(w, &b->waiters, link) {
        if (w != top && futex_same_key(&w->key, &top->key))
            return true;
    }
    return false;
}

/* The word's next value when @top gets the lock. */
static uint32_t granted_value(struct futex_bucket *b, const struct futex_waiter *top)
{
    return top->thread->tid | (has_more(b, top) ? FUTEX_WAITERS : 0);
}

long futex_unlock_pi(uint32_t *uaddr, unsigned flags)
{
    uint32_t tid = thread_current()->tid, value;
    struct vm_futex_key key;

    int err = futex_key(uaddr, flags, &key);
    if (err != 0)
        return err;
    struct futex_bucket *b = futex_bucket_of(&key);
    for (;;) {
        err = get_user_u32(&value, uaddr);
        if (err != 0)
            return err;
        if ((value & FUTEX_TID_MASK) != tid)
            return -EPERM;
        futex_lock_two(b, b);
        struct futex_waiter *top = top_waiter_locked(b, &key);
        if (top != NULL && (top->kind != FUTEX_WAITS_PI || top->owner != process_thread_current())) {
            futex_unlock_two(b, b);
            return -EINVAL;
        }
        err = exchange(uaddr, value, top != NULL ? granted_value(b, top) : 0);
        if (err == 0 && top != NULL)
            grant_locked(b, top);
        futex_unlock_two(b, b);
        if (err == 0)
            return 0;
        if (err == -EFAULT && (err = futex_fault_in(uaddr, true)) != 0)
            return err;
    }
}

/* Hand the lock @key, whose owner is leaving, to its first waiter. */
static void hand_over(struct process_thread *t, const struct vm_futex_key *key)
{
    struct futex_bucket *b = futex_bucket_of(key);
    struct futex_waiter *top;
    uint32_t value;

    for (;;) {
        futex_lock_two(b, b);
        top = top_waiter_locked(b, key);
        if (top == NULL || top->kind != FUTEX_WAITS_PI || top->owner != t)
            break;
        int err = get_user_u32_nofault(&value, top->word) != 0 ? -EFAULT
                                                               : exchange(top->word, value, granted_value(b, top) | FUTEX_OWNER_DIED);
        if (err == 0) {
            grant_locked(b, top);
            break;
        }
        uint32_t *word = top->word;
        futex_unlock_two(b, b);
        if (err == -EFAULT && futex_fault_in(word, true) != 0) {
            futex_lock_two(b, b); /* the word is unmapped: let the waiter go all the same */
            if (top_waiter_locked(b, key) == top && top->owner == t)
                grant_locked(b, top);
            break;
        }
    }
    futex_unlock_two(b, b);
}

static void pi_exit(struct process_thread *t)
{
    struct vm_futex_key key;

    for (;;) {
        irq_flags_t flags = spin_lock_irqsave(&pi_lock);
        struct futex_waiter *w = list_first_entry(&t->pi_waiters, struct futex_waiter, owner_link);
        if (w != NULL)
            key = w->key;
        spin_unlock_irqrestore(&pi_lock, flags);
        if (w == NULL)
            return;
        hand_over(t, &key);
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// Futexes: the table of waiters, waiting and waking.

/*
 * A word is named by a key: (address space, address) if private, (memory object, offset) if shared. Waiters hang in a hash table of buckets, each
 * with its own lock; there is no lock above them. The promise "no wake-up is lost" rests on one rule: the waiter compares the word and
 * queues itself under the bucket's lock; a waker changes the word first and takes the lock afterwards.
 *
 * The word is read with the lock held, so a fault cannot be resolved there: the _nofault access fails, the lock is dropped, the page
 * brought in, and everything starts again.
 */
#include "arch/uaccess.h"
#include "base/hash.h"
#include "futex_private.h"
#include "sched/time.h"
#include "sched/wait.h"
#include <abi/futex.h>
#include <abi/restart.h>
#include <errno.h>

#define BUCKET_BITS 8

static struct futex_bucket buckets[1 << BUCKET_BITS]; /* all zeros: ready; a list head of zeros is an empty list not used yet */

struct futex_bucket *futex_bucket_of(const struct vm_futex_key *key)
{
    return &buckets[hash_bits(key->object ^ (key->offset >> 2), BUCKET_BITS)];
}

static __noinline int shared_key(uint32_t *uaddr, struct vm_futex_key *out)
{
    struct address_space *space = process_current()->space;
    int err = vm_futex_key(space, (vaddr_t)uaddr, true, out);

    if (err == 0 && out->object == (uintptr_t)space)
        out->offset |= 1; /* private memory: still not the same as the private key, as on Linux */
    return err;
}

static __always_inline int make_key(uint32_t *uaddr, unsigned flags, struct vm_futex_key *out)
{
    if (unlikely((uintptr_t)uaddr & 3))
        return -EINVAL;
    if (unlikely((uintptr_t)uaddr >= ARCH_USER_END))
        return -EFAULT;
    if (unlikely(flags & FUTEX_SHARED))
        return shared_key(uaddr, out);
    out->object = (uintptr_t)thread_current()->space; /* the process's */
    out->offset = (uintptr_t)uaddr;
    return 0;
}

int futex_key(uint32_t *uaddr, unsigned flags, struct vm_futex_key *out)
{
    return make_key(uaddr, flags, out);
}

static __always_inline void lock_bucket(struct futex_bucket *b)
{
    spin_lock(&b->lock);
    if (unlikely(b->waiters.next == NULL))
        list_init(&b->waiters);
}

static __always_inline void init_waiter(struct futex_waiter *w, uint32_t bitset, unsigned kind)
{
    w->thread = thread_current();
    w->self = w->thread->process;
    w->bitset = bitset;
    w->kind = (uint8_t)kind;
    w->order = w->thread->se.class_key;
    w->bucket = NULL;
    w->realtime = false;
    w->woken = false;
}

void futex_waiter_init(struct futex_waiter *w, uint32_t bitset, unsigned kind)
{
    init_waiter(w, bitset, kind);
}

void futex_enqueue_locked(struct futex_bucket *b, struct futex_waiter *w)
{
    struct futex_waiter *other;

    atomic_store_relaxed(&w->bucket, b);
    if (likely(w->order >= SCHED_KEY_FAIR)) {
        list_push_back(&b->waiters, &w->link);
        return;
    }
    LIST_FOR_EACH(other, &b->waiters, link) {
        if (w->order < other->order) {
            list_insert_before(&other->link, &w->link);
            return;
        }
    }
    list_push_back(&b->waiters, &w->link);
}

void futex_wake_locked(struct futex_waiter *w)
{
    list_remove(&w->link);
    atomic_store_release(&w->woken, true);
    wait_wake_thread(w->thread);
    atomic_store_release(&w->bucket, NULL); /* pairs with futex_unqueue(): after this @w is the waiter's alone */
}

bool futex_unqueue(struct futex_waiter *w)
{
    struct futex_bucket *b;

    while ((b = atomic_load_acquire(&w->bucket)) != NULL) { /* pairs with futex_wake_locked() */
        spin_lock(&b->lock);
        if (likely(w->bucket == b)) {
            list_remove(&w->link);
            w->bucket = NULL;
            spin_unlock(&b->lock);
            return true;
        }
        spin_unlock(&b->lock); /* it was moved to another word */
    }
    return false;
}

int futex_fault_in(uint32_t *uaddr, bool for_write)
{
    uint32_t value;

    if (for_write)
        return user_atomic_u32(uaddr, USER_ATOMIC_OR, 0, &value);
    return get_user_u32(&value, uaddr);
}

static __always_inline int queue_if(uint32_t *uaddr, uint32_t val, struct futex_waiter *w)
{
    struct futex_bucket *b = futex_bucket_of(&w->key);
    uint32_t now;

    for (;;) {
        lock_bucket(b);
        if (likely(get_user_u32_nofault(&now, uaddr) == 0))
            break;
        spin_unlock(&b->lock);
        int err = futex_fault_in(uaddr, false);
        if (err != 0)
            return err;
    }
    if (now != val) {
        spin_unlock(&b->lock);
        return -EAGAIN;
    }
    if (likely(w->order >= SCHED_KEY_FAIR)) {
        w->bucket = b;
        list_push_back(&b->waiters, &w->link);
    } else {
        futex_enqueue_locked(b, w);
    }
    wait_prepare(true);
    spin_unlock(&b->lock);
    return 0;
}

int futex_queue_if(uint32_t *uaddr, uint32_t val, struct futex_waiter *w)
{
    return queue_if(uaddr, val, w);
}

/* The wall clock was stepped: waiters with a deadline on it look at the clock again. */
static void clock_stepped(struct clock_set_listener *l)
{
    struct futex_waiter *w;

    for (unsigned i = 0; i < ARRAY_SIZE(buckets); i++) {
        struct futex_bucket *b = &buckets[i];
        lock_bucket(b);
        LIST_FOR_EACH(w, &b->waiters, link) {
            if (w->realtime)
                wait_wake_thread(w->thread);
        }
        spin_unlock(&b->lock);
    }
}

void futex_watch_clock(struct futex_waiter *w)
{
    static struct clock_set_listener listener = {.fn = clock_stepped};
    static bool added;

    w->realtime = true;
    if (!atomic_exchange(&added, true))
        clock_set_listener_add(&listener);
}

nsec_t futex_deadline_monotonic(const struct futex_deadline *d)
{
    if (d == NULL || d->at_ns == NSEC_FOREVER)
        return NSEC_FOREVER;
    if (!d->realtime)
        return d->at_ns;
    nsec_t at;
    return __builtin_sub_overflow(d->at_ns, clock_realtime_offset_ns(), &at) ? (d->at_ns < 0 ? 0 : NSEC_FOREVER) : at;
}

static long restart_wait(struct restart_block *r)
{
    struct futex_deadline d = {(nsec_t)r->args[3], r->args[4] >> 32 & 1};

    return futex_wait((uint32_t *)r->args[0], (unsigned)r->args[1], (uint32_t)r->args[2], &d, (uint32_t)r->args[4]);
}

/* A signal ended the wait: without a deadline the call is simply made again, else with the deadline it had. */
static long interrupted(uint32_t *uaddr, unsigned flags, uint32_t val, const struct futex_deadline *d, uint32_t bitset)
{
    if (d == NULL || d->at_ns == NSEC_FOREVER)
        return -ERESTARTSYS;
    process_thread_current()->restart = (struct restart_block){
        restart_wait, {(uintptr_t)uaddr, flags, val, (uint64_t)d->at_ns, bitset | (uint64_t)d->realtime << 32, 0}};
    return -ERESTART_RESTARTBLOCK;
}

long futex_wait(uint32_t *uaddr, unsigned flags, uint32_t val, const struct futex_deadline *deadline, uint32_t bitset)
{
    struct futex_waiter w;

    if (bitset == 0)
        return -EINVAL;
    int r = make_key(uaddr, flags, &w.key);
    if (r != 0)
        return r;
    init_waiter(&w, bitset, FUTEX_WAITS);
    if (unlikely(deadline != NULL && deadline->realtime))
        futex_watch_clock(&w);
    for (;;) {
        r = queue_if(uaddr, val, &w);
        if (r != 0)
            return r;
        r = wait_commit(likely(deadline == NULL) ? NSEC_FOREVER : futex_deadline_monotonic(deadline));
        if (likely(atomic_load_acquire(&w.bucket) == NULL) || !futex_unqueue(&w))
            return 0;
        if (r == -ETIMEDOUT)
            return r;
        if (r == -EINTR)
            return interrupted(uaddr, flags, val, deadline, bitset);
    }
}

static __always_inline long wake_key(const struct vm_futex_key *key, int n, uint32_t bitset)
{
    struct futex_bucket *b = futex_bucket_of(key);
    struct futex_waiter *w, *next;
    long woken = 0;

    lock_bucket(b);
    LIST_FOR_EACH_SAFE(w, next, &b->waiters, link) {
        if (!futex_same_key(&w->key, key))
            continue;
        if (unlikely(w->kind != FUTEX_WAITS)) {
            woken = -EINVAL;
            break;
        }
        if (!(w->bitset & bitset))
            continue;
        futex_wake_locked(w);
        if (++woken >= n)
            break;
    }
    spin_unlock(&b->lock);
    return woken;
}

long futex_wake(uint32_t *uaddr, unsigned flags, int n, uint32_t bitset)
{
    struct vm_futex_key key;

    if (bitset == 0)
        return -EINVAL;
    int err = make_key(uaddr, flags, &key);
    if (err != 0)
        return err;
    return wake_key(&key, n, bitset);
}

int futex_wake_user(uint32_t *uaddr, int n)
{
    struct vm_futex_key key, shared;

    if (futex_key(uaddr, 0, &key) != 0)
        return 0;
    long woken = wake_key(&key, n, FUTEX_BITSET_MATCH_ANY);
    if (woken < n && futex_key(uaddr, FUTEX_SHARED, &shared) == 0 && !futex_same_key(&key, &shared))
        woken += wake_key(&shared, n, FUTEX_BITSET_MATCH_ANY);
    return (int)woken;
}

void futex_lock_two(struct futex_bucket *a, struct futex_bucket *b)
{
    lock_bucket(a < b ? a : b);
    if (a != b)
        lock_bucket(a < b ? b : a);
}

void futex_unlock_two(struct futex_bucket *a, struct futex_bucket *b)
{
    spin_unlock(&a->lock);
    if (a != b)
        spin_unlock(&b->lock);
}

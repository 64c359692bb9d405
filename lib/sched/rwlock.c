// SPDX-License-Identifier: BSD-3-Clause
// The sleeping reader-writer lock.
#include "base/panic.h"
#include "sched/mutex.h"
#include "sched/wait.h"

/*
 * A writer that cannot get in sets WRITER_WAITS, which stops new readers; the last reader out wakes one writer. A writer that
 * leaves clears both bits and wakes all: writers that still wait set the bit again. So neither side starves.
 */

#define WRITER 0x80000000u
#define WRITER_WAITS 0x40000000u

void rwlock_init(struct rwlock *l)
{
    atomic_store_relaxed(&l->state, 0);
    wait_queue_init(&l->readers);
    wait_queue_init(&l->writers);
}

bool rwlock_try_read_lock(struct rwlock *l)
{
    uint32_t s = atomic_load_relaxed(&l->state);

    while (!(s & (WRITER | WRITER_WAITS)))
        if (atomic_cmpxchg(&l->state, &s, s + 1))
            return true;
    return false;
}

void rwlock_read_lock(struct rwlock *l)
{
    int r = 0;

    if (unlikely(!rwlock_try_read_lock(l)))
        WAIT_EVENT(&l->readers, rwlock_try_read_lock(l), false, NSEC_FOREVER, r);
    (void)r;
}

void rwlock_read_unlock(struct rwlock *l)
{
    uint32_t s = atomic_fetch_sub(&l->state, 1) - 1;

    if (s == WRITER_WAITS)
        wait_queue_wake_one(&l->writers);
}

static bool try_write(struct rwlock *l)
{
    uint32_t s = atomic_load_relaxed(&l->state);

    while ((s & ~WRITER_WAITS) == 0)
        if (atomic_cmpxchg(&l->state, &s, WRITER))
            return true;
    return false;
}

bool rwlock_try_write_lock(struct rwlock *l)
{
    uint32_t expected = 0;

    return atomic_cmpxchg(&l->state, &expected, WRITER);
}

/* Announce, then try: a holder that leaves after the announcement sees it. */
static bool announce_and_try(struct rwlock *l)
{
    atomic_fetch_or(&l->state, WRITER_WAITS);
    return try_write(l);
}

void rwlock_write_lock(struct rwlock *l)
{
    int r = 0;

    if (unlikely(!rwlock_try_write_lock(l)))
        WAIT_EVENT(&l->writers, announce_and_try(l), false, NSEC_FOREVER, r);
    (void)r;
}

void rwlock_write_unlock(struct rwlock *l)
{
    atomic_exchange(&l->state, 0); /* full barrier: who queued before sees 0, who we do not see yet tests again */
    if (unlikely(wait_queue_active(&l->writers)))
        wait_queue_wake_all(&l->writers);
    if (unlikely(wait_queue_active(&l->readers)))
        wait_queue_wake_all(&l->readers);
}

void rwlock_downgrade(struct rwlock *l)
{
    atomic_store_seq(&l->state, 1);
    wait_queue_wake_all(&l->writers); /* they announce themselves again */
    wait_queue_wake_all(&l->readers);
}

// SPDX-License-Identifier: BSD-3-Clause
// Atomic operations on plain scalars, and reference counts.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stdint.h>

#define atomic_load_relaxed(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define atomic_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define atomic_load_seq(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define atomic_store_relaxed(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define atomic_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define atomic_store_seq(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)

/* Full ordering; the fetch_ forms return the old value, the others the new one. */
#define atomic_fetch_add(p, v) __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_sub(p, v) __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_or(p, v) __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_and(p, v) __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define atomic_fetch_xor(p, v) __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST)
#define atomic_add(p, v) __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_sub(p, v) __atomic_sub_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_exchange(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define atomic_exchange_acquire(p, v) __atomic_exchange_n(p, v, __ATOMIC_ACQUIRE)

/* Counters without ordering, for statistics. */
#define atomic_add_relaxed(p, v) __atomic_add_fetch(p, v, __ATOMIC_RELAXED)
#define atomic_sub_relaxed(p, v) __atomic_sub_fetch(p, v, __ATOMIC_RELAXED)

/* True and *@p = @desired if *@p was *@expected; else *@expected = what *@p held. */
#define atomic_cmpxchg(p, expected, desired)                                                                 \
    __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)
#define atomic_cmpxchg_acquire(p, expected, desired)                                                         \
    __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)

#define atomic_fence_acquire() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define atomic_fence_release() __atomic_thread_fence(__ATOMIC_RELEASE)
#define atomic_fence_seq() __atomic_thread_fence(__ATOMIC_SEQ_CST)

struct refcount {
    uint32_t count; /* a */
};

#define REFCOUNT_INIT(n)                                                                                     \
    {                                                                                                        \
        (n)                                                                                                  \
    }

static inline void refcount_init(struct refcount *r, uint32_t n)
{
    atomic_store_relaxed(&r->count, n);
}

static inline uint32_t refcount_read(const struct refcount *r)
{
    return atomic_load_relaxed(&r->count);
}

/** refcount_get - add a reference; the caller owns one already. */
static inline void refcount_get(struct refcount *r)
{
    __atomic_fetch_add(&r->count, 1, __ATOMIC_RELAXED);
}

/** refcount_get_unless_zero - add a reference unless the object is dying. */
static inline bool __must_check refcount_get_unless_zero(struct refcount *r)
{
    uint32_t old = atomic_load_relaxed(&r->count);

    while (old != 0) {
        if (atomic_cmpxchg_acquire(&r->count, &old, old + 1))
            return true;
    }
    return false;
}

/** refcount_put - drop a reference. Return: true if it was the last, and the caller must destroy the object. */
static inline bool __must_check refcount_put(struct refcount *r)
{
    /* release: our writes come before the destroyer's; the fence pairs with the other puts */
    if (__atomic_fetch_sub(&r->count, 1, __ATOMIC_RELEASE) != 1)
        return false;
    atomic_fence_acquire();
    return true;
}

// SPDX-License-Identifier: BSD-3-Clause
// The short ways of locking mutexes; also converts those that glibc's static initialisers made.
//
// The short way is a normal mutex without contention; everything else is musl's (mutex_owner.c, pthread_mutex_timedlock).
// glibc keeps the kind of recursive and error-checking mutexes in the fifth word, which musl leaves zero; the numbers of the kinds
// are the same (its adaptive kind, 3, is a normal mutex).

#include "pthread_impl.h"

#define NORMAL(m) (((m)->_m_type & 15) == PTHREAD_MUTEX_NORMAL)
#define likely(x) __builtin_expect(!!(x), 1)

hidden int __osv_mutex_trylock_owner(pthread_mutex_t *);
hidden int __osv_mutex_unlock_owner(pthread_mutex_t *);

/* Concurrent conversions store the same values. */
static void convert_kind(pthread_mutex_t *m)
{
    int kind = m->__u.__vi[4];

    if (!kind)
        return;
    if (kind == PTHREAD_MUTEX_RECURSIVE || kind == PTHREAD_MUTEX_ERRORCHECK)
        m->_m_type = kind;
    a_barrier();
    m->__u.__vi[4] = 0;
}

static __attribute__((__noinline__)) int lock_slowly(pthread_mutex_t *m)
{
    convert_kind(m);
    return __pthread_mutex_timedlock(m, 0);
}

int __pthread_mutex_lock(pthread_mutex_t *m)
{
    if (likely(NORMAL(m) && !m->__u.__vi[4]) && likely(!a_cas(&m->_m_lock, 0, EBUSY)))
        return 0;
    return lock_slowly(m);
}

int __pthread_mutex_trylock(pthread_mutex_t *m)
{
    convert_kind(m);
    if (NORMAL(m))
        return a_cas(&m->_m_lock, 0, EBUSY) & EBUSY;
    return __osv_mutex_trylock_owner(m);
}

static __attribute__((__noinline__)) int wake_one(pthread_mutex_t *m, int private)
{
    __wake(&m->_m_lock, 1, private);
    return 0;
}

/* After the swap the mutex may be gone: everything is read before. */
int __pthread_mutex_unlock(pthread_mutex_t *m)
{
    if (!likely(NORMAL(m)))
        return __osv_mutex_unlock_owner(m);
    int waiters = m->_m_waiters, private = (m->_m_type & 128) ^ 128;
    if (likely(a_swap(&m->_m_lock, 0) >= 0 && !waiters))
        return 0;
    return wake_one(m, private);
}

weak_alias(__pthread_mutex_lock, pthread_mutex_lock);
weak_alias(__pthread_mutex_trylock, pthread_mutex_trylock);
weak_alias(__pthread_mutex_unlock, pthread_mutex_unlock);

// SPDX-License-Identifier: BSD-3-Clause
// Locking mutexes, also those that glibc's static initialisers of recursive and error-checking mutexes made.

#include "pthread_impl.h"

int __pthread_mutex_trylock_owner(pthread_mutex_t *);

/*
 * glibc keeps the kind in the fifth word, which musl leaves zero; the numbers of the kinds are the same (its adaptive kind, 3,
 * is a normal mutex). Concurrent conversions store the same values.
 */
static __attribute__((__noinline__, __cold__)) void convert_kind(pthread_mutex_t *m)
{
    int kind = m->__u.__vi[4];

    if (kind == PTHREAD_MUTEX_RECURSIVE || kind == PTHREAD_MUTEX_ERRORCHECK)
        m->_m_type = kind;
    a_barrier();
    m->__u.__vi[4] = 0;
}

int __pthread_mutex_lock(pthread_mutex_t *m)
{
    if (__builtin_expect(m->__u.__vi[4], 0))
        convert_kind(m);
    if ((m->_m_type & 15) == PTHREAD_MUTEX_NORMAL && !a_cas(&m->_m_lock, 0, EBUSY))
        return 0;
    return __pthread_mutex_timedlock(m, 0);
}

int __pthread_mutex_trylock(pthread_mutex_t *m)
{
    if (__builtin_expect(m->__u.__vi[4], 0))
        convert_kind(m);
    if ((m->_m_type & 15) == PTHREAD_MUTEX_NORMAL)
        return a_cas(&m->_m_lock, 0, EBUSY) & EBUSY;
    return __pthread_mutex_trylock_owner(m);
}

weak_alias(__pthread_mutex_lock, pthread_mutex_lock);
weak_alias(__pthread_mutex_trylock, pthread_mutex_trylock);

// SPDX-License-Identifier: BSD-3-Clause
// Waits whose deadline is on a clock of the caller's choice: POSIX.1-2024's clockwait and clocklock functions.

#include "pthread_impl.h"
#include <semaphore.h>
#include <time.h>

#define SECOND_NS 1000000000L

static int is_deadline_clock(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

/* The same moment as @at on @clock, on @other. */
static struct timespec convert(clockid_t clock, const struct timespec *at, clockid_t other)
{
    struct timespec now, there;

    if (clock == other || (unsigned long)at->tv_nsec >= SECOND_NS)
        return *at;
    clock_gettime(clock, &now);
    clock_gettime(other, &there);
    there.tv_sec += at->tv_sec - now.tv_sec;
    there.tv_nsec += at->tv_nsec - now.tv_nsec;
    if (there.tv_nsec >= SECOND_NS) {
        there.tv_nsec -= SECOND_NS;
        there.tv_sec++;
    }
    if (there.tv_nsec < 0) {
        there.tv_nsec += SECOND_NS;
        there.tv_sec--;
    }
    return there;
}

int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *at)
{
    if (!is_deadline_clock(clock))
        return EINVAL;
    struct timespec there = convert(clock, at, c->_c_clock);
    return pthread_cond_timedwait(c, m, &there);
}

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *at)
{
    if (!is_deadline_clock(clock))
        return EINVAL;
    if (!pthread_mutex_trylock(m))
        return 0;
    struct timespec there = convert(clock, at, CLOCK_REALTIME);
    return pthread_mutex_timedlock(m, &there);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *rw, clockid_t clock, const struct timespec *at)
{
    if (!is_deadline_clock(clock))
        return EINVAL;
    struct timespec there = convert(clock, at, CLOCK_REALTIME);
    return pthread_rwlock_timedrdlock(rw, &there);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *rw, clockid_t clock, const struct timespec *at)
{
    if (!is_deadline_clock(clock))
        return EINVAL;
    struct timespec there = convert(clock, at, CLOCK_REALTIME);
    return pthread_rwlock_timedwrlock(rw, &there);
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *at)
{
    if (!is_deadline_clock(clock)) {
        errno = EINVAL;
        return -1;
    }
    struct timespec there = convert(clock, at, CLOCK_REALTIME);
    return sem_timedwait(sem, &there);
}

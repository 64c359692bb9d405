// SPDX-License-Identifier: BSD-3-Clause
// Memory of threads that ended: kept for a while, so that late uses of their identities find an error and not a hole.
//
// POSIX leaves it undefined to name a thread that was joined or that was detached and ended; programs and test suites do it and expect
// ESRCH or EINVAL, which glibc gives because it caches stacks. Here the last few stay mapped, without their deep pages.
//
// Who ends while detached holds the list lock until the kernel is done with it, so what it takes from the ring has left; a joiner waits
// for that (__tl_sync).

#define _GNU_SOURCE
#include "thread_stacks.h"
#include <sys/mman.h>

#define KEPT 4u
#define KEPT_BYTES 131072u

hidden void __tl_sync(pthread_t);
hidden _Noreturn void __osv_thread_leave(void *base, size_t size);

static pthread_t ring[KEPT];
static unsigned next;

static pthread_t exchange(pthread_t t)
{
    unsigned i = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % KEPT;

    return __atomic_exchange_n(&ring[i], t, __ATOMIC_ACQ_REL);
}

static void unmap(pthread_t t)
{
    __munmap(t->map_base, t->map_size);
}

void __osv_thread_bury(pthread_t t)
{
    if (t->map_size > KEPT_BYTES)
        __madvise(t->map_base, (t->map_size - KEPT_BYTES) & -PAGE_SIZE, MADV_DONTNEED);
    pthread_t old = exchange(t);
    if (old == 0)
        return;
    __tl_sync(old);
    unmap(old);
}

/* In place of musl's __unmapself: the end of a detached thread, on its own stack, under the list lock. */
void __osv_thread_leave(void *base, size_t size)
{
    pthread_t self = __pthread_self();

    if (self->map_size > 2 * KEPT_BYTES)
        __madvise(self->map_base, (self->map_size - 2 * KEPT_BYTES) & -PAGE_SIZE, MADV_DONTNEED);
    self->tid = 0;
    pthread_t old = exchange(self);
    if (old != 0)
        unmap(old);
    for (;;)
        __syscall(SYS_exit, 0);
}

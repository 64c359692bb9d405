// SPDX-License-Identifier: BSD-3-Clause
// Thread functions that only glibc has.

#include "compat.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

int pthread_rwlockattr_setkind_np(pthread_rwlockattr_t *attr, int kind)
{
    return kind < 0 || kind > 2 ? EINVAL : 0; /* a preference only */
}

int pthread_rwlockattr_getkind_np(const pthread_rwlockattr_t *attr, int *kind)
{
    *kind = 0;
    return 0;
}

int pthread_yield(void)
{
    return sched_yield();
}

/* Where a thread of the attribute may run is set after its creation: an attribute has no room for it. */
int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *set)
{
    return size == 0 || set == NULL ? 0 : ENOSYS;
}

cpu_set_t *__sched_cpualloc(size_t cpus)
{
    return calloc((cpus + 63) / 64, sizeof(unsigned long));
}

void __sched_cpufree(cpu_set_t *set)
{
    free(set);
}

// SPDX-License-Identifier: BSD-3-Clause
// Priority ceilings of mutex attributes: kept in bits that musl does not use. Mutexes of the protect protocol are not made (ENOTSUP).

#include "pthread_impl.h"

#define SHIFT 16
#define MASK (127u << SHIFT)

int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t *restrict attr, int *restrict ceiling)
{
    int value = (int)((attr->__attr & MASK) >> SHIFT);

    *ceiling = value != 0 ? value : 1;
    return 0;
}

int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attr, int ceiling)
{
    if (ceiling < 1 || ceiling > 99)
        return EINVAL;
    attr->__attr = (attr->__attr & ~MASK) | (unsigned)ceiling << SHIFT;
    return 0;
}

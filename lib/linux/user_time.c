// SPDX-License-Identifier: BSD-3-Clause
// Times as programs pass them: reading, checking, writing.
#include "linux/user_time.h"
#include "arch/uaccess.h"
#include <abi/time.h>
#include <errno.h>

int nsec_from_parts(nsec_t *out, int64_t seconds, int64_t nanoseconds)
{
    if (seconds < 0 || (uint64_t)nanoseconds >= (uint64_t)NSEC_PER_SEC)
        return -EINVAL;
    if (__builtin_mul_overflow(seconds, NSEC_PER_SEC, out) || __builtin_add_overflow(*out, nanoseconds, out))
        *out = NSEC_FOREVER;
    return 0;
}

int user_timespec_get(nsec_t *out, const struct timespec *user)
{
    struct kernel_timespec t;

    if (copy_in(&t, user, sizeof(t)) != 0)
        return -EFAULT;
    return nsec_from_parts(out, t.tv_sec, t.tv_nsec);
}

int user_timespec_put(struct timespec *user, nsec_t ns)
{
    struct kernel_timespec t = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};

    return copy_out(user, &t, sizeof(t));
}

int user_timeval_get(nsec_t *out, const struct timeval *user)
{
    struct kernel_timeval t;

    if (copy_in(&t, user, sizeof(t)) != 0)
        return -EFAULT;
    if ((uint64_t)t.tv_usec >= 1000000)
        return -EINVAL;
    return nsec_from_parts(out, t.tv_sec, t.tv_usec * NSEC_PER_USEC);
}

int user_timeval_put(struct timeval *user, nsec_t ns)
{
    struct kernel_timeval t = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC};

    return copy_out(user, &t, sizeof(t));
}

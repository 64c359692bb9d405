// SPDX-License-Identifier: BSD-3-Clause
// Times as programs pass them.
#pragma once

#include "base/compiler.h"
#include "base/types.h"

struct timespec;
struct timeval;

/** nsec_add - sum that stops at NSEC_FOREVER instead of wrapping; both >= 0. */
static inline nsec_t nsec_add(nsec_t a, nsec_t b)
{
    nsec_t sum;
    return __builtin_add_overflow(a, b, &sum) ? NSEC_FOREVER : sum;
}

/** user_timespec_get - read and check one: seconds >= 0, nanoseconds 0..999999999. Too far in the future: NSEC_FOREVER. -EFAULT, -EINVAL. */
int user_timespec_get(nsec_t *out, const struct timespec *user) __must_check;
/** user_timespec_put - -EFAULT. */
int user_timespec_put(struct timespec *user, nsec_t ns) __must_check;
/** user_timeval_get - as user_timespec_get() with microseconds 0..999999. */
int user_timeval_get(nsec_t *out, const struct timeval *user) __must_check;
int user_timeval_put(struct timeval *user, nsec_t ns) __must_check;
/** nsec_from_parts - -EINVAL unless both are in range. */
int nsec_from_parts(nsec_t *out, int64_t seconds, int64_t nanoseconds) __must_check;

// SPDX-License-Identifier: BSD-3-Clause
// Clocks that programs name by number.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <sys/time.h>
#include <time.h>

extern struct timezone clock_timezone;

/** cpu_clock_read_ns - CPU time of a process or thread; 0 or -EINVAL: no such clock, or nobody behind it. */
int cpu_clock_read_ns(clockid_t clock, nsec_t *out) __must_check;
/** timespec_in - read and check a timespec. -EFAULT, -EINVAL. The result saturates at NSEC_FOREVER - 1. */
int timespec_in(const struct timespec *user, nsec_t *out) __must_check;

// SPDX-License-Identifier: BSD-3-Clause
// The time structures of system calls that libc wraps, and clock identities.
#pragma once

#include <stdint.h>

struct kernel_timespec {
    int64_t tv_sec;
    int64_t tv_nsec;
};

struct kernel_timeval {
    int64_t tv_sec;
    int64_t tv_usec;
};

struct kernel_itimerspec {
    struct kernel_timespec it_interval;
    struct kernel_timespec it_value;
};

/* A clock id that names the CPU time of process or thread @id: ~id << 3 | kind, negative. */
#define CPUCLOCK_PERTHREAD_MASK 4
#define CPUCLOCK_CLOCK_MASK 3
#define CPUCLOCK_PROF 0
#define CPUCLOCK_VIRT 1
#define CPUCLOCK_SCHED 2
#define CLOCKFD 3

#define TFD_TIMER_CANCEL_ON_SET_FLAG 2

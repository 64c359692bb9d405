// SPDX-License-Identifier: BSD-3-Clause
// Reading clocks: clock_gettime, clock_getres, gettimeofday, time.
#include "clock_id.h"

#include "arch/uaccess.h"
#include "base/types.h"
#include "linux/syscalls.h"
#include "sched/clock_page.h"
#include "sched/time.h"
#include <errno.h>
#include <sys/time.h>
#include <time.h>

#define COARSE_RESOLUTION_NS (4 * NSEC_PER_MSEC)

struct timezone clock_timezone;

static int clock_read_ns(clockid_t clock, nsec_t *out)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
        *out = clock_realtime_ns();
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
        *out = clock_monotonic_ns();
        return 0;
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
        *out = clock_boottime_ns();
        return 0;
    case CLOCK_TAI:
        *out = clock_realtime_ns() + clock_tai_offset_s() * NSEC_PER_SEC;
        return 0;
    default:
        return cpu_clock_read_ns(clock, out);
    }
}

long sys_clock_gettime(clockid_t clock, struct timespec *ts)
{
    nsec_t ns;
    int r = clock_read_ns(clock, &ns);

    if (r != 0)
        return r;
    const int64_t value[2] = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};
    return copy_out(ts, value, sizeof(value));
}

long sys_clock_getres(clockid_t clock, struct timespec *ts)
{
    nsec_t ns = 0;

    if (clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE) {
        ns = COARSE_RESOLUTION_NS;
    } else {
        int r = clock_read_ns(clock, &ns);
        if (r != 0)
            return r;
        ns = clock_resolution_ns();
    }
    if (ts == NULL)
        return 0;
    const int64_t value[2] = {0, ns};
    return copy_out(ts, value, sizeof(value));
}

long sys_gettimeofday(struct timeval *tv, struct timezone *tz)
{
    if (tv != NULL) {
        nsec_t ns = clock_realtime_ns();
        const int64_t value[2] = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC};
        if (copy_out(tv, value, sizeof(value)) != 0)
            return -EFAULT;
    }
    if (tz != NULL && copy_out(tz, &clock_timezone, sizeof(clock_timezone)) != 0)
        return -EFAULT;
    return 0;
}

long sys_time(time_t *t)
{
    int64_t seconds = clock_realtime_ns() / NSEC_PER_SEC;

    if (t != NULL && copy_out(t, &seconds, sizeof(seconds)) != 0)
        return -EFAULT;
    return seconds;
}

// SPDX-License-Identifier: BSD-3-Clause
// Setting the wall clock: clock_settime, settimeofday.
#include "abi/capability.h"
#include "arch/uaccess.h"
#include "base/types.h"
#include "clock_id.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/time.h"
#include <errno.h>

/* Linux's limit: 30 years of uptime before 64-bit nanoseconds overflow. */
#define LARGEST_SETTABLE_S (INT64_MAX / NSEC_PER_SEC - 30ll * 365 * 24 * 3600)

static long set_realtime(int64_t seconds, int64_t ns)
{
    if (seconds < 0 || ns < 0 || ns >= NSEC_PER_SEC || seconds >= LARGEST_SETTABLE_S)
        return -EINVAL;
    if (!process_capable(CAP_SYS_TIME))
        return -EPERM;
    nsec_t time_ns = seconds * NSEC_PER_SEC + ns;
    if (time_ns < clock_monotonic_ns()) /* the wall clock would have been negative at boot */
        return -EINVAL;
    clock_set_realtime(time_ns);
    return 0;
}

long sys_clock_settime(clockid_t clock, const struct timespec *ts)
{
    int64_t value[2];
    nsec_t unused;

    if (clock != CLOCK_REALTIME) {
        if (clock >= 0 || cpu_clock_read_ns(clock, &unused) != 0)
            return -EINVAL;
        return copy_in(value, ts, sizeof(value)) != 0 ? -EFAULT : -EPERM; /* CPU time cannot be set */
    }
    if (copy_in(value, ts, sizeof(value)) != 0)
        return -EFAULT;
    return set_realtime(value[0], value[1]);
}

static long set_timezone(const struct timezone *tz)
{
    if (!process_capable(CAP_SYS_TIME))
        return -EPERM;
    if (tz->tz_minuteswest > 15 * 60 || tz->tz_minuteswest < -15 * 60)
        return -EINVAL;
    clock_timezone = *tz;
    return 0;
}

long sys_settimeofday(const struct timeval *tv, const struct timezone *tz)
{
    int64_t value[2] = {0, 0};
    struct timezone zone;

    if (tv != NULL) {
        if (copy_in(value, tv, sizeof(value)) != 0)
            return -EFAULT;
        if (value[1] < 0 || value[1] > 1000000)
            return -EINVAL;
    }
    if (tz != NULL && copy_in(&zone, tz, sizeof(zone)) != 0)
        return -EFAULT;
    if (tz != NULL) {
        long r = set_timezone(&zone);
        if (r != 0)
            return r;
    }
    return tv != NULL ? set_realtime(value[0], value[1] * NSEC_PER_USEC) : 0;
}

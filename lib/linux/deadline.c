// SPDX-License-Identifier: BSD-3-Clause
// Time-outs of system calls as deadlines.
#include "base/compiler.h"
#include "deadline.h"

#include "arch/uaccess.h"
#include "sched/time.h"
#include <errno.h>

nsec_t deadline_after(nsec_t ns)
{
    nsec_t now;

    if (ns == 0)
        return 0;
    now = clock_monotonic_ns();
    return ns > INT64_MAX - now ? NSEC_FOREVER : now + ns;
}

nsec_t deadline_after_ms(int ms)
{
    return ms < 0 ? NSEC_FOREVER : deadline_after((nsec_t)ms * NSEC_PER_MSEC);
}

int deadline_from_user(const struct timespec *user, nsec_t *out)
{
    struct timespec ts;

    if (user == NULL) {
        *out = NSEC_FOREVER;
        return 0;
    }
    if (copy_in(&ts, user, sizeof ts) != 0)
        return -EFAULT;
    if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    *out = ts.tv_sec > INT64_MAX / NSEC_PER_SEC - 1 ? NSEC_FOREVER : deadline_after(ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
    return 0;
}

void deadline_left(nsec_t deadline_ns, struct timespec *out)
{
    nsec_t left = deadline_ns - clock_monotonic_ns();

    if (left < 0 || deadline_ns == 0)
        left = 0;
    *out = (struct timespec){.tv_sec = left / NSEC_PER_SEC, .tv_nsec = left % NSEC_PER_SEC};
}

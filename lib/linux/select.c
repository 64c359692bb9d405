// SPDX-License-Identifier: BSD-3-Clause
// select.
#include "abi/time.h"
#include "arch/uaccess.h"
#include "deadline.h"
#include "linux/syscalls.h"
#include "poll_args.h"
#include <errno.h>
#include <sys/time.h>

static int deadline_from_timeval(const struct timeval *user, nsec_t *deadline)
{
    struct timeval tv;

    *deadline = NSEC_FOREVER;
    if (user == NULL)
        return 0;
    if (copy_in(&tv, user, sizeof tv) != 0)
        return -EFAULT;
    if (tv.tv_sec < 0 || tv.tv_usec < 0)
        return -EINVAL;
    if (tv.tv_sec < INT64_MAX / NSEC_PER_SEC / 2)
        *deadline = deadline_after(tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * NSEC_PER_USEC);
    return 0;
}

long sys_select(int n, void *in, void *out, void *except, struct timeval *timeout)
{
    nsec_t deadline;
    int r = deadline_from_timeval(timeout, &deadline);

    if (r != 0)
        return r;
    long count = select_user(n, in, out, except, deadline);
    if (timeout != NULL && deadline != NSEC_FOREVER) {
        struct timespec left;
        deadline_left(deadline, &left);
        struct timeval tv = {.tv_sec = left.tv_sec, .tv_usec = left.tv_nsec / 1000};
        if (copy_out(timeout, &tv, sizeof tv) != 0)
            return count; /* as Linux: the sets are right, the time-out is a courtesy */
    }
    return count;
}

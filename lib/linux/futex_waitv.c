// SPDX-License-Identifier: BSD-3-Clause
// futex_waitv.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "linux/user_time.h"
#include "mem/kalloc.h"
#include "process/futex.h"
#include <abi/futex.h>
#include <errno.h>
#include <time.h>

static int get_items(struct futex_wait_item *out, const struct futex_waitv *user, unsigned count)
{
    struct futex_waitv v;

    for (unsigned i = 0; i < count; i++) {
        if (copy_in(&v, &user[i], sizeof(v)) != 0)
            return -EFAULT;
        if (v.flags & ~(uint32_t)(FUTEX_32 | FUTEX_PRIVATE_FLAG) || v.reserved != 0 || !(v.flags & FUTEX_32))
            return -EINVAL;
        out[i] = (struct futex_wait_item){(uint32_t *)v.uaddr, (uint32_t)v.val, v.flags & FUTEX_PRIVATE_FLAG ? 0 : FUTEX_SHARED};
    }
    return 0;
}

long sys_futex_waitv(void *waiters, unsigned count, unsigned flags, struct timespec *timeout, int clock)
{
    struct futex_deadline deadline = {NSEC_FOREVER, clock == CLOCK_REALTIME};

    if (flags != 0 || count == 0 || count > FUTEX_WAITV_MAX || waiters == NULL)
        return -EINVAL;
    if (timeout != NULL) {
        if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
            return -EINVAL;
        int err = user_timespec_get(&deadline.at_ns, timeout);
        if (err != 0)
            return err;
    }
    struct futex_wait_item *items = kcalloc(count, sizeof(*items));
    if (items == NULL)
        return -ENOMEM;
    long r = get_items(items, waiters, count);
    if (r == 0)
        r = futex_waitv(items, count, &deadline);
    kfree(items);
    return r;
}

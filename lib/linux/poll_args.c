// SPDX-License-Identifier: BSD-3-Clause
// The body of poll: user arrays to kernel arrays and back.
#include "poll_args.h"

#include "abi/restart.h"
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include <errno.h>

#define FAST 16

static int copy_results(struct pollfd *user, const struct pollfd *fds, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (put_user_u16(&user[i].revents, (uint16_t)fds[i].revents) != 0)
            return -EFAULT;
    return 0;
}

static long poll_copy(struct pollfd *user, struct pollfd *fds, unsigned n, nsec_t deadline_ns)
{
    if (copy_in(fds, user, n * sizeof *fds) != 0)
        return -EFAULT;
    long r = poll_files(fds, n, deadline_ns);
    if (r < 0)
        return r == -EINTR && deadline_ns == NSEC_FOREVER ? -ERESTARTNOHAND : r;
    return copy_results(user, fds, n) != 0 ? -EFAULT : r;
}

long poll_user(struct pollfd *user, unsigned n, nsec_t deadline_ns)
{
    struct pollfd fast[FAST], *fds = fast;

    if (n > fd_table_limit(fd_table_current()))
        return -EINVAL;
    if (n > FAST) {
        fds = kmalloc(n * sizeof *fds);
        if (fds == NULL)
            return -ENOMEM;
    }
    long r = poll_copy(user, fds, n, deadline_ns);
    if (fds != fast)
        kfree(fds);
    return r;
}

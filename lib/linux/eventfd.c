// SPDX-License-Identifier: BSD-3-Clause
// eventfd.
#include "file/fd_table.h"
#include "file/poll.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <sys/eventfd.h>

long sys_eventfd2(unsigned count, int flags)
{
    struct file *f;

    if (flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
        return -EINVAL;
    int r = eventfd_create(count, (unsigned)flags, &f);
    return r != 0 ? r : fd_open_file(f, flags & EFD_CLOEXEC);
}

long sys_eventfd(unsigned count)
{
    return sys_eventfd2(count, 0);
}

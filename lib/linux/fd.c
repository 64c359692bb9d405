// SPDX-License-Identifier: BSD-3-Clause
// Descriptors: close, dup and close_range.
#include "abi/open_how.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <abi/sched.h>
#include <fcntl.h>

long sys_close(int fd)
{
    return fd_close(fd_table_current(), fd);
}

long sys_dup(int fd)
{
    return fd_dup(fd_table_current(), fd, 0, false);
}

long sys_dup2(int fd, int new_fd)
{
    struct fd_table *t = fd_table_current();

    if (fd != new_fd)
        return fd_dup_to(t, fd, new_fd, false);
    int r = fd_get_cloexec(t, fd);
    return r < 0 ? r : fd;
}

long sys_dup3(int fd, int new_fd, int flags)
{
    if (flags & ~O_CLOEXEC)
        return -EINVAL;
    if (fd == new_fd)
        return -EINVAL;
    return fd_dup_to(fd_table_current(), fd, new_fd, flags & O_CLOEXEC);
}

long sys_close_range(unsigned first, unsigned last, unsigned flags)
{
    if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
        return -EINVAL;
    if (first > last)
        return -EINVAL;
    long r = flags & CLOSE_RANGE_UNSHARE ? sys_unshare(CLONE_FILES) : 0;
    if (r != 0)
        return r;
    return fd_close_range(fd_table_current(), first, last, flags & CLOSE_RANGE_CLOEXEC);
}

// SPDX-License-Identifier: BSD-3-Clause
// pipe and pipe2.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "file_signals.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <fcntl.h>

static int install_both(struct file *ends[2], int fds[2], bool cloexec)
{
    struct fd_table *t = fd_table_current();

    fds[0] = fd_alloc(t, 0, cloexec);
    if (fds[0] < 0)
        return fds[0];
    fds[1] = fd_alloc(t, 0, cloexec);
    if (fds[1] < 0) {
        fd_release_reserved(t, fds[0]);
        return fds[1];
    }
    fd_install(t, fds[0], ends[0]);
    fd_install(t, fds[1], ends[1]);
    return 0;
}

long sys_pipe2(int *user_fds, int flags)
{
    struct file *ends[2];
    int fds[2];

    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    file_signals_enable();
    int r = pipe_create(&ends[0], &ends[1], (unsigned)flags);
    if (r != 0)
        return r;
    r = install_both(ends, fds, flags & O_CLOEXEC);
    if (r != 0) {
        file_put(ends[0]);
        file_put(ends[1]);
        return r;
    }
    if (copy_out(user_fds, fds, sizeof fds) != 0) {
        fd_close(fd_table_current(), fds[0]);
        fd_close(fd_table_current(), fds[1]);
        return -EFAULT;
    }
    return 0;
}

long sys_pipe(int *fds)
{
    return sys_pipe2(fds, 0);
}

// SPDX-License-Identifier: BSD-3-Clause
// ioctl: what every descriptor understands; the rest belongs to the file.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/atomic.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file_async.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <fcntl.h>

static long set_flag(struct file *f, int fd, unsigned flag, unsigned long arg)
{
    uint32_t on;

    if (get_user_u32(&on, (const void *)arg) != 0)
        return -EFAULT;
    if (flag == O_ASYNC && f->ops->poll == NULL)
        return -ENOTTY;
    if (flag == O_ASYNC && !(f->flags & O_ASYNC) == (on != 0)) {
        int r = file_async_set(f, fd, on != 0);
        if (r != 0)
            return r;
    }
    if (on)
        atomic_fetch_or((uint32_t *)&f->flags, flag);
    else
        atomic_fetch_and((uint32_t *)&f->flags, ~flag);
    return 0;
}

static long dispatch(struct file *f, int fd, unsigned cmd, unsigned long arg)
{
    switch (cmd) {
    case FIOCLEX:
        return fd_set_cloexec(fd_table_current(), fd, true);
    case FIONCLEX:
        return fd_set_cloexec(fd_table_current(), fd, false);
    case FIONBIO:
        return set_flag(f, fd, O_NONBLOCK, arg);
    case FIOASYNC:
        return set_flag(f, fd, O_ASYNC, arg);
    default:
        if (f->ops->ioctl == NULL)
            return -ENOTTY;
        return f->ops->ioctl(f, cmd, arg);
    }
}

long sys_ioctl(int fd, unsigned cmd, unsigned long arg)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = dispatch(f, fd, cmd, arg);
    file_put(f);
    return r;
}

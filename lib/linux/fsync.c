// SPDX-License-Identifier: BSD-3-Clause
// fsync, fdatasync, sync_file_range, syncfs, fallocate, fadvise, readahead.
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <fcntl.h>

static long sync_range(int fd, int64_t start, int64_t end, bool data_only)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = f->ops->sync == NULL ? -EINVAL : f->ops->sync(f, start, end, data_only);
    file_put(f);
    return r;
}

long sys_fsync(int fd)
{
    return sync_range(fd, 0, INT64_MAX, false);
}

long sys_fdatasync(int fd)
{
    return sync_range(fd, 0, INT64_MAX, true);
}

long sys_syncfs(int fd)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    if (f->ops->sync != NULL)
        (void)f->ops->sync(f, 0, INT64_MAX, false);
    file_put(f);
    return 0;
}

long sys_sync_file_range(int fd, off_t offset, off_t nbytes, unsigned flags)
{
    if ((flags & ~7u) || offset < 0 || nbytes < 0 || offset + nbytes < offset)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    int r = f->ops->seek == NULL ? -ESPIPE : f->ops->sync == NULL ? -EINVAL : 0;
    if (r == 0 && flags != 0)
        r = f->ops->sync(f, offset, nbytes == 0 ? INT64_MAX : offset + nbytes, true);
    file_put(f);
    return r;
}

static int check_fallocate(struct file *f, int mode, off_t offset, off_t len)
{
    if ((mode & ~0x7f) || (mode & 3) == 2 /* a hole that would change the size */)
        return -EOPNOTSUPP;
    if (!file_writable(f))
        return -EBADF;
    if (f->flags & O_APPEND && mode & ~1)
        return -EPERM;
    if (f->ops->fallocate == NULL)
        return f->ops->seek == NULL ? -ESPIPE : f->ops->iterate != NULL ? -EISDIR : -ENODEV;
    if (offset > INT64_MAX - len)
        return -EFBIG;
    return 0;
}

long sys_fallocate(int fd, int mode, off_t offset, off_t len)
{
    if (offset < 0 || len <= 0)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    int r = check_fallocate(f, mode, offset, len);
    if (r == 0)
        r = f->ops->fallocate(f, mode, offset, len);
    file_put(f);
    return r;
}

long sys_fadvise64(int fd, off_t offset, size_t len, int advice)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = f->ops->seek == NULL ? -ESPIPE : advice < 0 || advice > 5 || (off_t)len < 0 ? -EINVAL : 0;
    file_put(f);
    return r;
}

long sys_readahead(int fd, off_t offset, size_t count)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = !file_readable(f) ? -EBADF : f->ops->mmap == NULL ? -EINVAL : 0; /* memory files are as near as they can be */
    file_put(f);
    return r;
}

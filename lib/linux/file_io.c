// SPDX-License-Identifier: BSD-3-Clause
// read, write and their positional forms: one buffer.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "write_result.h"
#include <errno.h>

static inline size_t cut(size_t n)
{
    return n > FILE_RW_MAX ? FILE_RW_MAX : n;
}

long sys_read(int fd, void *buf, size_t count)
{
    struct iov_one one;
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = file_read(f, iov_iter_init_user(&one, buf, cut(count)), NULL, 0);
    file_put(f);
    return r;
}

long sys_write(int fd, const void *buf, size_t count)
{
    struct iov_one one;
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = file_write(f, iov_iter_init_user(&one, (void *)buf, cut(count)), NULL, 0);
    file_put(f);
    return write_result(r);
}

long sys_pread64(int fd, void *buf, size_t count, off_t pos)
{
    struct iov_one one;
    int64_t at = pos;

    if (pos < 0)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    long r = f->ops->seek == NULL ? -ESPIPE : file_read(f, iov_iter_init_user(&one, buf, cut(count)), &at, 0);
    file_put(f);
    return r;
}

long sys_pwrite64(int fd, const void *buf, size_t count, off_t pos)
{
    struct iov_one one;
    int64_t at = pos;

    if (pos < 0)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    long r = f->ops->seek == NULL ? -ESPIPE : file_write(f, iov_iter_init_user(&one, (void *)buf, cut(count)), &at, 0);
    file_put(f);
    return write_result(r);
}

// SPDX-License-Identifier: BSD-3-Clause
// readv, writev and their positional forms.
#include "abi/misc.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "iovec.h"
#include "linux/syscalls.h"
#include "write_result.h"
#include <errno.h>
#include <stdbool.h>

#define RWF_ALL (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)

static int check_access(struct file *f, bool write, int64_t *pos)
{
    if (pos != NULL && f->ops->seek == NULL)
        return -ESPIPE;
    if (write ? !file_writable(f) : !file_readable(f))
        return -EBADF;
    if (write ? f->ops->write == NULL : f->ops->read == NULL)
        return -EINVAL;
    return 0;
}

static long transfer(struct file *f, const struct iovec *vec, unsigned long n, int64_t *pos, int flags, bool write)
{
    struct iovec_copy c;

    int r = check_access(f, write, pos);
    if (r != 0)
        return r;
    if ((unsigned)flags & ~RWF_ALL)
        return -EOPNOTSUPP;
    r = iovec_import(&c, vec, n);
    if (r != 0)
        return r;
    long done = 0;
    if (c.iter.remaining > 0)
        done = write ? write_result(file_write(f, &c.iter, pos, (unsigned)flags)) : file_read(f, &c.iter, pos, (unsigned)flags);
    iovec_release(&c);
    return done;
}

static long at_current(int fd, const struct iovec *vec, unsigned long n, int flags, bool write)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = transfer(f, vec, n, NULL, flags, write);
    file_put(f);
    return r;
}

static long at_position(int fd, const struct iovec *vec, unsigned long n, unsigned long low, int flags, bool write)
{
    int64_t pos = (int64_t)low;

    if (pos < 0)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    long r = transfer(f, vec, n, &pos, flags, write);
    file_put(f);
    return r;
}

long sys_readv(int fd, const struct iovec *vec, unsigned long vlen)
{
    return at_current(fd, vec, vlen, 0, false);
}

long sys_writev(int fd, const struct iovec *vec, unsigned long vlen)
{
    return at_current(fd, vec, vlen, 0, true);
}

long sys_preadv(int fd, const struct iovec *vec, unsigned long vlen, unsigned long low, unsigned long high)
{
    return at_position(fd, vec, vlen, low, 0, false);
}

long sys_pwritev(int fd, const struct iovec *vec, unsigned long vlen, unsigned long low, unsigned long high)
{
    return at_position(fd, vec, vlen, low, 0, true);
}

long sys_preadv2(int fd, const struct iovec *vec, unsigned long vlen, unsigned long low, unsigned long high, int flags)
{
    return (long)low == -1 ? at_current(fd, vec, vlen, flags, false) : at_position(fd, vec, vlen, low, flags, false);
}

long sys_pwritev2(int fd, const struct iovec *vec, unsigned long vlen, unsigned long low, unsigned long high, int flags)
{
    return (long)low == -1 ? at_current(fd, vec, vlen, flags, true) : at_position(fd, vec, vlen, low, flags, true);
}

// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing an open file: access mode, position, nonblocking mode.
#include "file/file.h"

#include "abi/misc.h"
#include "arch/uaccess.h"
#include "file/poll.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

static inline bool buffer_ok(const struct iov_iter *it)
{
    return it->kernel || it->n_segs != 1 || user_range_ok(it->segs->iov_base, it->segs->iov_len);
}

typedef long (*rw_fn)(struct file *f, struct iov_iter *it, struct io *io);

/* At the file's own position, which threads take turns to move. */
static __attribute__((noinline)) long transfer_at_own(struct file *f, struct iov_iter *it, struct io *io, rw_fn fn)
{
    mutex_lock(&f->pos_lock);
    io->pos = f->pos;
    long r = fn(f, it, io);
    if (r > 0)
        f->pos = io->pos;
    mutex_unlock(&f->pos_lock);
    return r;
}

static __always_inline long transfer(struct file *f, struct iov_iter *it, int64_t *pos, unsigned rwf, rw_fn fn)
{
    struct io io;

    if (!buffer_ok(it))
        return -EFAULT;
    io.pos = 0;
    io.rwf = rwf;
    io.nonblock = (f->flags & O_NONBLOCK) || (rwf & RWF_NOWAIT);
    if (f->ops->seek == NULL)
        return pos != NULL ? -ESPIPE : fn(f, it, &io);
    if (pos == NULL)
        return transfer_at_own(f, it, &io, fn);
    if (*pos < 0)
        return -EINVAL;
    io.pos = *pos;
    long r = fn(f, it, &io);
    if (r > 0)
        *pos = io.pos;
    return r;
}

long file_read(struct file *f, struct iov_iter *it, int64_t *pos, unsigned rwf)
{
    if (!file_readable(f))
        return -EBADF;
    if (f->ops->read == NULL)
        return -EINVAL;
    return transfer(f, it, pos, rwf, f->ops->read);
}

long file_write(struct file *f, struct iov_iter *it, int64_t *pos, unsigned rwf)
{
    if (!file_writable(f))
        return -EBADF;
    if (f->ops->write == NULL)
        return -EINVAL;
    return transfer(f, it, pos, rwf, f->ops->write);
}

long file_read_kernel(struct file *f, void *buf, size_t n, int64_t pos)
{
    struct iov_one one;
    size_t done = 0;

    while (done < n) {
        long r = file_read(f, iov_iter_init_kernel(&one, (char *)buf + done, n - done), &pos, 0);
        if (r < 0)
            return done > 0 ? (long)done : r;
        if (r == 0)
            break;
        done += (size_t)r;
    }
    return (long)done;
}

unsigned file_poll(struct file *f, struct poll_table *pt)
{
    if (f->ops->poll == NULL)
        return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    return f->ops->poll(f, pt);
}

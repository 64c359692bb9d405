// SPDX-License-Identifier: BSD-3-Clause
// sendfile, copy_file_range, splice, tee, vmsplice: data from file to file.
//
// All of them move bytes through one kernel buffer: with every file in memory and no address space to cross, page tricks cost more than
// they save.
#define _GNU_SOURCE 1
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "iovec.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "vfs/path.h"
#include "write_result.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define CHUNK_BYTES 65536u

struct transfer {
    struct file *in, *out;
    int64_t *in_pos, *out_pos; /* NULL: the file's own */
    size_t count;
    bool stop_short; /* do not wait for more once something moved */
};

static long write_all(struct transfer *t, char *buf, size_t n)
{
    struct iov_one one;
    size_t done = 0;

    while (done < n) {
        long r = file_write(t->out, iov_iter_init_kernel(&one, buf + done, n - done), t->out_pos, 0);
        if (r <= 0)
            return done > 0 ? (long)done : r;
        done += (size_t)r;
    }
    return (long)done;
}

/* What was read but could not be written goes back where that is possible. */
static void give_back(struct transfer *t, size_t n)
{
    if (t->in_pos != NULL) {
        *t->in_pos -= (int64_t)n;
    } else if (t->in->ops->seek != NULL) {
        mutex_lock(&t->in->pos_lock);
        t->in->pos -= (int64_t)n;
        mutex_unlock(&t->in->pos_lock);
    }
}

static long pump(struct transfer *t, char *buf, size_t buf_size)
{
    struct iov_one one;
    size_t total = 0;

    while (total < t->count) {
        size_t wanted = t->count - total < buf_size ? t->count - total : buf_size;
        if (pipe_of(t->out) != NULL && pipe_room(t->out) > 0 && wanted > pipe_room(t->out))
            wanted = pipe_room(t->out);
        long n = file_read(t->in, iov_iter_init_kernel(&one, buf, wanted), t->in_pos, 0);
        if (n <= 0)
            return total > 0 ? (long)total : n;
        long w = write_all(t, buf, (size_t)n);
        if (w < n)
            give_back(t, (size_t)(n - (w > 0 ? w : 0)));
        if (w < 0)
            return total > 0 ? (long)total : w;
        total += (size_t)w;
        if (w < n || (t->stop_short && (size_t)n < wanted) || (t->stop_short && pipe_of(t->in) != NULL && pipe_bytes(t->in) == 0))
            break;
        if (t->stop_short && pipe_of(t->out) != NULL && pipe_room(t->out) == 0)
            break;
    }
    return (long)total;
}

static long run(struct transfer *t)
{
    size_t size = t->count < CHUNK_BYTES ? t->count : CHUNK_BYTES;
    char *buf = kmalloc(size + 1);

    if (buf == NULL)
        return -ENOMEM;
    long r = t->count == 0 ? 0 : pump(t, buf, size);
    kfree(buf);
    return r;
}

struct pair {
    struct file *in, *out;
};

static int get_pair(int in_fd, int out_fd, struct pair *p)
{
    p->in = fd_get(in_fd);
    p->out = p->in == NULL ? NULL : fd_get(out_fd);
    if (p->out != NULL)
        return 0;
    if (p->in != NULL)
        file_put(p->in);
    return -EBADF;
}

static void put_pair(struct pair *p)
{
    file_put(p->in);
    file_put(p->out);
}

static int get_open_pair(int in_fd, int out_fd, struct pair *p)
{
    int r = get_pair(in_fd, out_fd, p);

    if (r != 0 || (file_readable(p->in) && file_writable(p->out)))
        return r;
    put_pair(p);
    return -EBADF;
}

static int import_offset(const off_t *user, int64_t *pos, int64_t **use)
{
    *use = NULL;
    if (user == NULL)
        return 0;
    if (copy_in(pos, user, sizeof *pos) != 0)
        return -EFAULT;
    if (*pos < 0)
        return -EINVAL;
    *use = pos;
    return 0;
}

static long export_offset(off_t *user, const int64_t *pos, long r)
{
    if (user != NULL && r >= 0 && copy_out(user, pos, sizeof *pos) != 0)
        return -EFAULT;
    return r;
}

long sys_sendfile(int out_fd, int in_fd, off_t *offset, size_t count)
{
    struct pair p;
    int64_t pos;
    struct transfer t = {.count = count < FILE_RW_MAX ? count : FILE_RW_MAX, .stop_short = true};
    long r = import_offset(offset, &pos, &t.in_pos);

    if (r == 0)
        r = get_open_pair(in_fd, out_fd, &p);
    if (r != 0)
        return r;
    t.in = p.in;
    t.out = p.out;
    if (p.out->flags & O_APPEND)
        r = -EINVAL;
    else if (offset != NULL && p.in->ops->seek == NULL)
        r = -ESPIPE;
    else if (p.in->ops->read == NULL || p.out->ops->write == NULL || p.in->ops->iterate != NULL || p.in->ops->seek == NULL)
        r = -EINVAL;
    else
        r = run(&t);
    put_pair(&p);
    return export_offset(offset, &pos, write_result(r));
}

static int check_copy(const struct pair *p, const int64_t *in_pos, const int64_t *out_pos, size_t count)
{
    struct inode *in = p->in->inode, *out = p->out->inode;

    if (in == NULL || out == NULL)
        return -EINVAL;
    if (S_ISDIR(in->mode) || S_ISDIR(out->mode))
        return -EISDIR;
    if (!S_ISREG(in->mode) || !S_ISREG(out->mode))
        return -EINVAL;
    if (!file_readable(p->in) || !file_writable(p->out) || (p->out->flags & O_APPEND))
        return -EBADF;
    int64_t a = in_pos != NULL ? *in_pos : p->in->pos, b = out_pos != NULL ? *out_pos : p->out->pos;
    if (a > INT64_MAX - (int64_t)count || b > INT64_MAX - (int64_t)count)
        return -EOVERFLOW;
    if (in == out && a < b + (int64_t)count && b < a + (int64_t)count)
        return -EINVAL;
    return 0;
}

long sys_copy_file_range(int in_fd, off_t *in_off, int out_fd, off_t *out_off, size_t count, unsigned flags)
{
    struct pair p;
    int64_t in_pos, out_pos;
    struct transfer t = {.count = count < FILE_RW_MAX ? count : FILE_RW_MAX};

    if (flags != 0)
        return -EINVAL;
    long r = import_offset(in_off, &in_pos, &t.in_pos);
    if (r == 0)
        r = import_offset(out_off, &out_pos, &t.out_pos);
    if (r == 0)
        r = get_pair(in_fd, out_fd, &p);
    if (r != 0)
        return r;
    t.in = p.in;
    t.out = p.out;
    r = check_copy(&p, t.in_pos, t.out_pos, t.count);
    if (r == 0)
        r = run(&t);
    put_pair(&p);
    r = export_offset(in_off, &in_pos, r);
    return export_offset(out_off, &out_pos, r);
}

static int check_splice(const struct pair *p, const off_t *in_off, const off_t *out_off)
{
    struct pipe *in = pipe_of(p->in), *out = pipe_of(p->out);

    if (in == NULL && out == NULL)
        return -EINVAL;
    if ((in != NULL && in_off != NULL) || (out != NULL && out_off != NULL))
        return -ESPIPE;
    if (in == out)
        return -EINVAL;
    if ((in_off != NULL && p->in->ops->seek == NULL) || (out_off != NULL && p->out->ops->seek == NULL))
        return -EINVAL;
    if (p->in->ops->iterate != NULL || p->in->ops->read == NULL || p->out->ops->write == NULL || (out == NULL && (p->out->flags & O_APPEND)))
        return -EINVAL;
    return 0;
}

static int wait_pipes(const struct pair *p, bool nonblock)
{
    int r = 0;

    if (pipe_of(p->in) != NULL)
        r = pipe_wait_readable(p->in, nonblock || (p->in->flags & O_NONBLOCK));
    if (r == 0 && pipe_of(p->out) != NULL)
        r = pipe_wait_writable(p->out, nonblock || (p->out->flags & O_NONBLOCK));
    return r;
}

long sys_splice(int in_fd, off_t *in_off, int out_fd, off_t *out_off, size_t count, unsigned flags)
{
    struct pair p;
    int64_t in_pos, out_pos;
    struct transfer t = {.count = count < FILE_RW_MAX ? count : FILE_RW_MAX, .stop_short = true};

    if (flags & ~(unsigned)(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT))
        return -EINVAL;
    if (count == 0)
        return 0;
    long r = get_open_pair(in_fd, out_fd, &p);
    if (r != 0)
        return r;
    t.in = p.in;
    t.out = p.out;
    r = check_splice(&p, in_off, out_off);
    if (r == 0)
        r = import_offset(in_off, &in_pos, &t.in_pos);
    if (r == 0)
        r = import_offset(out_off, &out_pos, &t.out_pos);
    if (r == 0)
        r = wait_pipes(&p, flags & SPLICE_F_NONBLOCK);
    if (r == 0)
        r = run(&t);
    put_pair(&p);
    r = export_offset(in_off, &in_pos, write_result(r));
    return export_offset(out_off, &out_pos, r);
}

static long tee_bytes(struct pair *p, size_t count)
{
    struct iov_one one;
    size_t n = pipe_bytes(p->in) < pipe_room(p->out) ? pipe_bytes(p->in) : pipe_room(p->out);

    if (n > count)
        n = count;
    if (n == 0)
        return 0;
    char *buf = kmalloc(n);
    if (buf == NULL)
        return -ENOMEM;
    long r = pipe_peek(p->in, 0, buf, n);
    if (r > 0)
        r = file_write(p->out, iov_iter_init_kernel(&one, buf, (size_t)r), NULL, 0);
    kfree(buf);
    return r;
}

long sys_tee(int in_fd, int out_fd, size_t count, unsigned flags)
{
    struct pair p;

    if (flags & ~(unsigned)(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT))
        return -EINVAL;
    if (count == 0)
        return 0;
    long r = get_open_pair(in_fd, out_fd, &p);
    if (r != 0)
        return r;
    if (pipe_of(p.in) == NULL || pipe_of(p.out) == NULL || pipe_of(p.in) == pipe_of(p.out))
        r = -EINVAL;
    if (r == 0)
        r = wait_pipes(&p, flags & SPLICE_F_NONBLOCK);
    if (r == 0)
        r = tee_bytes(&p, count);
    put_pair(&p);
    return write_result(r);
}

static long do_vmsplice(struct file *f, const struct iovec *vec, unsigned long vlen, bool nonblock)
{
    struct iovec_copy c;
    bool reading = !file_writable(f);
    long r = pipe_of(f) == NULL ? -EBADF : iovec_import(&c, vec, vlen);

    if (r != 0)
        return r;
    if (c.iter.remaining > 0) {
        r = reading ? pipe_wait_readable(f, nonblock) : pipe_wait_writable(f, nonblock);
        if (r == 0)
            r = reading ? file_read(f, &c.iter, NULL, 0) : file_write(f, &c.iter, NULL, nonblock ? 8 /* RWF_NOWAIT */ : 0);
    }
    iovec_release(&c);
    return r;
}

long sys_vmsplice(int fd, const struct iovec *vec, unsigned long vlen, unsigned flags)
{
    if (flags & ~(unsigned)(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT))
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    long r = write_result(do_vmsplice(f, vec, vlen, flags & SPLICE_F_NONBLOCK));
    file_put(f);
    return r;
}

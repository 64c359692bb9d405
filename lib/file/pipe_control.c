// SPDX-License-Identifier: BSD-3-Clause
// Pipes: capacity, queries, and what splice and tee need.
#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "pipe_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

long pipe_ioctl(struct file *f, unsigned cmd, unsigned long arg);
int pipe_stat(struct file *f, struct stat *st);
long pipe_control(struct file *f, unsigned cmd, unsigned long arg);

#define PIPE_MAX_UNPRIVILEGED (1u << 20)
#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#endif

struct pipe *pipe_of(struct file *f)
{
    if (f->ops == &pipe_read_ops || f->ops == &pipe_write_ops || f->ops == &pipe_both_ops)
        return f->priv;
    return NULL;
}

long pipe_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
    if (cmd != FIONREAD)
        return -ENOTTY;
    return put_user_u32((void *)arg, (uint32_t)pipe_used(f->priv));
}

int pipe_stat(struct file *f, struct stat *st)
{
    *st = (struct stat){.st_mode = S_IFIFO | 0600,
                        .st_nlink = 1,
                        .st_blksize = PIPE_PAGE,
                        .st_dev = 12,
                        .st_ino = (ino_t)((uintptr_t)f->priv >> 4 & 0x7fffffff)};
    return 0;
}

long pipe_capacity(struct file *f)
{
    struct pipe *p = pipe_of(f);

    return p == NULL ? -EBADF : (long)pipe_size(p);
}

/* With the lock; @n_pages pages hold what is in the pipe. Positions restart so that the ring index of each page changes consistently. */
static int resize(struct pipe *p, uint32_t n_pages)
{
    char **pages = kcalloc(n_pages, sizeof *pages);
    uint64_t base = p->tail & ~(uint64_t)(PIPE_PAGE - 1);

    if (pages == NULL)
        return -ENOMEM;
    for (uint64_t at = base, i = 0; at < p->head || i == 0; at += PIPE_PAGE, i++) {
        char **slot = &p->pages[(at / PIPE_PAGE) & (p->n_pages - 1)];
        pages[(at / PIPE_PAGE) & (n_pages - 1)] = *slot;
        *slot = NULL;
    }
    for (uint32_t i = 0; i < p->n_pages; i++)
        kfree(p->pages[i]);
    kfree(p->pages);
    p->pages = pages;
    p->n_pages = n_pages;
    return 0;
}

long pipe_set_capacity(struct file *f, size_t bytes, size_t max_unprivileged, bool privileged)
{
    struct pipe *p = pipe_of(f);
    size_t size = PIPE_PAGE;

    if (p == NULL)
        return -EBADF;
    if (bytes > (1ul << 31))
        return -EINVAL;
    while (size < bytes)
        size *= 2;
    if (size > pipe_size(p) && size > max_unprivileged && !privileged)
        return -EPERM;
    mutex_lock(&p->lock);
    size_t span = pipe_used(p) + (p->tail & (PIPE_PAGE - 1));
    int r = span > size || p->packet_head != p->packet_tail ? -EBUSY : 0;
    if (r == 0 && size != pipe_size(p)) {
        r = resize(p, (uint32_t)(size / PIPE_PAGE));
        if (r == 0) {
            kfree(p->packets);
            p->packets = NULL;
        }
    }
    mutex_unlock(&p->lock);
    wait_queue_wake(&p->writable, UINT32_MAX, POLLOUT | POLLWRNORM);
    return r != 0 ? r : (long)size;
}

long pipe_control(struct file *f, unsigned cmd, unsigned long arg)
{
    if (cmd == F_GETPIPE_SZ)
        return pipe_capacity(f);
    if (cmd == F_SETPIPE_SZ)
        return pipe_set_capacity(f, arg & 0xffffffff, PIPE_MAX_UNPRIVILEGED, false);
    return -EINVAL;
}

int pipe_wait_readable(struct file *f, bool nonblock)
{
    struct pipe *p = pipe_of(f);
    int r;

    if (pipe_used(p) > 0 || p->writers == 0)
        return 0;
    if (nonblock)
        return -EAGAIN;
    WAIT_EVENT(&p->readable, pipe_used(p) > 0 || p->writers == 0, true, NSEC_FOREVER, r);
    return r == -EINTR ? -ERESTARTSYS : r;
}

int pipe_wait_writable(struct file *f, bool nonblock)
{
    struct pipe *p = pipe_of(f);
    int r = 0;

    if (p->readers != 0 && pipe_space(p) == 0) {
        if (nonblock)
            return -EAGAIN;
        WAIT_EVENT(&p->writable, pipe_space(p) > 0 || p->readers == 0, true, NSEC_FOREVER, r);
    }
    if (r != 0)
        return r == -EINTR ? -ERESTARTSYS : r;
    return p->readers == 0 ? -EPIPE : 0;
}

long pipe_peek(struct file *f, size_t offset, void *buf, size_t n)
{
    struct pipe *p = pipe_of(f);
    size_t done = 0;

    mutex_lock(&p->lock);
    uint64_t at = p->tail + offset;
    while (done < n && at < p->head) {
        uint32_t in_page = at & (PIPE_PAGE - 1);
        size_t in_pipe = min((size_t)(p->head - at), n - done);
        size_t piece = min((size_t)(PIPE_PAGE - in_page), in_pipe);
        memcpy((char *)buf + done, p->pages[(at / PIPE_PAGE) & (p->n_pages - 1)] + in_page, piece);
        done += piece;
        at += piece;
    }
    mutex_unlock(&p->lock);
    return (long)done;
}

size_t pipe_bytes(struct file *f)
{
    return pipe_used(pipe_of(f));
}

size_t pipe_room(struct file *f)
{
    struct pipe *p = pipe_of(f);

    return pipe_space(p);
}

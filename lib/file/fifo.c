// SPDX-License-Identifier: BSD-3-Clause
// Named pipes: opening an end and waiting for the other.
#include "abi/restart.h"
#include "pipe_private.h"
#include <errno.h>
#include <fcntl.h>

static void enter(struct pipe *p, struct file *f)
{
    mutex_lock(&p->lock);
    p->named = true;
    if (file_readable(f)) {
        p->readers++;
        p->n_reader_opens++;
    }
    if (file_writable(f)) {
        p->writers++;
        p->n_writer_opens++;
    }
    mutex_unlock(&p->lock);
    wait_queue_wake(&p->readable, UINT32_MAX, 0);
    wait_queue_wake(&p->writable, UINT32_MAX, 0);
}

static int leave(struct file *f)
{
    f->ops->release(f);
    return -ERESTARTSYS;
}

/* A peer that opened and closed again meanwhile counts too. */
static int wait_for_writer(struct pipe *p, struct file *f)
{
    uint64_t before = p->n_writer_opens;
    int r;

    if (p->writers > 0)
        return 0;
    if (f->flags & O_NONBLOCK) {
        f->pos = (int64_t)before; /* no POLLHUP before the first writer */
        return 0;
    }
    WAIT_EVENT(&p->readable, p->n_writer_opens != before, true, NSEC_FOREVER, r);
    return r;
}

static int wait_for_reader(struct pipe *p)
{
    uint64_t before = p->n_reader_opens;
    int r;

    if (p->readers > 0)
        return 0;
    WAIT_EVENT(&p->writable, p->n_reader_opens != before, true, NSEC_FOREVER, r);
    return r;
}

int fifo_open(struct pipe *p, struct file *f)
{
    int r = 0;

    if (!file_readable(f) && (f->flags & O_NONBLOCK) && p->readers == 0)
        return -ENXIO;
    f->priv = p;
    f->ops = !file_readable(f) ? &pipe_write_ops : !file_writable(f) ? &pipe_read_ops : &pipe_both_ops;
    enter(p, f);
    if (!file_writable(f))
        r = wait_for_writer(p, f);
    else if (!file_readable(f))
        r = wait_for_reader(p);
    return r == 0 ? 0 : leave(f);
}

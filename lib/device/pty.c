// SPDX-License-Identifier: BSD-3-Clause
// Pseudo terminals: a master file on one side, a tty on the other.
//
// What the master writes is the tty's input; what the tty puts out waits in a ring for the master to read. The ring's lock is inside the
// tty's, because echo comes from tty_receive(). A pair lives until the master and the last slave file are closed.
#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/atomic.h"
#include "device/tty.h"
#include "file/file.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include "tty_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#define PTY_MAX 256
#define RING_BYTES 8192u
#define CHUNK_BYTES 256u
#define TIOCGPTPEER_CMD 0x5441u

struct pty {
    unsigned number;   /* I */
    struct tty *slave; /* I */
    struct spinlock lock;
    char *ring;        /* L */
    uint32_t head, tail; /* L */
    bool locked;       /* a: TIOCSPTLCK */
    bool master_open;  /* table_lock */
    bool slave_opened; /* a: ever */
    struct wait_queue readable;
};

static struct mutex table_lock = MUTEX_INIT(table_lock);
static struct pty *table[PTY_MAX];
static const struct file_ops master_ops;

static void slave_write(struct tty *t, const char *s, size_t n)
{
    struct pty *p = tty_priv(t);
    irq_flags_t flags = spin_lock_irqsave(&p->lock);

    for (size_t k = 0; k < n && p->head - p->tail < RING_BYTES; k++)
        p->ring[p->head++ % RING_BYTES] = s[k];
    spin_unlock_irqrestore(&p->lock, flags);
    wait_queue_wake(&p->readable, 1, POLLIN | POLLRDNORM);
}

static size_t slave_room(struct tty *t)
{
    struct pty *p = tty_priv(t);

    return RING_BYTES - (atomic_load_relaxed(&p->head) - atomic_load_relaxed(&p->tail));
}

static void pty_destroy(struct pty *p)
{
    table[p->number] = NULL;
    tty_destroy(p->slave);
    kfree(p->ring);
    kfree(p);
}

static void slave_closed(struct tty *t)
{
    struct pty *p = tty_priv(t);

    mutex_lock(&table_lock);
    if (!p->master_open && t->n_files == 0) {
        pty_destroy(p);
    } else {
        wait_queue_wake(&p->readable, UINT32_MAX, POLLHUP | POLLIN);
    }
    mutex_unlock(&table_lock);
}

static const struct tty_driver_ops slave_ops = {.write = slave_write, .write_room = slave_room, .closed = slave_closed};

static int free_number(void)
{
    for (int n = 0; n < PTY_MAX; n++)
        if (table[n] == NULL)
            return n;
    return -ENOSPC;
}

static struct pty *pty_create(unsigned number)
{
    struct pty *p = kzalloc(sizeof *p);

    if (p == NULL)
        return NULL;
    p->ring = kmalloc(RING_BYTES);
    p->slave = p->ring == NULL ? NULL : tty_create(&slave_ops, p);
    if (p->slave == NULL) {
        kfree(p->ring);
        kfree(p);
        return NULL;
    }
    p->number = number;
    p->locked = true;
    p->master_open = true;
    spin_init(&p->lock, RANK_DEVICE + 1);
    wait_queue_init(&p->readable);
    tty_set_index(p->slave, 136, number);
    return p;
}

int pty_open_master(struct file *f)
{
    mutex_lock(&table_lock);
    int n = free_number();
    struct pty *p = n < 0 ? NULL : pty_create((unsigned)n);
    if (p != NULL)
        table[n] = p;
    mutex_unlock(&table_lock);
    if (p == NULL)
        return n < 0 ? n : -ENOMEM;
    f->ops = &master_ops;
    f->priv = p;
    return 0;
}

struct tty *pty_slave(unsigned number)
{
    struct pty *p;

    mutex_lock(&table_lock);
    p = number < PTY_MAX ? table[number] : NULL;
    if (p != NULL && (p->locked || !p->master_open))
        p = NULL;
    if (p != NULL)
        p->slave_opened = true;
    mutex_unlock(&table_lock);
    return p == NULL ? NULL : p->slave;
}

int pty_next(int from)
{
    for (int n = from < 0 ? 0 : from; n < PTY_MAX; n++)
        if (table[n] != NULL && table[n]->master_open)
            return n;
    return -1;
}

int pty_number(struct file *master)
{
    return master->ops == &master_ops ? (int)((struct pty *)master->priv)->number : -1;
}

static size_t ring_take(struct pty *p, char *out, size_t n)
{
    size_t done = 0;
    irq_flags_t flags = spin_lock_irqsave(&p->lock);

    while (done < n && p->tail != p->head)
        out[done++] = p->ring[p->tail++ % RING_BYTES];
    spin_unlock_irqrestore(&p->lock, flags);
    return done;
}

static bool has_output(struct pty *p)
{
    return atomic_load_relaxed(&p->head) != atomic_load_relaxed(&p->tail);
}

static bool slave_gone(struct pty *p)
{
    return p->slave_opened && atomic_load_relaxed(&p->slave->n_files) == 0;
}

static long master_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pty *p = f->priv;
    char chunk[CHUNK_BYTES];
    long total = 0;
    int r;

    if (iov_iter_count(it) == 0)
        return 0;
    while (!has_output(p)) {
        if (slave_gone(p))
            return -EIO;
        if (io->nonblock)
            return -EAGAIN;
        WAIT_EVENT(&p->readable, has_output(p) || slave_gone(p), true, NSEC_FOREVER, r);
        if (r != 0)
            return -ERESTARTSYS;
    }
    while (iov_iter_count(it) > 0) {
        size_t n = ring_take(p, chunk, min(iov_iter_count(it), sizeof chunk));
        if (n == 0)
            break;
        long k = iov_iter_put(it, chunk, n);
        if (k < 0)
            return total > 0 ? total : k;
        total += k;
    }
    tty_output_ready(p->slave);
    return total;
}

static long master_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pty *p = f->priv;
    char chunk[CHUNK_BYTES];
    long total = 0;

    while (iov_iter_count(it) > 0) {
        long n = iov_iter_take(it, chunk, min(iov_iter_count(it), sizeof chunk));
        if (n < 0)
            return total > 0 ? total : n;
        tty_receive(p->slave, chunk, (size_t)n);
        total += n;
    }
    return total;
}

static unsigned master_poll(struct file *f, struct poll_table *pt)
{
    struct pty *p = f->priv;
    unsigned mask = POLLOUT | POLLWRNORM;

    poll_wait(pt, f, &p->readable);
    if (has_output(p))
        mask |= POLLIN | POLLRDNORM;
    if (slave_gone(p))
        mask |= POLLHUP;
    return mask;
}

static long set_lock(struct pty *p, unsigned long arg)
{
    uint32_t on;

    if (get_user_u32(&on, (const void *)arg) != 0)
        return -EFAULT;
    p->locked = on != 0;
    return 0;
}

static long send_signal(struct pty *p, unsigned long signo)
{
    if (signo < 1 || signo > 64)
        return -EINVAL;
    tty_send_signal(p->slave, (int)signo);
    return 0;
}

static long master_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
    struct pty *p = f->priv;

    switch (cmd) {
    case TIOCGPTN:
        return put_user_u32((void *)arg, p->number);
    case TIOCSPTLCK:
        return set_lock(p, arg);
    case TIOCGPTLCK:
        return put_user_u32((void *)arg, p->locked);
    case TIOCSIG:
        return send_signal(p, arg);
    case FIONREAD:
        return put_user_u32((void *)arg, atomic_load_relaxed(&p->head) - atomic_load_relaxed(&p->tail));
    default:
        return tty_ioctl(p->slave, cmd, arg);
    }
}

static void master_release(struct file *f)
{
    struct pty *p = f->priv;

    tty_hangup(p->slave);
    mutex_lock(&table_lock);
    p->master_open = false;
    if (p->slave->n_files == 0)
        pty_destroy(p);
    mutex_unlock(&table_lock);
}

static const struct file_ops master_ops = {.kind = "ptmx",
                                           .read = master_read,
                                           .write = master_write,
                                           .poll = master_poll,
                                           .ioctl = master_ioctl,
                                           .release = master_release};

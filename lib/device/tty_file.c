// SPDX-License-Identifier: BSD-3-Clause
// Terminals as files: read, write, poll.
#include "abi/restart.h"
#include "base/atomic.h"
#include "device/tty.h"
#include "file/file.h"
#include "file/poll.h"
#include "sched/time.h"
#include "tty_private.h"
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

#define CHUNK_BYTES 256u
#define DECISECOND (NSEC_PER_SEC / 10)



void tty_start_input(struct tty *t)
{
    if (!t->input_started) {
        t->input_started = true;
        if (t->ops->start_input != NULL)
            t->ops->start_input(t);
    }
}

/* 0: something to read (or hung up); 1: VTIME ran out. */
static int wait_for_input(struct tty *t, unsigned min_bytes, nsec_t deadline_ns, bool nonblock)
{
    int r;

    if (tty_input_available(t, min_bytes) || t->hung_up)
        return 0;
    if (nonblock)
        return -EAGAIN;
    WAIT_EVENT(&t->readable, tty_input_available(t, min_bytes) || t->hung_up, true, deadline_ns, r);
    return r == -ETIMEDOUT ? 1 : r;
}

/* VMIN and VTIME as termios(3) describes their four combinations. */
static int wait_noncanonical(struct tty *t, size_t wanted, size_t have, bool nonblock)
{
    unsigned vmin = tty_control_char(t, VMIN), vtime = tty_control_char(t, VTIME);
    nsec_t deadline = NSEC_FOREVER;

    if (vmin == 0 && vtime == 0)
        return tty_input_available(t, 1) ? 0 : 1;
    if (vtime != 0 && (vmin == 0 || have > 0))
        deadline = clock_monotonic_ns() + vtime * DECISECOND;
    (void)wanted;
    return wait_for_input(t, 1, deadline, nonblock);
}

static long copy_available(struct tty *t, struct iov_iter *it, bool *end)
{
    char chunk[CHUNK_BYTES];
    long total = 0;
    bool canonical = t->termios.c_lflag & ICANON;

    *end = false;
    while (iov_iter_count(it) > 0) {
        size_t n = tty_input_take(t, chunk, min(iov_iter_count(it), sizeof chunk), end);
        if (n == 0)
            break;
        long r = iov_iter_put(it, chunk, n);
        if (r < 0)
            return total > 0 ? total : r;
        total += r;
        if (canonical && (n < sizeof chunk || chunk[n - 1] == '\n'))
            break;
    }
    return total;
}

static long read_locked(struct tty *t, struct iov_iter *it, bool nonblock)
{
    size_t have = 0, wanted = iov_iter_count(it);

    for (;;) {
        bool canonical = t->termios.c_lflag & ICANON, end;
        int w = canonical ? wait_for_input(t, 1, NSEC_FOREVER, nonblock) : wait_noncanonical(t, wanted, have, nonblock);
        if (w < 0)
            return have > 0 ? (long)have : w == -EINTR ? -ERESTARTSYS : w;
        if (w == 1)
            return (long)have;
        long r = copy_available(t, it, &end);
        if (r < 0)
            return have > 0 ? (long)have : r;
        have += (size_t)r;
        if (end || iov_iter_count(it) == 0 || t->hung_up)
            return (long)have;
        if (canonical ? r > 0 : have >= max(min((size_t)tty_control_char(t, VMIN), wanted), (size_t)1))
            return (long)have;
    }
}

static long tty_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct tty *t = f->priv;
    int r = tty_check_background(t, SIGTTIN);

    if (r != 0)
        return r;
    if (iov_iter_count(it) == 0)
        return 0;
    tty_start_input(t);
    r = mutex_lock_interruptible(&t->read_lock);
    if (r != 0)
        return -ERESTARTSYS;
    long n = read_locked(t, it, io->nonblock);
    mutex_unlock(&t->read_lock);
    return n;
}

static size_t room_now(struct tty *t)
{
    if (t->stopped)
        return 0;
    return t->ops->write_room == NULL ? CHUNK_BYTES * 8 : t->ops->write_room(t);
}

static int wait_for_room(struct tty *t, bool nonblock)
{
    int r;

    if (t->hung_up)
        return -EIO;
    if (room_now(t) >= 8)
        return 0;
    if (nonblock)
        return -EAGAIN;
    WAIT_EVENT(&t->writable, room_now(t) >= 8 || t->hung_up, true, NSEC_FOREVER, r);
    return r != 0 ? -ERESTARTSYS : t->hung_up ? -EIO : 0;
}

static long write_locked(struct tty *t, struct iov_iter *it, bool nonblock)
{
    char chunk[CHUNK_BYTES];
    long total = 0;

    while (iov_iter_count(it) > 0) {
        int w = wait_for_room(t, nonblock);
        if (w != 0)
            return total > 0 ? total : w;
        long n = iov_iter_take(it, chunk, min(sizeof chunk, max(room_now(t) / 8, (size_t)1)));
        if (n < 0)
            return total > 0 ? total : n;
        tty_output_process(t, chunk, (size_t)n);
        total += n;
    }
    return total;
}

static long tty_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct tty *t = f->priv;
    int r = (t->termios.c_lflag & TOSTOP) ? tty_check_background(t, SIGTTOU) : 0;

    if (r != 0)
        return r;
    if (t->hung_up)
        return -EIO;
    mutex_lock(&t->write_lock);
    long n = write_locked(t, it, io->nonblock);
    mutex_unlock(&t->write_lock);
    return n;
}

static unsigned tty_poll(struct file *f, struct poll_table *pt)
{
    struct tty *t = f->priv;
    unsigned mask = 0;
    bool canonical = t->termios.c_lflag & ICANON;

    tty_start_input(t);
    poll_wait(pt, f, &t->readable);
    poll_wait(pt, f, &t->writable);
    if (tty_input_available(t, canonical || tty_control_char(t, VTIME) ? 1 : tty_control_char(t, VMIN)))
        mask |= POLLIN | POLLRDNORM;
    if (t->hung_up)
        return mask | POLLIN | POLLRDNORM | POLLHUP | POLLOUT | POLLWRNORM;
    if (room_now(t) >= 8)
        mask |= POLLOUT | POLLWRNORM;
    return mask;
}

static int tty_stat(struct file *f, struct stat *st)
{
    struct tty *t = f->priv;

    *st = (struct stat){.st_mode = S_IFCHR | 0620,
                        .st_gid = 5,
                        .st_nlink = 1,
                        .st_blksize = 1024,
                        .st_ino = 8 + t->minor,
                        .st_dev = 6,
                        .st_rdev = makedev(t->major, t->minor)};
    return 0;
}

void tty_file_opened(struct tty *t)
{
    atomic_add_relaxed(&t->n_files, 1);
}

static void tty_release(struct file *f)
{
    struct tty *t = f->priv;

    if (atomic_sub(&t->n_files, 1) == 0 && t->ops->closed != NULL)
        t->ops->closed(t);
}

const struct file_ops tty_file_ops = {
    .kind = "tty",
    .read = tty_read,
    .write = tty_write,
    .poll = tty_poll,
    .ioctl = tty_file_ioctl,
    .stat = tty_stat,
    .release = tty_release,
};

int tty_open(struct tty *t, unsigned flags, struct file **out)
{
    if (t->hung_up)
        return -EIO;
    struct file *f = file_alloc(&tty_file_ops, flags, t);
    if (f == NULL)
        return -ENFILE;
    tty_file_opened(t);
    *out = f;
    return 0;
}

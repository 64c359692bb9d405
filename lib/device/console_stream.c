// SPDX-License-Identifier: BSD-3-Clause
// The console as a pair of streams: what descriptors 0-2 are when the host's side is a file or a pipe, not a terminal.

/*
 * A program tells from isatty(3) whether somebody watches, so standard input and output must not claim to be a terminal when `osv run`
 * reads from a file or writes to one. The wire is still a serial line. Input: every byte stands for itself, except ^V, which quotes the next
 * byte, and ^D, the end of the stream. Nothing is lost when the program reads slowly: a full ring pauses the device. Output
 * goes through the terminal's output processing (LF becomes CR LF), which the other side undoes.
 */

#include "abi/restart.h"
#include "device/console.h"
#include "device/tty.h"
#include "file/file.h"
#include "file/poll.h"
#include "sched/time.h"
#include "tty_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define RING_BYTES 4096u /* power of two */
enum { QUOTE = 0x16, END = 0x04 };

/* Legend: L = lock (interrupts off) */
static struct {
    struct spinlock lock;
    uint32_t head, tail; /* L: counters run freely */
    bool quoted, ended;  /* L */
    bool started;        /* L */
    struct wait_queue readable;
} in = {.lock = SPINLOCK_INIT(RANK_DEVICE), .readable = WAIT_QUEUE_INIT(in.readable)};
static char in_ring[RING_BYTES]; /* apart from @in, which has initial values: four zero KiB less in every image */

static size_t room(void)
{
    return RING_BYTES - (in.head - in.tail);
}

static void receive_byte(char c)
{
    if (in.quoted || (c != QUOTE && c != END)) {
        in.quoted = false;
        if (room() > 0 && !in.ended)
            in_ring[in.head++ % RING_BYTES] = c;
    } else if (c == QUOTE) {
        in.quoted = true;
    } else {
        in.ended = true;
    }
}

static void receive(const char *s, size_t n)
{
    irq_flags_t flags = spin_lock_irqsave(&in.lock);
    for (size_t i = 0; i < n; i++)
        receive_byte(s[i]);
    spin_unlock_irqrestore(&in.lock, flags);
    poll_notify(&in.readable, POLLIN | POLLRDNORM);
}

static void start(void)
{
    struct console *c = console_primary();
    irq_flags_t flags = spin_lock_irqsave(&in.lock);
    bool first = !in.started;
    in.started = true;
    spin_unlock_irqrestore(&in.lock, flags);
    if (!first)
        return;
    console_set_receiver(receive);
    console_set_room(room);
    if (c != NULL && c->enable_input != NULL)
        c->enable_input(c);
    /* sdk/README.md, section 4: until now nobody may send, because the device would drop what nobody takes. */
    console_write("\x1eosv-input\n", 11);
}

static size_t take(char *out, size_t n)
{
    size_t done = 0;
    irq_flags_t flags = spin_lock_irqsave(&in.lock);
    while (done < n && in.tail != in.head)
        out[done++] = in_ring[in.tail++ % RING_BYTES];
    spin_unlock_irqrestore(&in.lock, flags);
    return done;
}

static bool available(void)
{
    irq_flags_t flags = spin_lock_irqsave(&in.lock);
    bool r = in.tail != in.head || in.ended;
    spin_unlock_irqrestore(&in.lock, flags);
    return r;
}

static long stream_read(struct file *f, struct iov_iter *it, struct io *io)
{
    char chunk[256];
    long total = 0;
    int r = 0;

    if (iov_iter_count(it) == 0)
        return 0;
    start();
    if (io->nonblock && !available())
        return -EAGAIN;
    WAIT_EVENT(&in.readable, available(), true, NSEC_FOREVER, r);
    if (r != 0)
        return -ERESTARTSYS;
    for (size_t n; iov_iter_count(it) > 0 && (n = take(chunk, min(iov_iter_count(it), sizeof chunk))) > 0;) {
        long put = iov_iter_put(it, chunk, n);
        if (put < 0)
            return total > 0 ? total : put;
        total += put;
    }
    struct console *c = console_primary();
    if (c != NULL && c->resume_input != NULL)
        c->resume_input(c);
    return total;
}

static unsigned stream_poll_in(struct file *f, struct poll_table *pt)
{
    start();
    poll_wait(pt, f, &in.readable);
    irq_flags_t flags = spin_lock_irqsave(&in.lock);
    unsigned mask = (in.tail != in.head ? POLLIN | POLLRDNORM : 0) | (in.ended ? POLLHUP : 0);
    spin_unlock_irqrestore(&in.lock, flags);
    return mask;
}

static long stream_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct tty *t = f->priv;
    char chunk[256];
    long total = 0;

    mutex_lock(&t->write_lock);
    while (iov_iter_count(it) > 0) {
        long n = iov_iter_take(it, chunk, min(iov_iter_count(it), sizeof chunk));
        if (n < 0) {
            total = total > 0 ? total : n;
            break;
        }
        tty_output_process(t, chunk, (size_t)n);
        total += n;
    }
    mutex_unlock(&t->write_lock);
    return total;
}

static unsigned stream_poll_out(struct file *f, struct poll_table *pt)
{
    return POLLOUT | POLLWRNORM;
}

static int stream_stat(struct file *f, struct stat *st)
{
    *st = (struct stat){.st_mode = S_IFIFO | 0600, .st_nlink = 1, .st_blksize = 4096, .st_ino = f->priv ? 2 : 1, .st_dev = 13};
    return 0;
}

static const struct file_ops in_ops = {.kind = "pipe", .read = stream_read, .poll = stream_poll_in, .stat = stream_stat};
static const struct file_ops out_ops = {.kind = "pipe", .write = stream_write, .poll = stream_poll_out, .stat = stream_stat};

bool console_stream_owns(const struct file *f)
{
    return f->ops == &in_ops || f->ops == &out_ops;
}

int console_stream_open(bool output, struct file **out)
{
    struct tty *t = output ? tty_console() : NULL;
    if (output && t == NULL)
        return -ENOMEM;
    struct file *f = file_alloc(output ? &out_ops : &in_ops, output ? O_WRONLY : O_RDONLY, t);
    if (f == NULL)
        return -ENFILE;
    *out = f;
    return 0;
}

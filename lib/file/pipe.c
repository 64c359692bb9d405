// SPDX-License-Identifier: BSD-3-Clause
// Pipes: a ring of pages between readers and writers.
//
// Bytes are addressed by free-running positions; pages come when a write reaches them and go when a read has passed them, and an empty
// pipe starts again at position 0, so that small messages stay in one warm page. One mutex orders everything; sleepers test the positions
// without it. Splice and tee copy bytes like everyone else: remapping pages costs more here than copying.
#include "pipe_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>
#include "abi/restart.h"

struct pipe *pipe_alloc(void)
{
    struct pipe *p = kzalloc(sizeof *p);

    if (p == NULL)
        return NULL;
    p->pages = kcalloc(PIPE_DEFAULT_PAGES, sizeof *p->pages);
    if (p->pages == NULL) {
        kfree(p);
        return NULL;
    }
    p->n_pages = PIPE_DEFAULT_PAGES;
    mutex_init(&p->lock);
    wait_queue_init(&p->readable);
    wait_queue_init(&p->writable);
    return p;
}

void pipe_discard(struct pipe *p)
{
    for (uint32_t i = 0; i < p->n_pages; i++) {
        kfree(p->pages[i]);
        p->pages[i] = NULL;
    }
    p->head = p->tail = 0;
    p->packet_head = p->packet_tail = 0;
}

void pipe_free(struct pipe *p)
{
    pipe_discard(p);
    kfree(p->spare);
    kfree(p->packets);
    kfree(p->pages);
    kfree(p);
}

static inline char **page_slot(struct pipe *p, uint64_t pos)
{
    return &p->pages[(pos / PIPE_PAGE) & (p->n_pages - 1)];
}

static void drop_page(struct pipe *p, uint64_t pos)
{
    char **slot = page_slot(p, pos);

    if (p->spare == NULL)
        p->spare = *slot;
    else
        kfree(*slot);
    *slot = NULL;
}

static bool need_page(struct pipe *p, uint64_t pos)
{
    char **slot = page_slot(p, pos);

    if (*slot != NULL)
        return true;
    *slot = p->spare;
    p->spare = NULL;
    if (*slot == NULL)
        *slot = kmalloc(PIPE_PAGE);
    return *slot != NULL;
}

/* Everything before @new_tail has been read. */
static void advance_tail(struct pipe *p, uint64_t new_tail)
{
    for (uint64_t at = p->tail & ~(uint64_t)(PIPE_PAGE - 1); at + PIPE_PAGE <= new_tail; at += PIPE_PAGE)
        drop_page(p, at);
    p->tail = new_tail;
    if (p->tail == p->head && p->packet_head == p->packet_tail) {
        char *warm = *page_slot(p, p->tail);
        *page_slot(p, p->tail) = NULL;
        p->pages[0] = warm;
        p->head = p->tail = 0;
    }
}

static long copy_out_bytes(struct pipe *p, struct iov_iter *it, uint64_t limit)
{
    uint64_t at = p->tail;
    long error = 0;

    while (at < limit && iov_iter_count(it) > 0) {
        uint32_t offset = at & (PIPE_PAGE - 1);
        size_t piece = min((size_t)(PIPE_PAGE - offset), (size_t)(limit - at));
        long n = iov_iter_put(it, *page_slot(p, at) + offset, piece);
        if (n < 0) {
            error = n;
            break;
        }
        at += (uint64_t)n;
    }
    long done = (long)(at - p->tail);
    if (done > 0)
        advance_tail(p, at);
    return done > 0 ? done : error;
}

static long read_packet(struct pipe *p, struct iov_iter *it)
{
    struct pipe_packet *k = &p->packets[p->packet_tail & (p->n_pages - 1)];

    if (p->tail < k->start)
        return copy_out_bytes(p, it, k->start);
    uint64_t end = k->end;
    long n = copy_out_bytes(p, it, end);
    if (n >= 0) {
        p->packet_tail++;
        if (p->tail < end && p->head != 0)
            advance_tail(p, end);
        else
            advance_tail(p, p->tail);
    }
    return n;
}

static long read_available(struct pipe *p, struct iov_iter *it)
{
    if (p->packet_head != p->packet_tail)
        return read_packet(p, it);
    return copy_out_bytes(p, it, p->head);
}

static int wait_readable(struct pipe *p)
{
    int r;

    WAIT_EVENT(&p->readable, pipe_used(p) > 0 || p->writers == 0, true, NSEC_FOREVER, r);
    return r == -EINTR ? -ERESTARTSYS : r;
}

static inline bool has_sleepers(struct wait_queue *q)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* our change is visible before we look; pairs with the sleeper's wait_prepare */
    return wait_queue_active(q);
}

static long pipe_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pipe *p = f->priv;

    if (iov_iter_count(it) == 0)
        return 0;
    for (;;) {
        mutex_lock(&p->lock);
        if (pipe_used(p) > 0) {
            long n = read_available(p, it);
            mutex_unlock(&p->lock);
            if (has_sleepers(&p->writable))
                wait_queue_wake(&p->writable, 1, POLLOUT | POLLWRNORM);
            return n;
        }
        bool end = p->writers == 0;
        mutex_unlock(&p->lock);
        if (end)
            return 0;
        if (io->nonblock)
            return -EAGAIN;
        int r = wait_readable(p);
        if (r != 0)
            return r;
    }
}

/* Up to @n bytes into free room; n <= room. */
static long fill(struct pipe *p, struct iov_iter *it, size_t n)
{
    size_t done = 0;

    while (done < n) {
        uint32_t offset = p->head & (PIPE_PAGE - 1);
        size_t piece = min((size_t)(PIPE_PAGE - offset), n - done);
        if (!need_page(p, p->head))
            return done > 0 ? (long)done : -ENOMEM;
        long r = iov_iter_take(it, *page_slot(p, p->head) + offset, piece);
        if (r < 0)
            return done > 0 ? (long)done : r;
        p->head += (uint64_t)r;
        done += (size_t)r;
        if ((size_t)r < piece)
            break;
    }
    return (long)done;
}

static bool packet_room(struct pipe *p)
{
    if (p->packets == NULL)
        p->packets = kcalloc(p->n_pages, sizeof *p->packets);
    return p->packets != NULL && p->packet_head - p->packet_tail < p->n_pages;
}

static long fill_packet(struct pipe *p, struct iov_iter *it, size_t n)
{
    uint64_t start = p->head;
    long r = fill(p, it, n);

    if (r > 0)
        p->packets[p->packet_head++ & (p->n_pages - 1)] = (struct pipe_packet){start, p->head};
    return r;
}

/* With the lock: what fits of the rest of this write. 0: must wait. */
static long write_step(struct file *f, struct pipe *p, struct iov_iter *it, bool started)
{
    size_t room = pipe_space(p), left = iov_iter_count(it);

    if (f->flags & O_DIRECT) {
        size_t n = min(left, (size_t)PIPE_ATOMIC);
        return room >= n && packet_room(p) ? fill_packet(p, it, n) : 0;
    }
    if (room < left && left <= PIPE_ATOMIC && !started)
        return 0; /* small writes are not split */
    return room == 0 ? 0 : fill(p, it, min(room, left));
}

static int wait_writable(struct pipe *p, size_t wanted)
{
    int r;

    WAIT_EVENT(&p->writable, pipe_space(p) >= wanted || p->readers == 0, true, NSEC_FOREVER, r);
    return r == -EINTR ? -ERESTARTSYS : r;
}

static void wake_readers(struct pipe *p)
{
    if (has_sleepers(&p->readable))
        wait_queue_wake(&p->readable, 1, POLLIN | POLLRDNORM);
}

static long pipe_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pipe *p = f->priv;
    long total = 0;
    bool atomic = iov_iter_count(it) <= PIPE_ATOMIC;

    if (iov_iter_count(it) == 0)
        return 0;
    for (;;) {
        mutex_lock(&p->lock);
        long n = p->readers == 0 ? -EPIPE : write_step(f, p, it, !atomic);
        mutex_unlock(&p->lock);
        if (n > 0) {
            total += n;
            wake_readers(p);
            if (iov_iter_count(it) == 0)
                return total;
            continue;
        }
        if (n < 0)
            return total > 0 ? total : n;
        if (io->nonblock)
            return total > 0 ? total : -EAGAIN;
        int r = wait_writable(p, min(iov_iter_count(it), (size_t)PIPE_ATOMIC));
        if (r != 0)
            return total > 0 ? total : r;
    }
}

static unsigned pipe_poll(struct file *f, struct poll_table *pt)
{
    struct pipe *p = f->priv;
    unsigned mask = 0;

    if (file_readable(f)) {
        poll_wait(pt, f, &p->readable);
        if (pipe_used(p) > 0)
            mask |= POLLIN | POLLRDNORM;
        if (p->writers == 0 && (uint64_t)f->pos != p->n_writer_opens)
            mask |= POLLHUP;
    }
    if (file_writable(f)) {
        poll_wait(pt, f, &p->writable);
        if (pipe_space(p) >= PIPE_ATOMIC)
            mask |= POLLOUT | POLLWRNORM;
        if (p->readers == 0)
            mask |= POLLERR;
    }
    return mask;
}

static void pipe_release(struct file *f)
{
    struct pipe *p = f->priv;

    mutex_lock(&p->lock);
    p->readers -= file_readable(f);
    p->writers -= file_writable(f);
    bool last = p->readers == 0 && p->writers == 0;
    bool named = p->named;
    if (last && named)
        pipe_discard(p);
    mutex_unlock(&p->lock);
    if (last && !named) {
        pipe_free(p);
        return;
    }
    wait_queue_wake(&p->readable, UINT32_MAX, POLLIN | POLLRDNORM | POLLHUP | POLLERR);
    wait_queue_wake(&p->writable, UINT32_MAX, POLLOUT | POLLWRNORM | POLLHUP | POLLERR);
}

long pipe_ioctl(struct file *f, unsigned cmd, unsigned long arg);
int pipe_stat(struct file *f, struct stat *st);
long pipe_control(struct file *f, unsigned cmd, unsigned long arg);

const struct file_ops pipe_read_ops = {.kind = "pipe",
                                       .read = pipe_read,
                                       .poll = pipe_poll,
                                       .ioctl = pipe_ioctl,
                                       .stat = pipe_stat,
                                       .control = pipe_control,
                                       .release = pipe_release};
const struct file_ops pipe_write_ops = {.kind = "pipe",
                                        .write = pipe_write,
                                        .poll = pipe_poll,
                                        .ioctl = pipe_ioctl,
                                        .stat = pipe_stat,
                                       .control = pipe_control,
                                        .release = pipe_release};
const struct file_ops pipe_both_ops = {.kind = "pipe",
                                       .read = pipe_read,
                                       .write = pipe_write,
                                       .poll = pipe_poll,
                                       .ioctl = pipe_ioctl,
                                       .stat = pipe_stat,
                                       .control = pipe_control,
                                       .release = pipe_release};

int pipe_create(struct file **read_end, struct file **write_end, unsigned flags)
{
    struct pipe *p = pipe_alloc();

    if (p == NULL)
        return -ENOMEM;
    unsigned kept = flags & (O_NONBLOCK | O_DIRECT);
    struct file *r = file_alloc(&pipe_read_ops, O_RDONLY | (flags & O_NONBLOCK), p);
    struct file *w = r == NULL ? NULL : file_alloc(&pipe_write_ops, O_WRONLY | kept, p);
    p->readers = r != NULL;
    p->writers = w != NULL;
    p->n_writer_opens = 1;
    if (r != NULL && w != NULL) {
        *read_end = r;
        *write_end = w;
        return 0;
    }
    if (r != NULL)
        file_put(r); /* frees the pipe */
    else
        pipe_free(p);
    return -ENFILE;
}

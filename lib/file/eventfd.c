// SPDX-License-Identifier: BSD-3-Clause
// eventfd: a counter that can be waited for.
#include "abi/restart.h"
#include "arch/spinlock.h"
#include "base/format.h"
#include "file/file.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
    struct spinlock lock;
    uint64_t count; /* L */
    bool semaphore; /* I */
    struct wait_queue queue;
};

static const struct file_ops eventfd_ops;

/* 0: nothing to take. */
static uint64_t try_take(struct eventfd *e)
{
    irq_flags_t flags = spin_lock_irqsave(&e->lock);
    uint64_t n = e->count == 0 ? 0 : e->semaphore ? 1 : e->count;

    e->count -= n;
    spin_unlock_irqrestore(&e->lock, flags);
    return n;
}

static bool try_add(struct eventfd *e, uint64_t n)
{
    irq_flags_t flags = spin_lock_irqsave(&e->lock);
    bool fits = n <= COUNT_MAX - e->count;

    if (fits)
        e->count += n;
    spin_unlock_irqrestore(&e->lock, flags);
    return fits;
}

static inline uint64_t count_now(struct eventfd *e)
{
    return __atomic_load_n(&e->count, __ATOMIC_RELAXED);
}

static void wake(struct eventfd *e, unsigned mask)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with the sleeper's wait_prepare */
    if (wait_queue_active(&e->queue))
        wait_queue_wake(&e->queue, UINT32_MAX, mask);
}

static long eventfd_file_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct eventfd *e = f->priv;
    uint64_t n;
    int r = 0;

    if (iov_iter_count(it) < sizeof n)
        return -EINVAL;
    while ((n = try_take(e)) == 0) {
        if (io->nonblock)
            return -EAGAIN;
        WAIT_EVENT(&e->queue, count_now(e) != 0, true, NSEC_FOREVER, r);
        if (r != 0)
            return -ERESTARTSYS;
    }
    wake(e, POLLOUT | POLLWRNORM);
    return iov_iter_put(it, &n, sizeof n);
}

static long eventfd_file_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct eventfd *e = f->priv;
    uint64_t n;
    int r = 0;

    if (iov_iter_count(it) < sizeof n)
        return -EINVAL;
    long got = iov_iter_take(it, &n, sizeof n);
    if (got != sizeof n)
        return -EFAULT;
    if (n == UINT64_MAX)
        return -EINVAL;
    while (!try_add(e, n)) {
        if (io->nonblock)
            return -EAGAIN;
        WAIT_EVENT(&e->queue, n <= COUNT_MAX - count_now(e), true, NSEC_FOREVER, r);
        if (r != 0)
            return -ERESTARTSYS;
    }
    wake(e, POLLIN | POLLRDNORM);
    return sizeof n;
}

static unsigned eventfd_poll(struct file *f, struct poll_table *pt)
{
    struct eventfd *e = f->priv;
    unsigned mask = 0;

    poll_wait(pt, f, &e->queue);
    uint64_t n = count_now(e);
    if (n > 0)
        mask |= POLLIN | POLLRDNORM;
    if (n == UINT64_MAX)
        mask |= POLLERR;
    if (n < COUNT_MAX)
        mask |= POLLOUT | POLLWRNORM;
    return mask;
}

static void eventfd_fdinfo(struct file *f, char *buf, size_t n)
{
    format_string(buf, n, "eventfd-count: %16llx\n", (unsigned long long)count_now(f->priv));
}

static void eventfd_release(struct file *f)
{
    kfree(f->priv);
}

static const struct file_ops eventfd_ops = {.kind = "eventfd",
                                            .read = eventfd_file_read,
                                            .write = eventfd_file_write,
                                            .poll = eventfd_poll,
                                            .fdinfo = eventfd_fdinfo,
                                            .release = eventfd_release};

bool file_is_eventfd(const struct file *f)
{
    return f->ops == &eventfd_ops;
}

void eventfd_add(struct file *f, uint64_t n)
{
    struct eventfd *e = f->priv;
    irq_flags_t flags = spin_lock_irqsave(&e->lock);

    e->count = n > UINT64_MAX - e->count ? UINT64_MAX : e->count + n;
    spin_unlock_irqrestore(&e->lock, flags);
    wait_queue_wake(&e->queue, UINT32_MAX, POLLIN | POLLRDNORM);
}

int eventfd_create(uint32_t initial, unsigned flags, struct file **out)
{
    struct eventfd *e = kzalloc(sizeof *e);

    if (e == NULL)
        return -ENOMEM;
    spin_init(&e->lock, RANK_READINESS);
    e->count = initial;
    e->semaphore = flags & EFD_SEMAPHORE;
    wait_queue_init(&e->queue);
    *out = file_alloc(&eventfd_ops, O_RDWR | (flags & O_NONBLOCK), e);
    if (*out != NULL)
        return 0;
    kfree(e);
    return -ENFILE;
}

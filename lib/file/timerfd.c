// SPDX-License-Identifier: BSD-3-Clause
// timerfd: expirations that can be read and waited for.
#include "abi/restart.h"
#include "arch/spinlock.h"
#include "base/format.h"
#include "file/file.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include "sched/time.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/timerfd.h>
#include <time.h>

/* struct timerfd - Legend: I; L = lock */
struct timerfd {
    struct spinlock lock;
    int clock;              /* I */
    nsec_t expiry;          /* L: next, on its clock; 0: disarmed */
    nsec_t interval;        /* L */
    uint64_t ticks;         /* L: expirations not read yet */
    bool relative;          /* L: expiry is on CLOCK_MONOTONIC, wall-clock steps do not matter */
    bool cancel_on_set, cancelled; /* L */
    int settime_flags;      /* L: for fdinfo */
    struct timer timer;
    struct wait_queue queue;
    struct clock_set_listener listener;
};

static nsec_t clock_offset(const struct timerfd *t)
{
    if (t->relative)
        return 0;
    if (t->clock == CLOCK_REALTIME || t->clock == CLOCK_REALTIME_ALARM)
        return clock_realtime_offset_ns();
    if (t->clock == CLOCK_BOOTTIME || t->clock == CLOCK_BOOTTIME_ALARM)
        return clock_boottime_ns() - clock_monotonic_ns();
    return 0;
}

static nsec_t now_on_clock(const struct timerfd *t)
{
    return clock_monotonic_ns() + clock_offset(t);
}

/* Counts what is due and moves expiry on; true if something was. */
static bool account_locked(struct timerfd *t, nsec_t now)
{
    if (t->expiry == 0 || now < t->expiry)
        return false;
    uint64_t n = 1;
    if (t->interval > 0) {
        n += (uint64_t)((now - t->expiry) / t->interval);
        t->expiry += (nsec_t)n * t->interval;
    } else {
        t->expiry = 0;
    }
    t->ticks += n;
    return true;
}

static void arm_locked(struct timerfd *t)
{
    if (t->expiry != 0)
        timer_arm(&t->timer, t->expiry - clock_offset(t));
}

static void fired(struct timer *timer)
{
    struct timerfd *t = timer->arg;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    bool due = account_locked(t, now_on_clock(t));

    arm_locked(t);
    spin_unlock_irqrestore(&t->lock, flags);
    if (due)
        wait_queue_wake(&t->queue, UINT32_MAX, POLLIN | POLLRDNORM);
}

static void wall_clock_set(struct clock_set_listener *l)
{
    struct timerfd *t = container_of(l, struct timerfd, listener);
    irq_flags_t flags = spin_lock_irqsave(&t->lock);

    if (t->cancel_on_set && t->expiry != 0)
        t->cancelled = true;
    bool wake = t->cancelled;
    arm_locked(t);
    spin_unlock_irqrestore(&t->lock, flags);
    if (wake)
        wait_queue_wake(&t->queue, UINT32_MAX, POLLIN | POLLRDNORM);
}

/* Bytes, 0: nothing yet, -ECANCELED. */
static int try_take(struct timerfd *t, uint64_t *ticks)
{
    int r = 0;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);

    if (t->cancelled) {
        t->cancelled = false;
        t->ticks = 0;
        r = -ECANCELED;
    } else if (t->ticks != 0) {
        *ticks = t->ticks;
        t->ticks = 0;
        r = sizeof *ticks;
    }
    spin_unlock_irqrestore(&t->lock, flags);
    return r;
}

static bool is_ready(struct timerfd *t)
{
    return __atomic_load_n(&t->ticks, __ATOMIC_RELAXED) != 0 || t->cancelled;
}

static long timerfd_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct timerfd *t = f->priv;
    uint64_t ticks;
    int r;

    if (iov_iter_count(it) < sizeof ticks)
        return -EINVAL;
    for (;;) {
        r = try_take(t, &ticks);
        if (r < 0)
            return r;
        if (r > 0)
            return iov_iter_put(it, &ticks, sizeof ticks);
        if (io->nonblock)
            return -EAGAIN;
        WAIT_EVENT(&t->queue, is_ready(t), true, NSEC_FOREVER, r);
        if (r != 0)
            return -ERESTARTSYS;
    }
}

static unsigned timerfd_poll(struct file *f, struct poll_table *pt)
{
    struct timerfd *t = f->priv;

    poll_wait(pt, f, &t->queue);
    return is_ready(t) ? POLLIN | POLLRDNORM : 0;
}

static void timerfd_release(struct file *f)
{
    struct timerfd *t = f->priv;

    clock_set_listener_remove(&t->listener);
    timer_cancel_sync(&t->timer);
    kfree(t);
}

static struct timespec to_timespec(nsec_t ns)
{
    return (struct timespec){.tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC};
}

static void current_setting(struct timerfd *t, struct itimerspec *out)
{
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    nsec_t left = t->expiry == 0 ? 0 : max(t->expiry - now_on_clock(t), (nsec_t)1);

    out->it_value = to_timespec(left);
    out->it_interval = to_timespec(t->interval);
    spin_unlock_irqrestore(&t->lock, flags);
}

static void timerfd_fdinfo(struct file *f, char *buf, size_t n)
{
    struct timerfd *t = f->priv;
    struct itimerspec s;

    current_setting(t, &s);
    format_string(buf, n, "clockid: %d\nticks: %llu\nsettime flags: 0%o\nit_value: (%lld, %ld)\nit_interval: (%lld, %ld)\n",
                  t->clock, (unsigned long long)t->ticks, (unsigned)t->settime_flags, (long long)s.it_value.tv_sec,
                  (long)s.it_value.tv_nsec, (long long)s.it_interval.tv_sec, (long)s.it_interval.tv_nsec);
}

static const struct file_ops timerfd_ops = {.kind = "timerfd",
                                            .read = timerfd_read,
                                            .poll = timerfd_poll,
                                            .fdinfo = timerfd_fdinfo,
                                            .release = timerfd_release};

int timerfd_create_file(int clockid, unsigned flags, struct file **out)
{
    if (clockid != CLOCK_REALTIME && clockid != CLOCK_MONOTONIC && clockid != CLOCK_BOOTTIME &&
        clockid != CLOCK_REALTIME_ALARM && clockid != CLOCK_BOOTTIME_ALARM)
        return -EINVAL;
    struct timerfd *t = kzalloc(sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    spin_init(&t->lock, RANK_READINESS);
    t->clock = clockid;
    timer_init(&t->timer, fired, t);
    wait_queue_init(&t->queue);
    t->listener.fn = wall_clock_set;
    *out = file_alloc(&timerfd_ops, O_RDWR | (flags & O_NONBLOCK), t);
    if (*out == NULL) {
        kfree(t);
        return -ENFILE;
    }
    clock_set_listener_add(&t->listener);
    return 0;
}

static bool valid(const struct timespec *ts)
{
    return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < NSEC_PER_SEC;
}

static nsec_t to_ns(const struct timespec *ts)
{
    if (ts->tv_sec > INT64_MAX / NSEC_PER_SEC / 2)
        return INT64_MAX / 2;
    return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

int timerfd_set(struct file *f, int flags, const struct itimerspec *new_value, struct itimerspec *old_value)
{
    if (f->ops != &timerfd_ops || (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) || !valid(&new_value->it_value) ||
        !valid(&new_value->it_interval))
        return -EINVAL;
    struct timerfd *t = f->priv;
    nsec_t value = to_ns(&new_value->it_value);
    bool absolute = flags & TFD_TIMER_ABSTIME;

    timer_cancel_sync(&t->timer);
    if (old_value != NULL)
        current_setting(t, old_value);
    irq_flags_t irq = spin_lock_irqsave(&t->lock);
    t->relative = !absolute;
    t->interval = to_ns(&new_value->it_interval);
    t->expiry = value == 0 ? 0 : absolute ? value : clock_monotonic_ns() + value;
    t->ticks = 0;
    t->settime_flags = flags;
    t->cancelled = false;
    t->cancel_on_set = absolute && (flags & TFD_TIMER_CANCEL_ON_SET) &&
                       (t->clock == CLOCK_REALTIME || t->clock == CLOCK_REALTIME_ALARM);
    arm_locked(t);
    spin_unlock_irqrestore(&t->lock, irq);
    return 0;
}

int timerfd_get(struct file *f, struct itimerspec *out)
{
    if (f->ops != &timerfd_ops)
        return -EINVAL;
    current_setting(f->priv, out);
    return 0;
}

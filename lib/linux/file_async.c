// SPDX-License-Identifier: BSD-3-Clause
// O_ASYNC: readiness told by signals.
//
// A watch has waiters on the file's wait queues, as an epoll item has. A wake-up runs under the queue's lock with interrupts off, where
// no signal with details can be queued: it notes what became ready and leaves the sending to the kernel's work thread.
#define _GNU_SOURCE 1
#include "file_async.h"

#include "base/atomic.h"
#include "file/file.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/mutex.h"
#include "sched/work.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define QUEUES_MAX 3 /* wait queues that one file announces on */

struct async_watch {
    struct file *file; /* I: borrowed: the file's end ends the watch */
    int fd;            /* I */
    uint32_t ready;    /* a: POLL* bits not told yet */
    struct work work;
    unsigned n_waiters;
    struct waiter waiters[QUEUES_MAX];
};

struct async_poll_table {
    struct poll_table table;
    struct async_watch *watch;
};

static struct mutex set_lock = MUTEX_INIT(set_lock);

static int tell(struct file *f, int signo, const siginfo_t *info)
{
    int pid = f->owner_pid, r = 0;

    if (pid < 0) {
        signal_send_group(-pid, signo);
    } else if (pid > 0 && f->owner_kind == F_OWNER_TID) {
        struct process_thread *t = process_thread_find(pid);
        if (t == NULL)
            return 0;
        r = signal_send_thread(t, signo, info);
        process_thread_put(t);
    } else if (pid > 0) {
        struct process *p = process_find(pid);
        if (p == NULL)
            return 0;
        r = signal_send_process(p, signo, info);
        process_put(p);
    }
    return r;
}

/* F_SETSIG asks for details; a full queue of real-time signals falls back to SIGIO. */
static void tell_of(struct async_watch *w, unsigned events, int code)
{
    int signo = w->file->owner_sig;
    siginfo_t info = {.si_signo = signo, .si_code = code};

    info.si_band = (long)events;
    info.si_fd = w->fd;
    if (signo == 0 || tell(w->file, signo, &info) == -EAGAIN)
        (void)tell(w->file, SIGIO, SIGNAL_INFO_KERNEL);
}

static void send_signals(struct work *work)
{
    struct async_watch *w = container_of(work, struct async_watch, work);
    unsigned ready = atomic_exchange(&w->ready, 0);

    if (ready & (POLLHUP | POLLERR))
        tell_of(w, POLLHUP | POLLERR, POLL_HUP);
    else if (ready & POLLPRI)
        tell_of(w, POLLPRI | POLLRDBAND, POLL_PRI);
    if (ready & (POLLIN | POLLRDNORM))
        tell_of(w, POLLIN | POLLRDNORM, POLL_IN);
    if (ready & (POLLOUT | POLLWRNORM))
        tell_of(w, POLLOUT | POLLWRNORM | POLLWRBAND, POLL_OUT);
}

static bool became_ready(struct waiter *waiter, uint64_t key)
{
    struct async_watch *w = waiter->arg;
    unsigned wanted = POLLERR | POLLHUP | POLLPRI | (file_readable(w->file) ? POLLIN | POLLRDNORM : 0u) |
                      (file_writable(w->file) ? POLLOUT | POLLWRNORM : 0u);
    unsigned ready = (key == 0 ? POLLIN | POLLOUT : (unsigned)key) & wanted;

    if (ready != 0) {
        atomic_fetch_or(&w->ready, ready);
        (void)work_queue(&w->work);
    }
    return false; /* whoever sleeps on the queue is still to be woken */
}

static void add_waiter(struct poll_table *pt, struct file *f, struct wait_queue *q)
{
    struct async_watch *w = container_of(pt, struct async_poll_table, table)->watch;

    if (w->n_waiters == QUEUES_MAX)
        return;
    struct waiter *waiter = &w->waiters[w->n_waiters++];
    waiter_init_fn(waiter, became_ready, w);
    wait_queue_add(q, waiter);
}

static void end(struct file *f)
{
    struct async_watch *w = f->async;

    f->async = NULL;
    for (unsigned k = 0; k < w->n_waiters; k++)
        wait_queue_remove(&w->waiters[k]);
    work_flush(&w->work);
    kfree(w);
}

static int begin(struct file *f, int fd)
{
    struct async_watch *w = kzalloc(sizeof *w);

    if (w == NULL)
        return -ENOMEM;
    w->file = f;
    w->fd = fd;
    work_prepare(); /* wake-ups run where it could not be started at once */
    work_init(&w->work, send_signals);
    file_set_async_hook(end);
    f->async = w;
    struct async_poll_table pt = {{.add = add_waiter, .events = POLLIN | POLLOUT}, w};
    (void)file_poll(f, &pt.table);
    return 0;
}

int file_async_set(struct file *f, int fd, bool on)
{
    int r = 0;

    mutex_lock(&set_lock);
    if (on && f->async == NULL && f->ops->poll != NULL)
        r = begin(f, fd);
    else if (!on && f->async != NULL)
        end(f);
    mutex_unlock(&set_lock);
    return r;
}

// SPDX-License-Identifier: BSD-3-Clause
// signalfd: pending signals read as records from a file.
#include "process/signalfd.h"
#include "base/string.h"
#include "file/file.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include "process/signal.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>

struct signalfd {
    uint64_t mask; /* a */
};

static void fill_record(struct signalfd_siginfo *out, const struct signal_info *info)
{
    memset(out, 0, sizeof(*out));
    out->ssi_signo = (uint32_t)info->signo;
    out->ssi_errno = info->error;
    out->ssi_code = info->code;
    switch (info->code) {
    case SI_TIMER:
        out->ssi_tid = (uint32_t)info->timer.id;
        out->ssi_overrun = (uint32_t)info->timer.overrun;
        out->ssi_ptr = info->timer.value;
        out->ssi_int = (int32_t)info->timer.value;
        return;
    default:
        break;
    }
    if (info->code > 0 && info->code != SI_KERNEL && (info->signo == SIGSEGV || info->signo == SIGBUS || info->signo == SIGFPE || info->signo == SIGILL)) {
        out->ssi_addr = info->fault.addr;
        return;
    }
    out->ssi_pid = (uint32_t)info->user.pid;
    out->ssi_uid = info->user.uid;
    if (info->signo == SIGCHLD && info->code > 0) {
        out->ssi_status = info->user.child.status;
        out->ssi_utime = (uint64_t)info->user.child.utime;
        out->ssi_stime = (uint64_t)info->user.child.stime;
    } else {
        out->ssi_ptr = info->user.value;
        out->ssi_int = (int32_t)info->user.value;
    }
}

/* Wait for a signal of the mask and take it. */
static int take(struct signalfd *s, bool nonblock, struct signal_info *info)
{
    struct process *p = process_current();
    int signo = 0, r;

    signo = signal_dequeue(s->mask, info);
    if (signo != 0 || nonblock)
        return signo != 0 ? signo : -EAGAIN;
    WAIT_EVENT(&p->signals.arrived, (signo = signal_dequeue(s->mask, info)) != 0, true, NSEC_FOREVER, r);
    if (signo != 0)
        return signo;
    return r != 0 ? -512 /* ERESTARTSYS */ : -EAGAIN;
}

static long read_signals(struct file *f, struct iov_iter *it, struct io *io)
{
    struct signalfd *s = f->priv;
    struct signalfd_siginfo record;
    struct signal_info info;
    long done = 0;

    if (iov_iter_count(it) < sizeof(record))
        return -EINVAL;
    while (iov_iter_count(it) >= sizeof(record)) {
        int signo = take(s, io->nonblock || done > 0, &info);
        if (signo < 0)
            return done > 0 ? done : signo;
        fill_record(&record, &info);
        long n = iov_iter_put(it, &record, sizeof(record));
        if (n != (long)sizeof(record))
            return done > 0 ? done : -EFAULT;
        done += n;
    }
    return done;
}

static unsigned poll_signals(struct file *f, struct poll_table *pt)
{
    struct signalfd *s = f->priv;
    struct process_thread *t = process_thread_current();

    poll_wait(pt, f, &t->process->signals.arrived);
    return (t->signals.pending.set | t->process->signals.pending.set) & s->mask ? POLLIN | POLLRDNORM : 0;
}

static void release(struct file *f)
{
    kfree(f->priv);
}

static const struct file_ops signalfd_ops = {
    .kind = "signalfd",
    .read = read_signals,
    .poll = poll_signals,
    .release = release,
};

int signalfd_create(uint64_t mask, unsigned flags, struct file **out)
{
    struct signalfd *s = kmalloc(sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    s->mask = mask;
    *out = file_alloc(&signalfd_ops, O_RDWR | flags, s);
    if (*out == NULL) {
        kfree(s);
        return -ENFILE;
    }
    return 0;
}

int signalfd_set_mask(struct file *f, uint64_t mask)
{
    if (f->ops != &signalfd_ops)
        return -EINVAL;
    struct signalfd *s = f->priv;
    atomic_store_seq(&s->mask, mask);
    wait_queue_wake_all(&process_current()->signals.arrived);
    return 0;
}

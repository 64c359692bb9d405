// SPDX-License-Identifier: BSD-3-Clause
// pidfd: a file that stands for a process.
#include "process/pidfd.h"
#include "base/format.h"
#include "file/file.h"
#include "file/poll.h"
#include "process/process.h"
#include <errno.h>
#include <fcntl.h>

static unsigned poll_exit(struct file *f, struct poll_table *pt)
{
    struct process *p = f->priv;

    poll_wait(pt, f, &p->exit_wait);
    return READ_ONCE(p->n_threads) == 0 ? POLLIN | POLLRDNORM : 0;
}

static void describe(struct file *f, char *buf, size_t n)
{
    struct process *p = f->priv;

    format_string(buf, n, "Pid:\t%d\nNSpid:\t%d\n", p->pid, p->pid);
}

static void release(struct file *f)
{
    process_put(f->priv);
}

static const struct file_ops pidfd_ops = {
    .kind = "pidfd",
    .poll = poll_exit,
    .fdinfo = describe,
    .release = release,
};

int pidfd_create(struct process *p, unsigned flags, struct file **out)
{
    *out = file_alloc(&pidfd_ops, O_RDWR | flags, p);
    return *out != NULL ? 0 : -ENFILE;
}

struct process *pidfd_process(struct file *f)
{
    return f->ops == &pidfd_ops ? f->priv : NULL;
}

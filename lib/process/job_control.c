// SPDX-License-Identifier: BSD-3-Clause
// Terminals and process groups: ^C reaches the foreground group, background groups are held back.
#include "abi/restart.h"
#include "device/tty.h"
#include "private.h"
#include "process/process.h"
#include "process/signal.h"
#include <errno.h>

#define FIRST_GROUP 1

#pragma weak tty_set_signal_hook
#pragma weak tty_set_job_ops
#pragma weak tty_foreground_group

static void signal_foreground(struct tty *t, int signo)
{
    int group = tty_foreground_group(t);

    signal_send_group(group != 0 ? group : FIRST_GROUP, signo);
}

static int session(void)
{
    struct process *p = process_current();
    return p != NULL ? p->sid : 0;
}

static int group(void)
{
    struct process *p = process_current();
    return p != NULL ? p->pgid : 0;
}

/* A background process reads from, or writes to, its terminal. */
static int background(struct tty *t, int signo)
{
    struct process_thread *self = process_thread_current();
    const struct signal_action *a = &self->process->signals.actions[signo - 1];

    if ((self->signals.blocked & KERNEL_SIGBIT(signo)) || a->handler == (uintptr_t)SIG_IGN)
        return signo == SIGTTIN ? -EIO : 0;
    if (self->process->ppid == 0) /* an orphaned group: nobody could continue it */
        return -EIO;
    signal_send_group(self->process->pgid, signo);
    return -ERESTARTSYS;
}

struct membership {
    int pgid, sid;
};

static int is_member(struct process *p, void *arg)
{
    const struct membership *m = arg;
    return p->pgid == m->pgid && p->sid == m->sid;
}

static bool group_in_session(int pgrp, int sid)
{
    struct membership m = {pgrp, sid};
    return process_iterate(is_member, &m) != 0;
}

void job_control_register(void)
{
    static const struct tty_job_ops ops = {session, group, background, group_in_session};

    if (tty_set_signal_hook != NULL)
        tty_set_signal_hook(signal_foreground);
    if (tty_set_job_ops != NULL)
        tty_set_job_ops(&ops);
}

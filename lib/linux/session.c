// SPDX-License-Identifier: BSD-3-Clause
// Process groups and sessions.
#include "linux/syscalls.h"
#include "process/process.h"
#include <errno.h>

/* The process that @pid names, 0 meaning the caller, with a reference. */
static struct process *find(pid_t pid)
{
    if (pid == 0)
        return process_get(process_current());
    struct process *p = process_find(pid);
    if (p != NULL)
        return p;
    struct process_thread *t = process_thread_find(pid); /* any thread's id will do */
    if (t == NULL)
        return NULL;
    p = process_get(t->process);
    process_thread_put(t);
    return p;
}

long sys_getpgid(pid_t pid)
{
    struct process *p = find(pid);
    if (p == NULL)
        return -ESRCH;
    long pgid = p->pgid;
    process_put(p);
    return pgid;
}

long sys_getpgrp(void)
{
    return process_current()->pgid;
}

long sys_getsid(pid_t pid)
{
    struct process *p = find(pid);
    if (p == NULL)
        return -ESRCH;
    long sid = p->sid;
    process_put(p);
    return sid;
}

struct group_query {
    int pgid, sid;
};

static int in_session(struct process *p, void *arg)
{
    const struct group_query *q = arg;
    return p->pgid == q->pgid && p->sid == q->sid;
}

static int in_group(struct process *p, void *arg)
{
    return p->pgid == *(int *)arg;
}

static long set_group(struct process *p, int pgid)
{
    struct process *self = process_current();
    struct group_query q = {pgid, self->sid};

    if (p != self) {
        if (p->ppid != self->pid)
            return -ESRCH;
        if (p->sid != self->sid)
            return -EPERM;
        if (p->did_exec)
            return -EACCES;
    }
    if (p->sid == p->pid)
        return -EPERM; /* a session leader */
    if (pgid != p->pid && !process_iterate(in_session, &q))
        return -EPERM;
    p->pgid = pgid;
    return 0;
}

long sys_setpgid(pid_t pid, pid_t pgid)
{
    if (pgid < 0 || (pgid == 0 && pid < 0))
        return -EINVAL;
    struct process *p = pid == 0 ? process_get(process_current()) : process_find(pid);
    if (p == NULL)
        return -ESRCH;
    long r = set_group(p, pgid == 0 ? p->pid : pgid);
    process_put(p);
    return r;
}

long sys_setsid(void)
{
    struct process *p = process_current();
    int pid = p->pid;

    if (p->pgid == pid || process_iterate(in_group, &pid))
        return -EPERM;
    p->sid = p->pgid = pid;
    return pid;
}

// SPDX-License-Identifier: BSD-3-Clause
// ioprio_get and ioprio_set: kept and reported; requests are served in order of arrival.
#include "abi/sched.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

enum { CLASS_NONE, CLASS_REALTIME, CLASS_BEST_EFFORT, CLASS_IDLE };

#define CLASS_SHIFT 13
#define LEVELS 8

static int check(int prio)
{
    unsigned class = (unsigned)prio >> CLASS_SHIFT & 7, level = (unsigned)prio & 0x1fff;

    switch (class) {
    case CLASS_REALTIME:
        if (!process_capable(CAP_SYS_ADMIN) && !process_capable(CAP_SYS_NICE))
            return -EPERM;
        return level < LEVELS ? 0 : -EINVAL;
    case CLASS_BEST_EFFORT:
        return level < LEVELS ? 0 : -EINVAL;
    case CLASS_IDLE:
        return 0;
    case CLASS_NONE:
        return level == 0 ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

/* The thread that @which and @who name: there is one process, so a group or user means the caller's thread. -EINVAL, -ESRCH. */
static int find(int which, int who, struct process_thread **out)
{
    struct process_thread *self = process_thread_current();
    bool own = who == 0;

    switch (which) {
    case IOPRIO_WHO_PROCESS:
        *out = own ? process_thread_get(self) : process_thread_find(who);
        return *out != NULL ? 0 : -ESRCH;
    case IOPRIO_WHO_PGRP:
        own = own || who == self->process->pgid;
        break;
    case IOPRIO_WHO_USER:
        own = own || (uint32_t)who == process_cred()->uid;
        break;
    default:
        return -EINVAL;
    }
    if (!own)
        return -ESRCH;
    *out = process_thread_get(self);
    return 0;
}

long sys_ioprio_set(int which, int who, int prio)
{
    struct process_thread *t;
    int err = check(prio);

    if (err == 0)
        err = find(which, who, &t);
    if (err != 0)
        return err;
    t->io_priority = (uint16_t)prio;
    process_thread_put(t);
    return 0;
}

long sys_ioprio_get(int which, int who)
{
    struct process_thread *t;
    int err = find(which, who, &t);

    if (err != 0)
        return err;
    long prio = t->io_priority;
    process_thread_put(t);
    return prio;
}

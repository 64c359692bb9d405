// SPDX-License-Identifier: BSD-3-Clause
// getpriority, setpriority.
#include "abi/capability.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/sched.h"
#include "sched/thread.h"
#include "sched_target.h"
#include <errno.h>
#include <sys/resource.h>

/** struct selection - the threads a (which, who) pair names, and what is done with each. */
struct selection {
    int which, who;
    int nice;     /* setpriority: the new value */
    long result;  /* getpriority: largest 20 - nice so far; setpriority: first error, else 0; -ESRCH: nobody yet */
    void (*visit)(struct selection *s, struct sched_target *t);
};

static void get_one(struct selection *s, struct sched_target *t)
{
    struct sched_params p;

    sched_get_params(t->thread, &p);
    if (20 - p.nice > s->result)
        s->result = 20 - p.nice;
}

static void set_one(struct selection *s, struct sched_target *t)
{
    struct sched_params p;

    sched_get_params(t->thread, &p);
    if (!sched_target_owned(t)) {
        s->result = -EPERM;
    } else if (s->nice < p.nice && !sched_can_nice(t, s->nice)) {
        s->result = -EACCES;
    } else {
        p.nice = s->nice;
        if (s->result == -ESRCH)
            s->result = 0;
        (void)sched_set_params(t->thread, &p); /* the parameters were valid before */
    }
}

static bool selected(const struct selection *s, const struct process_thread *t)
{
    if (s->which == PRIO_PGRP)
        return t->process->pgid == s->who;
    struct credentials *c = cred_of((struct process_thread *)t);
    bool match = c->uid == (uint32_t)s->who;
    cred_put(c);
    return match;
}

static int visit_if_selected(struct thread *thread, void *arg)
{
    struct selection *s = arg;
    struct sched_target t;

    if (thread->process == NULL || sched_target_find((pid_t)thread->tid, &t) != 0)
        return 0;
    if (selected(s, t.process))
        s->visit(s, &t);
    sched_target_put(&t);
    return 0;
}

static long visit_selection(struct selection *s)
{
    struct sched_target t;

    s->result = -ESRCH;
    if (s->which == PRIO_PROCESS) {
        if (sched_target_find(s->who, &t) == 0) {
            s->visit(s, &t);
            sched_target_put(&t);
        }
        return s->result;
    }
    if (s->who == 0)
        s->who = s->which == PRIO_PGRP ? process_current()->pgid : (int)process_cred()->uid;
    thread_iterate(visit_if_selected, s);
    return s->result;
}

long sys_getpriority(int which, int who)
{
    struct selection s = {.which = which, .who = who, .visit = get_one};

    return which < PRIO_PROCESS || which > PRIO_USER ? -EINVAL : visit_selection(&s);
}

long sys_setpriority(int which, int who, int prio)
{
    struct selection s = {.which = which, .who = who, .visit = set_one};

    s.nice = prio < -20 ? -20 : prio > 19 ? 19 : prio;
    return which < PRIO_PROCESS || which > PRIO_USER ? -EINVAL : visit_selection(&s);
}

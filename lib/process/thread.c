// SPDX-License-Identifier: BSD-3-Clause
// New threads of a process.
#include "arch/fpu.h"
#include "arch/frame.h"
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "mem/kalloc.h"
#include "private.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/sched.h"
#include "vfs/path.h"
#include <abi/capability.h>
#include <abi/restart.h>
#include <errno.h>

__weak struct fs_context *fs_context_clone(struct fs_context *c);
__weak struct fs_context *fs_context_get(struct fs_context *c);
__weak void fs_context_put(struct fs_context *c);

/* What a new thread needs before its first instruction of application code; on its creator's stack is no good, so it travels by itself. */
struct thread_start {
    struct arch_frame frame;
    int *child_tid;
};

static void start_user(void *arg)
{
    struct thread_start start = *(struct thread_start *)arg;

    kfree(arg);
    if (start.child_tid != NULL)
        (void)!put_user_u32(start.child_tid, thread_current()->tid); /* a fault here is ignored, as on Linux */
    arch_enter_user(&start.frame);
}

static void inherit_signals(struct process_thread *t, const struct process_thread *parent)
{
    t->signals.blocked = parent->signals.blocked;
    /* CLONE_VM without CLONE_VFORK: no alternate stack (two threads on one stack would destroy each other) */
}

/* Descriptors and names: shared, or an own copy. */
static int inherit_files(struct process_thread *t, struct process_thread *parent, const struct thread_request *r)
{
    t->files = r->share_files ? fd_table_get(parent->files) : fd_table_clone(parent->files);
    if (t->files == NULL)
        return -ENOMEM;
    if (fs_context_clone == NULL || process_fs() == NULL)
        return 0;
    if (r->share_fs)
        t->fs = parent->fs != NULL ? fs_context_get(parent->fs) : NULL;
    else if ((t->fs = fs_context_clone(process_fs())) == NULL)
        return -ENOMEM;
    return 0;
}

static void discard(struct process_thread *t)
{
    if (t->files != NULL)
        fd_table_put(t->files);
    if (t->fs != NULL)
        fs_context_put(t->fs);
    if (t->cred != NULL)
        cred_put(t->cred);
    process_thread_put(t);
}

static int make_half(const struct thread_request *r, struct process_thread **out)
{
    struct process_thread *parent = process_thread_current();
    struct process_thread *t = process_thread_alloc(parent->process);
    if (t == NULL)
        return -ENOMEM;
    t->cred = cred_get(parent->cred);
    t->no_new_privs = parent->no_new_privs;
    t->timer_slack_ns = t->default_timer_slack_ns = parent->timer_slack_ns;
    t->clear_child_tid = r->clear_child_tid;
    inherit_signals(t, parent);
    int err = inherit_files(t, parent, r);
    if (err != 0) {
        discard(t);
        return err;
    }
    *out = t;
    return 0;
}

/* Registers, vector state, FS base and scheduling as the creator has them. */
static int prepare_context(struct thread *child, const struct thread_request *r)
{
    struct thread *self = thread_current();

    child->arch.fs_base = r->fs_base;
    arch_thread_set_work(&child->arch, self->arch.work & THREAD_WORK_TRACE);
    sched_inherit(child, self);
    if (self->arch.flags & THREAD_FPU_LIVE)
        return arch_fpu_copy(&child->arch);
    return 0;
}

/* Put it on the process's list, unless the process is ending. */
static int join_process(struct process_thread *t)
{
    struct process *p = t->process;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    bool ending = p->signals.group_exit || p->execing;

    if (!ending) {
        list_push_back(&p->threads, &t->link);
        p->n_threads++;
        signal_recalc_locked(t);
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return ending ? -ERESTARTNOINTR : 0;
}

static bool too_many_threads(struct process *p)
{
    return p->n_threads >= process_limit(RLIMIT_NPROC).rlim_cur && process_cred()->uid != 0 &&
           !process_capable(CAP_SYS_RESOURCE) && !process_capable(CAP_SYS_ADMIN);
}

long process_thread_create(const struct thread_request *r)
{
    struct process_thread *t;
    struct thread *child;

    if (too_many_threads(process_current()))
        return -EAGAIN;
    struct thread_start *start = kmalloc(sizeof(*start));
    if (start == NULL)
        return -ENOMEM;
    start->frame = *r->frame;
    start->child_tid = r->child_tid;

    int err = make_half(r, &t);
    if (err != 0)
        goto free_start;
    struct thread_attr attr = {.entry = start_user, .entry_arg = start, .process = t, .space = t->process->space};
    err = thread_create(&attr, &child);
    if (err != 0)
        goto drop_half;
    t->thread = child;
    t->tid = (int)child->tid;
    err = prepare_context(child, r);
    if (err != 0)
        goto drop_thread;
    long tid = child->tid;
    if (r->parent_tid != NULL && put_user_u32(r->parent_tid, (uint32_t)tid) != 0) {
        err = -EFAULT;
        goto drop_thread;
    }
    err = join_process(t);
    if (err != 0)
        goto drop_thread;
    thread_start(child);
    thread_put(child);
    return tid;

drop_thread:
    process_thread_detach(child);
    thread_put(child);
drop_half:
    discard(t);
free_start:
    kfree(start);
    return err;
}

// SPDX-License-Identifier: BSD-3-Clause
// execve: what of a process ends with the program it ran.
#include "process/exec.h"
#include "arch/thread.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "process/signal.h"
#include "vm/space.h"
#include <abi/securebits.h>
#include <errno.h>

/* One thread at a time; none once the process ends. */
static int claim(struct process *p)
{
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    int err = p->execing || p->signals.group_exit ? -EAGAIN : 0;

    if (err == 0)
        p->execing = true;
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return err;
}

/* The leader is gone; whoever replaces the program has the process's number (execve(2)). */
static void become_leader(struct process *p, struct process_thread *self)
{
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    p->leader = p->signals.next_target = self;
    spin_unlock_irqrestore(&p->signals.lock, flags);
    if (self->tid == p->pid)
        return;
    thread_take_tid(self->thread, (uint32_t)p->pid);
    self->tid = p->pid;
}

static void forget_user_addresses(struct process_thread *t)
{
    t->clear_child_tid = NULL;
    t->robust_list = NULL;
    t->rseq = NULL;
    t->rseq_resume = NULL;
    t->thread->notify_preempt = false;
    t->restart.fn = NULL;
    t->signals.altstack_sp = t->signals.altstack_bytes = 0;
    t->signals.altstack_flags = SS_DISABLE;
    arch_thread_set_fs_base(&t->thread->arch, 0);
}

/* Capabilities: keeping them across a change of user ids was for the old program only. */
static void end_keep_capabilities(struct process_thread *t)
{
    if (!(t->cred->securebits & SECBIT_KEEP_CAPS))
        return;
    struct credentials *c = cred_clone(t->cred, t->cred->fs.n_groups);
    if (c == NULL)
        return;
    c->securebits &= ~(uint32_t)SECBIT_KEEP_CAPS;
    cred_commit(c);
}

/* If it had a table of its own, that one is the program's now. */
static void settle_files(struct process_thread *t)
{
    t->process->files = t->files;
    fd_close_on_exec(t->files);
}

int process_exec_begin(struct process *p)
{
    struct process_thread *self = process_thread_current();
    int err = claim(p);

    if (err != 0)
        return err;
    (void)process_kill_others(NSEC_FOREVER);
    become_leader(p, self);
    if (p->release_posix_timers != NULL)
        p->release_posix_timers(p);
    settle_files(self);
    signal_actions_reset(p);
    forget_user_addresses(self);
    end_keep_capabilities(self);
    vm_clear(p->space);
    p->dumpable = 1;
    p->did_exec = true;
    p->execing = false;
    return 0;
}

void process_exec_record(struct process *p, const char *exe_path, const char *comm)
{
    char *path = kstrdup(exe_path), *old;

    mutex_lock(&p->lock);
    old = p->exe_path;
    p->exe_path = path;
    strlcpy(p->comm, comm, sizeof(p->comm));
    mutex_unlock(&p->lock);
    kfree(old);
    thread_set_name(thread_current(), comm);
}

void process_exec_record_auxv(struct process *p, vaddr_t start, size_t bytes)
{
    p->auxv_start = start;
    p->auxv_bytes = bytes;
}

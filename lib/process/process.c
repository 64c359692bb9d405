// SPDX-License-Identifier: BSD-3-Clause
// The table of processes, the first process, and what lower rooms ask about the running thread.

/*
 * A process owns what its threads share: address space, descriptors, signal actions, limits. struct thread (room sched) is the
 * schedulable half of a thread, struct process_thread the Linux half; thread->process points from one to the other.
 *
 * Life of a process_thread: made by process_thread_create() with one reference of its own; process_thread_find() gives further ones; the exit path
 * takes it off the process's list and clears both pointers between the halves, so a holder of a late reference finds ->thread == NULL.
 *
 * Locks, outer to inner: process.lock (mutex) -> table_lock -> process.signals.lock ("G": thread list, queues, masks, exit state) -> attach_lock.
 * Rejected: reading thread->process of another thread under RCU, because the memory of 10,000 short threads would wait for grace periods.
 */
#include "process/process.h"
#include "arch/trap.h"
#include "base/log.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "mem/kalloc.h"
#include "private.h"
#include "process/signal.h"
#include "sched/time.h"
#include "vfs/path.h"
#include "vm/space.h"
#include <errno.h>

#define TRACE_HOOKS_MAX 3

static struct spinlock table_lock = SPINLOCK_INIT(RANK_PROCESS);
static struct list_node table = LIST_INIT(table);
static struct spinlock attach_lock = SPINLOCK_INIT(RANK_SIGNAL + 1);
static bool randomize = true;
static void (*trace_hooks[TRACE_HOOKS_MAX])(struct arch_frame *f);
static unsigned n_trace_hooks;

/* A program that opens no file carries no names: the context exists only if something else linked it. */
__weak struct fs_context *fs_context_create(void);
__weak struct fs_context *fs_context_get(struct fs_context *c);
__weak void fs_context_put(struct fs_context *c);
__weak void vfs_set_current_ops(const struct vfs_current_ops *ops);

void process_set_randomize(bool on)
{
    randomize = on;
}

void process_add_trace_hook(void (*fn)(struct arch_frame *f))
{
    if (n_trace_hooks < TRACE_HOOKS_MAX)
        trace_hooks[n_trace_hooks++] = fn;
}

irq_flags_t process_table_lock(void)
{
    return spin_lock_irqsave(&table_lock);
}

void process_table_unlock(irq_flags_t flags)
{
    spin_unlock_irqrestore(&table_lock, flags);
}

struct list_node *process_table_locked(void)
{
    return &table;
}

struct process *process_get(struct process *p)
{
    refcount_get(&p->refs);
    return p;
}

void process_put(struct process *p)
{
    if (!refcount_put(&p->refs))
        return;
    if (p->space != NULL)
        address_space_put(p->space);
    kfree(p->exe_path);
    kfree(p->cmdline);
    kfree(p);
}

struct process *process_find(int pid)
{
    struct process *p, *found = NULL;
    irq_flags_t flags = process_table_lock();

    LIST_FOR_EACH(p, &table, table_link) {
        if (p->pid == pid) {
            found = process_get(p);
            break;
        }
    }
    process_table_unlock(flags);
    return found;
}

/* The process after @prev in the table, with a reference; drops @prev's. A process that left the table ends the walk early. */
static struct process *next_process(struct process *prev)
{
    struct process *next = NULL;
    irq_flags_t flags = process_table_lock();
    struct list_node *from = prev == NULL ? &table : &prev->table_link;

    if (prev == NULL || !list_empty(&prev->table_link)) {
        if (from->next != &table)
            next = process_get(container_of(from->next, struct process, table_link));
    }
    process_table_unlock(flags);
    if (prev != NULL)
        process_put(prev);
    return next;
}

int process_iterate(int (*fn)(struct process *, void *), void *arg)
{
    for (struct process *p = next_process(NULL); p != NULL; p = next_process(p)) {
        int r = fn(p, arg);
        if (r != 0) {
            process_put(p);
            return r;
        }
    }
    return 0;
}

struct process_thread *process_thread_get(struct process_thread *t)
{
    refcount_get(&t->refs);
    return t;
}

void process_thread_put(struct process_thread *t)
{
    if (!refcount_put(&t->refs))
        return;
    process_put(t->process);
    kfree(t);
}

struct process_thread *process_thread_find(int tid)
{
    struct thread *t = tid > 0 ? thread_lookup((uint32_t)tid) : NULL;
    if (t == NULL)
        return NULL;

    irq_flags_t flags = spin_lock_irqsave(&attach_lock);
    struct process_thread *found = t->process;
    if (found != NULL)
        process_thread_get(found);
    spin_unlock_irqrestore(&attach_lock, flags);
    thread_put(t);
    return found;
}

void process_thread_detach(struct thread *t)
{
    irq_flags_t flags = spin_lock_irqsave(&attach_lock);
    t->process = NULL;
    spin_unlock_irqrestore(&attach_lock, flags);
}

struct process_thread *process_thread_alloc(struct process *p)
{
    struct process_thread *t = kzalloc(sizeof(*t));
    if (t == NULL)
        return NULL;
    t->process = process_get(p);
    refcount_init(&t->refs, 1);
    list_init(&t->link);
    list_init(&t->pi_waiters);
    signal_queue_init(&t->signals.pending);
    t->signals.altstack_flags = SS_DISABLE;
    t->timer_slack_ns = t->default_timer_slack_ns = 50000;
    return t;
}

static struct address_space *current_space(void)
{
    struct process *p = process_current();
    return p != NULL ? p->space : NULL;
}

static struct fd_table *current_files(void)
{
    struct process_thread *t = process_thread_current();
    return t != NULL ? t->files : NULL;
}

struct fs_context *process_fs(void)
{
    struct process_thread *t = process_thread_current();
    if (t == NULL || fs_context_create == NULL)
        return NULL;
    if (t->fs != NULL)
        return t->fs;

    struct process *p = t->process;
    if (atomic_load_acquire(&p->fs) == NULL) { /* pairs with the release below */
        mutex_lock(&p->lock);
        if (p->fs == NULL)
            atomic_store_release(&p->fs, fs_context_create());
        mutex_unlock(&p->lock);
    }
    return p->fs;
}

static const struct vfs_cred *current_vfs_cred(void)
{
    return &process_cred()->fs;
}

static uint64_t current_file_size_limit(void)
{
    return process_limit(RLIMIT_FSIZE).rlim_cur;
}

static void switch_space(struct thread *next)
{
    address_space_switch(next->space);
}

/* The way out of the kernel with work pending. */
static void user_return(struct arch_frame *f)
{
    struct process_thread *t = process_thread_current();
    uint32_t work = thread_current()->arch.work;

    if (t == NULL) {
        arch_thread_clear_work(arch_current(), work);
        return;
    }
    if (unlikely(work & THREAD_WORK_TRACE))
        for (unsigned i = 0; i < n_trace_hooks; i++)
            trace_hooks[i](f);
    if (work & THREAD_WORK_NOTIFY) {
        arch_thread_clear_work(arch_current(), THREAD_WORK_NOTIFY);
        if (t->rseq_resume != NULL)
            t->rseq_resume(f);
    }
    if (work & THREAD_WORK_RESCHED) {
        arch_thread_clear_work(arch_current(), THREAD_WORK_RESCHED);
        sched_preempt_point();
    }
    if (work & THREAD_WORK_SIGNAL)
        signal_deliver(f);
}

static void register_hooks(void)
{
    static const struct vfs_current_ops vfs_ops = {process_fs, current_vfs_cred, current_file_size_limit};

    vm_set_current_hook(current_space);
    fd_table_set_current_hook(current_files);
    if (vfs_set_current_ops != NULL)
        vfs_set_current_ops(&vfs_ops);
    sched_set_space_hook(switch_space);
    fault_register_handlers();
    job_control_register();
    trap_set_user_return(user_return);
}

static void init_signals(struct process_signals *s)
{
    spin_init(&s->lock, RANK_SIGNAL);
    signal_queue_init(&s->pending);
    wait_queue_init(&s->arrived);
    wait_queue_init(&s->resumed);
}

static void init_first(struct process *p, struct thread *main_thread)
{
    refcount_init(&p->refs, 1);
    mutex_init(&p->lock);
    list_init(&p->threads);
    list_init(&p->table_link);
    wait_queue_init(&p->exit_wait);
    init_signals(&p->signals);
    process_limits_init(p);
    p->pid = p->pgid = p->sid = (int)main_thread->tid;
    p->dumpable = 1;
    p->start_ns = 0; /* with the machine; asking the clock would make every program wait for its calibration */
    thread_get_name(main_thread, p->comm);
}

static int create_parts(struct process *p)
{
    struct vm_limits limits;

    process_vm_limits(p, &limits);
    limits.randomize = randomize;
    int err = address_space_create(&limits, &p->space);
    if (err != 0)
        return err;
    p->files = fd_table_create();
    if (p->files == NULL)
        return -ENOMEM;
    fd_table_set_limit(p->files, p->limits[RLIMIT_NOFILE].rlim_cur);
    return 0;
}

int process_create_first(struct process **out)
{
    struct thread *self = thread_current();
    struct process *p = kzalloc(sizeof(*p));
    if (p == NULL)
        return -ENOMEM;
    init_first(p, self);

    struct process_thread *t = process_thread_alloc(p);
    int err = t != NULL ? create_parts(p) : -ENOMEM;
    if (err != 0)
        goto free_process;

    t->thread = self;
    t->tid = (int)self->tid;
    t->cred = cred_get(&cred_root);
    t->files = p->files; /* the process's own reference moves to its first thread */
    list_push_back(&p->threads, &t->link);
    p->n_threads = 1;
    p->leader = p->signals.next_target = t;

    irq_flags_t flags = process_table_lock();
    list_push_back(&table, &p->table_link);
    process_table_unlock(flags);

    self->space = p->space;
    self->process = t;
    register_hooks();
    address_space_switch(p->space);
    *out = p;
    return 0;

free_process:
    if (t != NULL)
        process_thread_put(t);
    process_put(p);
    return err;
}

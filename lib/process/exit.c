// SPDX-License-Identifier: BSD-3-Clause
// The end of threads and of processes.

/*
 * process_exit_group() marks the process, kills the other threads, waits for them a moment and finishes. Every other thread leaves through
 * process_thread_exit(), which it reaches from signal_deliver() on its way out of the kernel. The thread that empties the list finishes the
 * process; the last process ends the machine. The bounded wait keeps one thread that sleeps uninterruptibly from keeping the machine alive.
 */
#include "arch/power.h"
#include "arch/uaccess.h"
#include "base/log.h"
#include "file/fd_table.h"
#include "private.h"
#include "process/futex.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/time.h"
#include "vfs/path.h"
#include <errno.h>

#define LAST_THREADS_NS (2 * NSEC_PER_SEC)

/* Linked only if something else waits for futexes or keeps robust lists. */
__weak int futex_wake_user(uint32_t *uaddr, int n);
__weak void futex_exit_robust_list(void *head, uint32_t tid);
__weak void fs_context_put(struct fs_context *c);

static void (*shutdown)(int wait_status) __noreturn;

void process_set_shutdown(void (*fn)(int wait_status) __noreturn)
{
    shutdown = fn;
}

static void stop_machine(int status)
{
    if (shutdown != NULL)
        shutdown(status);
    arch_exit_status(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}

/* What user memory is promised when a thread ends: robust mutexes marked, PI mutexes handed on, the tid word cleared. */
static void release_user_state(struct process_thread *t)
{
    if (t->robust_list != NULL && futex_exit_robust_list != NULL) {
        futex_exit_robust_list(t->robust_list, (uint32_t)t->tid);
        t->robust_list = NULL;
    }
    atomic_store_seq(&t->leaving, true); /* pairs with futex_pi_enqueue_locked(): it sees this, or we see pi_exit */
    void (*pi_exit)(struct process_thread *) = atomic_load_seq(&t->pi_exit);
    if (pi_exit != NULL)
        pi_exit(t);
    t->rseq = NULL;
    t->rseq_resume = NULL;

    int *word = t->clear_child_tid;
    t->clear_child_tid = NULL;
    if (word != NULL && t->process->n_threads > 1 && put_user_u32(word, 0) == 0 && futex_wake_user != NULL)
        futex_wake_user((uint32_t *)word, 1);
}

static void add_times(struct thread_times *sum, const struct thread_times *t)
{
    sum->run_ns += t->run_ns;
    sum->system_ns += t->system_ns;
    sum->voluntary_switches += t->voluntary_switches;
    sum->involuntary_switches += t->involuntary_switches;
    sum->minor_faults += t->minor_faults;
    sum->major_faults += t->major_faults;
}

void process_times(struct process *p, struct thread_times *out)
{
    struct process_thread *t;
    struct thread_times one;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    *out = p->dead_times;
    LIST_FOR_EACH(t, &p->threads, link) {
        thread_get_times(t->thread, &one);
        add_times(out, &one);
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
}

/* Signals that this thread would have taken may now be another's. */
static void hand_over_signals_locked(struct process *p)
{
    struct process_thread *t;

    if (p->signals.pending.set == 0)
        return;
    LIST_FOR_EACH(t, &p->threads, link)
        signal_recalc_locked(t);
}

/* Leave the list. Return: true if this was the last thread; *@status becomes the process's. */
static bool leave_process(struct process_thread *t, int *status)
{
    struct process *p = t->process;
    struct thread_times times;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    if (p->n_threads > 1 || p->ppid != 0) { /* nobody asks after the last thread of the first process; spare it the clock */
        thread_get_times(t->thread, &times);
        add_times(&p->dead_times, &times);
    }
    if (p->signals.next_target == t)
        p->signals.next_target = NULL;
    if (p->leader == t) {
        p->leader = NULL;
        p->exit_status = *status;
    }
    list_remove(&t->link);
    t->thread = NULL;
    bool last = --p->n_threads == 0;
    signal_queue_flush_locked(p, &t->signals.pending, ~UINT64_C(0));
    if (!last)
        hand_over_signals_locked(p);
    if (p->signals.group_exit)
        *status = p->signals.exit_status;
    else if (last)
        *status = p->exit_status;
    spin_unlock_irqrestore(&p->signals.lock, flags);
    wait_queue_wake_all(&p->exit_wait);
    return last;
}

static bool leave_table(struct process *p)
{
    irq_flags_t flags = process_table_lock();

    list_remove(&p->table_link);
    bool last = list_empty(process_table_locked());
    process_table_unlock(flags);
    return last;
}

/* The process has no more use for anything; its last thread, or one that waited long enough, runs this. */
static void finish_process(struct process *p, int status)
{
    p->exiting = true;
    if (p->release_posix_timers != NULL)
        p->release_posix_timers(p);
    if (p->release_itimers != NULL)
        p->release_itimers(p);
    if (leave_table(p))
        stop_machine(status);
}

void process_thread_exit(int status)
{
    struct process_thread *t = process_thread_current();
    struct process *p = t->process;

    release_user_state(t);
    struct fd_table *files = t->files;
    bool only = p->n_threads == 1;
    if (!only)
        fd_table_put(files); /* while the thread still has a process: a flush may ask who it is */
    if (leave_process(t, &status)) {
        if (only)
            fd_table_put(files);
        finish_process(p, status);
    }
    if (t->fs != NULL && fs_context_put != NULL)
        fs_context_put(t->fs);
    process_thread_detach(thread_current());
    cred_put(t->cred);
    process_thread_put(t);
    thread_exit();
}

/* Begin the end of the whole process. Return: false if it has begun already. */
static bool begin_group_exit(struct process *p, int status)
{
    struct process_thread *self = process_thread_current(), *t;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    bool first = !p->signals.group_exit;

    if (first) {
        p->signals.group_exit = true;
        p->signals.exit_status = status;
        LIST_FOR_EACH(t, &p->threads, link) {
            if (t != self)
                signal_kill_thread_locked(t);
        }
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return first;
}

static int wait_alone(struct process *p, nsec_t deadline_ns)
{
    int r = 0;

    WAIT_EVENT(&p->exit_wait, READ_ONCE(p->n_threads) == 1, false, deadline_ns, r);
    return r;
}

int process_kill_others(nsec_t deadline_ns)
{
    struct process_thread *self = process_thread_current(), *t;
    struct process *p = self->process;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    LIST_FOR_EACH(t, &p->threads, link) {
        if (t != self)
            signal_kill_thread_locked(t);
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return wait_alone(p, deadline_ns);
}

void process_exit_group(int status)
{
    struct process *p = process_current();

    if (begin_group_exit(p, status) && p->n_threads > 1 &&
        wait_alone(p, clock_monotonic_ns() + LAST_THREADS_NS) != 0) {
        log_warn("exit: %u threads do not end; going without them", p->n_threads - 1);
        finish_process(p, status);
    }
    process_thread_exit(status);
}

// SPDX-License-Identifier: BSD-3-Clause
// Signals: queues, generation, and the choice of the thread that takes one.

/*
 * A signal for a thread waits in that thread's queue, one for the process in the process's. The lock "G" (process.signals.lock, interrupts off)
 * covers every queue, mask and action of a process: sending is rare and short, and a timer interrupt may do it.
 *
 * A thread with something deliverable has thread->interrupt_pending and THREAD_WORK_SIGNAL set: both by thread_interrupt(), both cleared only
 * by that thread itself in signal_recalc_locked(). So an interruptible wait ends early whenever there might be work, and the way
 * out of the kernel leads to signal_deliver() (signal_deliver.c). Handlers are entered by signal_frame_x86_64.c, which only a program that
 * installs handlers links.
 */
#include "process/signal.h"
#include "arch/irq.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "private.h"
#include <errno.h>
#include <poll.h>

#define BIT KERNEL_SIGBIT
#define STOP_SIGNALS (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))
#define IGNORED_BY_DEFAULT (BIT(SIGCONT) | BIT(SIGCHLD) | BIT(SIGWINCH) | BIT(SIGURG))
#define SYNCHRONOUS (BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS))
#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))

bool signal_default_is_ignore(int signo)
{
    return signo <= 31 && (IGNORED_BY_DEFAULT & BIT(signo));
}

void signal_queue_init(struct signal_queue *q)
{
    q->set = 0;
    list_init(&q->entries);
}

static void release_entry(struct process *p, struct signal_entry *e)
{
    list_remove(&e->link);
    if (e->on_dequeue != NULL)
        return;
    atomic_sub_relaxed((uint32_t *)&p->signals.n_queued, 1);
    kfree(e);
}

void signal_queue_flush_locked(struct process *p, struct signal_queue *q, uint64_t set)
{
    struct signal_entry *e, *next;

    if ((q->set & set) == 0)
        return;
    q->set &= ~set;
    LIST_FOR_EACH_SAFE(e, next, &q->entries, link) {
        if (set & BIT(e->info.signo))
            release_entry(p, e);
    }
}

static int next_signal(uint64_t set)
{
    if (set & SYNCHRONOUS)
        set &= SYNCHRONOUS;
    return 1 + __builtin_ctzll(set);
}

int signal_queue_take_locked(struct process *p, struct signal_queue *q, uint64_t set, struct signal_info *info)
{
    struct signal_entry *e, *first = NULL;
    bool more = false;

    set &= q->set;
    if (set == 0)
        return 0;
    int signo = next_signal(set);
    LIST_FOR_EACH(e, &q->entries, link) {
        if (e->info.signo != signo)
            continue;
        if (first != NULL) {
            more = true;
            break;
        }
        first = e;
    }
    if (!more)
        q->set &= ~BIT(signo);
    if (first == NULL) {
        *info = (struct signal_info){.signo = signo, .code = SI_USER};
        return signo;
    }
    *info = first->info;
    void (*on_dequeue)(struct signal_entry *, struct signal_info *) = first->on_dequeue;
    release_entry(p, first);
    if (on_dequeue != NULL)
        on_dequeue(first, info);
    return signo;
}

/* Does @t have to look at its signals? Only @t itself takes the answer "no" to heart. */
void signal_recalc_locked(struct process_thread *t)
{
    struct process *p = t->process;
    uint64_t deliverable = (t->signals.pending.set | p->signals.pending.set) & ~t->signals.blocked;

    if (deliverable != 0 || t->signals.killed || p->signals.stopped) {
        thread_interrupt(t->thread);
    } else if (t == process_thread_current()) {
        t->thread->interrupt_pending = false;
        arch_thread_clear_work(&t->thread->arch, THREAD_WORK_SIGNAL);
    }
}

bool signal_pending(void)
{
    return thread_current()->interrupt_pending;
}

void signal_kill_thread_locked(struct process_thread *t)
{
    t->signals.killed = true;
    thread_interrupt(t->thread);
    wait_queue_wake_all(&t->process->signals.resumed);
}

static struct process_thread *oldest_thread(struct process *p)
{
    return list_first_entry(&p->threads, struct process_thread, link);
}

/* Nobody will ever see it: not blocked (a blocked one may yet find a handler), and ignored. */
static bool is_ignored(const struct process_thread *t, int signo)
{
    const struct signal_action *a = &t->process->signals.actions[signo - 1];

    if ((t->signals.blocked | t->signals.real_blocked) & BIT(signo))
        return false;
    return a->handler == (uintptr_t)SIG_IGN || (a->handler == (uintptr_t)SIG_DFL && signal_default_is_ignore(signo));
}

static void flush_everywhere_locked(struct process *p, uint64_t set)
{
    struct process_thread *t;

    signal_queue_flush_locked(p, &p->signals.pending, set);
    LIST_FOR_EACH(t, &p->threads, link)
        signal_queue_flush_locked(p, &t->signals.pending, set);
}

/* Stop signals and SIGCONT cancel each other; SIGCONT resumes even where it is blocked or ignored. */
static void cancel_opposites_locked(struct process *p, int signo)
{
    if (BIT(signo) & STOP_SIGNALS) {
        flush_everywhere_locked(p, BIT(SIGCONT));
    } else if (signo == SIGCONT) {
        flush_everywhere_locked(p, STOP_SIGNALS);
        p->signals.stopped = false;
        wait_queue_wake_all(&p->signals.resumed);
    }
}

static bool can_take(const struct process_thread *t, int signo)
{
    if (t->signals.killed || (t->signals.blocked & BIT(signo)))
        return false;
    return signo == SIGKILL || !t->thread->interrupt_pending || t->thread->state <= THREAD_WOKEN_SIGNAL;
}

/* The thread that shall take a signal for the process; NULL: none now, one that can will find it. */
static struct process_thread *choose_thread_locked(struct process *p, int signo)
{
    struct process_thread *first = p->leader, *t;

    if (first != NULL && can_take(first, signo))
        return first;
    t = first = p->signals.next_target != NULL ? p->signals.next_target : oldest_thread(p);
    do {
        if (can_take(t, signo)) {
            p->signals.next_target = t;
            return t;
        }
        struct list_node *next = t->link.next == &p->threads ? p->threads.next : t->link.next;
        t = container_of(next, struct process_thread, link);
    } while (t != first);
    return NULL;
}

static void announce_locked(struct process *p, struct process_thread *t, int signo)
{
    if (wait_queue_active(&p->signals.arrived))
        wait_queue_wake(&p->signals.arrived, 1, POLLIN);
    if (t == NULL)
        t = choose_thread_locked(p, signo);
    else if (!can_take(t, signo) && !(t->signals.blocked & BIT(signo)))
        t = NULL;
    if (t != NULL && t->thread != NULL)
        thread_interrupt(t->thread);
    if (signo == SIGKILL)
        wait_queue_wake_all(&p->signals.resumed);
}

/* The one place where signals enter a queue. @e NULL: no details. Return: 0; 1 ignored or merged (the caller keeps @e); -ESRCH. */
static int enqueue_locked(struct process *p, struct process_thread *t, int signo, struct signal_entry *e, bool forced)
{
    struct signal_queue *q = t != NULL ? &t->signals.pending : &p->signals.pending;

    if (p->n_threads == 0 || (t != NULL && t->thread == NULL))
        return -ESRCH;
    if (p->signals.group_exit)
        return 1;
    cancel_opposites_locked(p, signo);
    struct process_thread *judge = t != NULL ? t : p->leader != NULL ? p->leader : oldest_thread(p);
    if (!forced && is_ignored(judge, signo))
        return 1;
    if (signo < KERNEL_SIGRTMIN && (q->set & BIT(signo)))
        return 1;
    if (e != NULL)
        list_push_back(&q->entries, &e->link);
    q->set |= BIT(signo);
    announce_locked(p, t, signo);
    return 0;
}

/* Room for details. A real-time signal that carries some must not lose them; the others may. */
static int alloc_entry(struct process *p, int signo, const struct signal_info *info, struct signal_entry **out)
{
    bool over_limit = signo < KERNEL_SIGRTMIN && info->code >= 0;
    struct signal_entry *e = NULL;

    *out = NULL;
    if (signo == SIGKILL)
        return 0;
    if (over_limit || p->signals.n_queued < p->limits[RLIMIT_SIGPENDING].rlim_cur)
        e = kmalloc(sizeof(*e));
    if (e == NULL)
        return signo >= KERNEL_SIGRTMIN && info->code != SI_USER ? -EAGAIN : 0;
    atomic_add_relaxed((uint32_t *)&p->signals.n_queued, 1);
    list_init(&e->link);
    e->info = *info;
    e->on_dequeue = NULL;
    *out = e;
    return 0;
}

static int send(struct process *p, struct process_thread *t, int signo, const struct signal_info *info, bool forced)
{
    struct signal_entry *e;
    int err = alloc_entry(p, signo, info, &e);
    if (err != 0)
        return err;

    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    err = enqueue_locked(p, t, signo, e, forced);
    if (err != 0 && e != NULL)
        release_entry(p, e);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return err < 0 ? err : 0;
}

/* @info as signal_send_process() takes it, in the kernel's form. */
static void import_info(struct signal_info *out, int signo, const siginfo_t *info, int code)
{
    if (info == SIGNAL_INFO_KERNEL) {
        *out = (struct signal_info){.signo = signo, .code = SI_KERNEL};
    } else if (info == NULL) {
        struct process *self = process_current();
        *out = (struct signal_info){.signo = signo, .code = code};
        out->user.pid = self != NULL ? self->pid : 0;
        out->user.uid = process_cred()->uid;
    } else {
        memcpy(out, info, sizeof(*out));
        out->signo = signo;
    }
}

int signal_send_process(struct process *p, int signo, const siginfo_t *info)
{
    struct signal_info own;

    if (signo < 1 || signo > KERNEL_NSIG)
        return -EINVAL;
    import_info(&own, signo, info, SI_USER);
    return send(p, NULL, signo, &own, false);
}

int signal_send_thread(struct process_thread *t, int signo, const siginfo_t *info)
{
    struct signal_info own;

    if (signo < 1 || signo > KERNEL_NSIG)
        return -EINVAL;
    import_info(&own, signo, info, SI_TKILL);
    return send(t->process, t, signo, &own, false);
}

int signal_send_entry(struct process *p, struct process_thread *t, struct signal_entry *e)
{
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    int r = -EBUSY;

    if (list_empty(&e->link))
        r = enqueue_locked(p, t, e->info.signo, e, false);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return r;
}

bool signal_forget_entry(struct process *p, struct signal_entry *e)
{
    struct process_thread *t;
    struct signal_entry *other;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    bool queued = !list_empty(&e->link);

    if (queued) {
        struct signal_queue *q = NULL, *candidate = &p->signals.pending;
        LIST_FOR_EACH(other, &candidate->entries, link)
            q = other == e ? candidate : q;
        LIST_FOR_EACH(t, &p->threads, link) {
            candidate = &t->signals.pending;
            LIST_FOR_EACH(other, &candidate->entries, link)
                q = other == e ? candidate : q;
        }
        list_remove(&e->link);
        bool more = false;
        if (q != NULL) {
            LIST_FOR_EACH(other, &q->entries, link)
                more |= other->info.signo == e->info.signo;
            if (!more)
                q->set &= ~BIT(e->info.signo);
        }
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return queued;
}

void signal_raise(int signo)
{
    (void)signal_send_thread(process_thread_current(), signo, SIGNAL_INFO_KERNEL);
}

/* The action that a fault finds must be able to end it: neither blocked nor ignored. */
static void make_effective_locked(struct process_thread *t, int signo)
{
    struct signal_action *a = &t->process->signals.actions[signo - 1];

    if ((t->signals.blocked & BIT(signo)) || a->handler == (uintptr_t)SIG_IGN) {
        a->handler = (uintptr_t)SIG_DFL;
        t->signals.blocked &= ~BIT(signo);
    }
}

void signal_force(int signo, int code, vaddr_t addr, unsigned trap_nr, unsigned long error_code)
{
    struct process_thread *t = process_thread_current();
    struct signal_info info = {.signo = signo, .code = code, .fault.addr = code == SI_KERNEL ? 0 : addr};
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);

    make_effective_locked(t, signo);
    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    t->fault_trap_nr = trap_nr;
    t->fault_error = error_code;
    t->fault_address = addr;
    (void)send(t->process, t, signo, &info, true);
}

struct group_signal {
    int pgid, signo;
};

static int send_if_in_group(struct process *p, void *arg)
{
    const struct group_signal *g = arg;

    if (p->pgid == g->pgid)
        (void)signal_send_process(p, g->signo, SIGNAL_INFO_KERNEL);
    return 0;
}

void signal_send_group(int pgid, int signo)
{
    struct group_signal g = {pgid, signo};

    (void)process_iterate(send_if_in_group, &g);
}

uint64_t signal_mask_set(uint64_t new_mask)
{
    struct process_thread *t = process_thread_current();
    struct process *p = t->process;
    struct process_thread *other;

    new_mask &= ~UNBLOCKABLE;
    uint64_t old = t->signals.blocked;
    if (new_mask == old)
        return old;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    t->signals.blocked = new_mask;
    signal_recalc_locked(t);
    /* Newly blocked here: a process-wide signal that this thread was to take is now another's. */
    if (p->signals.pending.set & new_mask & ~old) {
        LIST_FOR_EACH(other, &p->threads, link) {
            if (other != t)
                signal_recalc_locked(other);
        }
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return old;
}

void signal_mask_temporary(uint64_t mask)
{
    struct process_thread *t = process_thread_current();

    t->signals.saved_mask = signal_mask_set(mask);
    t->signals.saved_mask_valid = true;
}

void signal_mask_restore(void)
{
    struct process_thread *t = process_thread_current();

    if (!t->signals.saved_mask_valid)
        return;
    t->signals.saved_mask_valid = false;
    signal_mask_set(t->signals.saved_mask);
}

long signal_mask_end(long result)
{
    /* interrupted: the handler must run under the temporary mask; signal_deliver() puts the old one back */
    if (result != -EINTR && !(result <= -512 && result >= -516))
        signal_mask_restore();
    return result;
}

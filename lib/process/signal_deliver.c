// SPDX-License-Identifier: BSD-3-Clause
// Signal delivery on the way out of the kernel: handlers, default actions, job control, restarted calls.
#include "arch/frame.h"
#include "base/log.h"
#include "private.h"
#include "process/signal.h"
#include <abi/restart.h>
#include <errno.h>

#define BIT KERNEL_SIGBIT
#define FAULTS (BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE))
#define CORE_DUMPED 0x80

static signal_frame_fn frame_builder;

void signal_set_frame_builder(signal_frame_fn fn)
{
    frame_builder = fn;
}

static bool must_leave(const struct process_thread *t)
{
    return t->signals.killed || t->process->signals.group_exit;
}

/* A stopped process: its threads wait here until SIGCONT or their end. */
static void wait_while_stopped(struct process_thread *t)
{
    struct process *p = t->process;
    int r;

    WAIT_EVENT(&p->signals.resumed, !READ_ONCE(p->signals.stopped) || READ_ONCE(t->signals.killed), false, NSEC_FOREVER, r);
    (void)r;
}

/* Its group has no parent outside that could continue it: terminal stop signals do nothing there. */
static bool group_is_orphaned(struct process *p)
{
    struct process *parent = p->ppid != 0 ? process_find(p->ppid) : NULL;
    bool orphaned = parent == NULL || parent->pgid == p->pgid || parent->sid != p->sid;

    if (parent != NULL)
        process_put(parent);
    return orphaned;
}

static void stop_process(struct process *p, int signo)
{
    struct process_thread *t;

    if (signo != SIGSTOP && group_is_orphaned(p))
        return;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    p->signals.stopped = true;
    LIST_FOR_EACH(t, &p->threads, link)
        thread_interrupt(t->thread);
    spin_unlock_irqrestore(&p->signals.lock, flags);
}

static bool dumps_core(int signo)
{
    return signo <= 31 && ((FAULTS | BIT(SIGQUIT) | BIT(SIGABRT) | BIT(SIGSYS) | BIT(SIGXCPU) | BIT(SIGXFSZ)) & BIT(signo));
}

static void die(const struct arch_frame *f, int signo, const struct signal_info *info)
{
    if (signo == SIGABRT || (signo <= 31 && (FAULTS & BIT(signo)) && info->code > 0))
        fault_report(f, signo, info);
    /* The core flag is for wait(2); no file is written. */
    process_exit_group(signo | (dumps_core(signo) && process_limit(RLIMIT_CORE).rlim_cur != 0 ? CORE_DUMPED : 0));
}

static void default_action(struct process *p, const struct arch_frame *f, int signo, const struct signal_info *info)
{
    if (signal_default_is_ignore(signo))
        return;
    if (signo == SIGSTOP || signo == SIGTSTP || signo == SIGTTIN || signo == SIGTTOU)
        stop_process(p, signo);
    else
        die(f, signo, info);
}

/* Take the next deliverable signal and what to do about it. Return: its number or 0. */
static int take_next(struct process_thread *t, struct signal_info *info, struct signal_action *act)
{
    struct process *p = t->process;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    uint64_t set = ~t->signals.blocked;
    int signo = 0;

    if (!p->signals.stopped) {
        signo = signal_queue_take_locked(p, &t->signals.pending, set, info);
        if (signo == 0)
            signo = signal_queue_take_locked(p, &p->signals.pending, set, info);
    }
    if (signo != 0) {
        *act = p->signals.actions[signo - 1];
        if ((act->flags & SA_RESETHAND) && act->handler > (uintptr_t)SIG_IGN)
            p->signals.actions[signo - 1].handler = (uintptr_t)SIG_DFL;
    }
    signal_recalc_locked(t);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return signo;
}

/* The result of an interrupted call when a handler with @flags runs; it may be made to run again. */
static void end_call_for_handler(struct arch_frame *f, uint64_t flags)
{
    switch (-arch_frame_ret(f)) {
    case ERESTARTSYS:
        if (flags & SA_RESTART)
            arch_frame_restart(f);
        else
            arch_frame_set_ret(f, -EINTR);
        break;
    case ERESTARTNOINTR:
        arch_frame_restart(f);
        break;
    case ERESTARTNOHAND:
    case ERESTART_RESTARTBLOCK:
        arch_frame_set_ret(f, -EINTR);
        break;
    default:
        break;
    }
}

static long run_restart_block(void)
{
    struct process_thread *t = process_thread_current();
    long (*fn)(struct restart_block *) = t->restart.fn;

    if (fn == NULL)
        return -EINTR;
    t->restart.fn = NULL;
    return fn(&t->restart);
}

static void restart_call(struct arch_frame *f)
{
    switch (-arch_frame_ret(f)) {
    case ERESTARTSYS:
    case ERESTARTNOINTR:
    case ERESTARTNOHAND:
        arch_frame_restart(f);
        break;
    case ERESTART_RESTARTBLOCK:
        if (arch_frame_restart_as(f, 219 /* restart_syscall */, run_restart_block) != 0)
            arch_frame_set_ret(f, -EINTR);
        break;
    default:
        break;
    }
}

/* Mask for the time of the handler, and the one its return puts back. */
static uint64_t mask_to_return_to(struct process_thread *t)
{
    if (!t->signals.saved_mask_valid)
        return t->signals.blocked;
    t->signals.saved_mask_valid = false;
    return t->signals.saved_mask;
}

int signal_frame_build(struct arch_frame *f, int signo, const struct signal_info *info, const struct signal_action *act, uint64_t mask)
{
    return frame_builder != NULL ? frame_builder(f, signo, info, act, mask) : -EFAULT;
}

static void enter_handler(struct process_thread *t, struct arch_frame *f, int signo, const struct signal_info *info,
                          const struct signal_action *act)
{
    uint64_t blocked = t->signals.blocked | act->mask;
    uint64_t return_mask = mask_to_return_to(t);

    if (signal_frame_build(f, signo, info, act, return_mask) != 0) {
        /* no room on its stack: SIGSEGV, and if that was the signal, no second chance */
        if (signo == SIGSEGV) {
            irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
            t->process->signals.actions[SIGSEGV - 1].handler = (uintptr_t)SIG_DFL;
            spin_unlock_irqrestore(&t->process->signals.lock, flags);
        }
        signal_mask_set(return_mask);
        signal_force(SIGSEGV, SI_KERNEL, 0, 0, 0);
        return;
    }
    if (!(act->flags & SA_NODEFER))
        blocked |= BIT(signo);
    signal_mask_set(blocked);
}

void signal_deliver(struct arch_frame *f)
{
    struct process_thread *t = process_thread_current();
    bool call_ended = !arch_frame_is_syscall(f);
    struct signal_action act;
    struct signal_info info;
    int signo;

    for (;;) {
        if (must_leave(t))
            process_thread_exit(t->signals.killed && !t->process->signals.group_exit ? SIGKILL : 0);
        if (t->process->signals.stopped) {
            wait_while_stopped(t);
            continue;
        }
        signo = take_next(t, &info, &act);
        if (signo == 0) {
            /* stopped or killed since the test above? */
            if (t->process->signals.stopped || must_leave(t))
                continue;
            break;
        }
        if (signo == SIGKILL)
            process_exit_group(SIGKILL);
        if (act.handler == (uintptr_t)SIG_IGN)
            continue;
        if (act.handler == (uintptr_t)SIG_DFL) {
            default_action(t->process, f, signo, &info);
            continue;
        }
        if (!call_ended)
            end_call_for_handler(f, act.flags);
        call_ended = true;
        enter_handler(t, f, signo, &info, &act);
    }
    if (!call_ended)
        restart_call(f);
    signal_mask_restore();
}

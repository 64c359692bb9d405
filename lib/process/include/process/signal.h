// SPDX-License-Identifier: BSD-3-Clause
// Signals: generation, queues, masks, delivery on the way back to application code.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "process/process.h"
#include <signal.h>
#include <stdbool.h>

struct arch_frame;

#define SIGNAL_INFO_KERNEL ((const siginfo_t *)1) /* @info of signal_send: SI_KERNEL, nothing else */

/**
 * signal_send_process / _thread - as kill(2) and tgkill(2) after permission checks.
 * @info: NULL: SI_USER (process) or SI_TKILL (thread) from the current process; SIGNAL_INFO_KERNEL; else copied
 *
 * Context: any; with interrupts off no details are queued (standard signals never fail).
 * Return: 0; -EAGAIN: a real-time signal found RLIMIT_SIGPENDING used up; -ESRCH: it has left; -EINVAL: no such signal.
 */
int signal_send_process(struct process *p, int signo, const siginfo_t *info);
int signal_send_thread(struct process_thread *t, int signo, const siginfo_t *info);
/** signal_send_entry - queue storage of the caller's (a POSIX timer). @t NULL: to the process. Return: 0; 1: ignored; -EBUSY: it is queued still. */
int signal_send_entry(struct process *p, struct process_thread *t, struct signal_entry *e);
/** signal_forget_entry - take @e out of the queues. Return: true if it was in one. */
bool signal_forget_entry(struct process *p, struct signal_entry *e);

/** signal_raise - to the current thread with SI_KERNEL: SIGPIPE after -EPIPE, SIGXFSZ after -EFBIG. */
void signal_raise(int signo);
/** signal_raise_pipe - what write and send paths do with their result: raises SIGPIPE if it is -EPIPE. Return: @result. */
static inline long signal_raise_pipe(long result)
{
    if (unlikely(result == -32 /* EPIPE */))
        signal_raise(SIGPIPE);
    return result;
}
/** signal_force - a synchronous fault in the current thread: cannot be blocked or ignored. */
void signal_force(int signo, int code, vaddr_t addr, unsigned trap_nr, unsigned long error_code);

/** signal_send_group - to every process of group @pgid: a terminal's ^C. Context: any. */
void signal_send_group(int pgid, int signo);

/** signal_deliver - the user_return hook's work: run handlers, stop, or die. @frame is what the thread returns to. */
void signal_deliver(struct arch_frame *frame);
/** signal_pending - is a signal deliverable to the current thread? */
bool signal_pending(void);
uint64_t signal_mask_set(uint64_t new_mask); /* bit n-1 = signal n; returns the old one. SIGKILL and SIGSTOP are dropped */
/** signal_mask_temporary - ppoll, pselect, epoll_pwait, sigsuspend: put back after the handler ran; if the call ends without -EINTR, by signal_mask_restore(). */
void signal_mask_temporary(uint64_t mask);
void signal_mask_restore(void);
/** signal_mask_end - after a call with a temporary mask: put the mask back unless @result says a handler is about to run. Return: @result. */
long signal_mask_end(long result);

/** signal_action_set - rt_sigaction after checks; either pointer may be NULL. */
void signal_action_set(int signo, const struct signal_action *act, struct signal_action *old);
/** signal_actions_reset - execve: caught signals to default, ignored ones stay. @all: CLONE_CLEAR_SIGHAND. */
void signal_actions_reset(struct process *p);

/** signal_dequeue - take the first pending signal in @set. Return: its number, *info filled; 0: none. */
int signal_dequeue(uint64_t set, struct signal_info *info);
/** signal_wait_set - sigtimedwait: wait for one in @set. Return: number; -EAGAIN at the deadline; -EINTR. */
int signal_wait_set(uint64_t set, nsec_t deadline_ns, struct signal_info *info);
/** signal_pending_set - what sigpending(2) reports. */
uint64_t signal_pending_set(void);
/** signal_info_copy_out / _in - siginfo_t in application memory. -EFAULT; -E2BIG: information the kernel has no room for. */
int signal_info_copy_out(void *user, const struct signal_info *info) __must_check;
int signal_info_copy_in(struct signal_info *info, const void *user) __must_check;

/** signal_may_send - may the current thread signal @t? @pid permission rules of kill(2). 0 or -EPERM. */
int signal_may_send(struct process_thread *t, int signo) __must_check;
/** signal_default_is_ignore - is doing nothing what @signo does by default? */
bool signal_default_is_ignore(int signo);
/** signal_name - "SIGSEGV", "SIGRTMIN+3"'s number as text; never NULL. */
const char *signal_name(int signo);

/* Private to the room's files. */
/** How a handler is entered: registered by signal_frame.c, which only programs that install handlers link. 0 or -EFAULT. */
typedef int (*signal_frame_fn)(struct arch_frame *f, int signo, const struct signal_info *info, const struct signal_action *act, uint64_t mask);
void signal_set_frame_builder(signal_frame_fn fn);
int signal_frame_build(struct arch_frame *f, int signo, const struct signal_info *info, const struct signal_action *act, uint64_t mask);
void signal_recalc_locked(struct process_thread *t); /* after a change of masks or queues: does @t have to look? */
void signal_queue_init(struct signal_queue *q);
void signal_queue_flush_locked(struct process *p, struct signal_queue *q, uint64_t set);
int signal_queue_take_locked(struct process *p, struct signal_queue *q, uint64_t set, struct signal_info *info);
void signal_kill_thread_locked(struct process_thread *t);

// SPDX-License-Identifier: BSD-3-Clause
// Signals: generation, queues, masks, delivery on the way back to application code.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "process/process.h"
#include <signal.h>
#include <stdbool.h>

struct arch_frame;
/** signal_send_process / _thread - as kill(2) and tgkill(2) after permission checks. @info NULL: SI_USER from the current process. 0, -EAGAIN (RLIMIT_SIGPENDING), -ESRCH. Context: any (no allocation from interrupts: standard signals never fail). */
int signal_send_process(struct process *p, int signo, const siginfo_t *info);
int signal_send_thread(struct process_thread *t, int signo, const siginfo_t *info);
/** signal_force - a synchronous fault: cannot be blocked or ignored. */
void signal_force(int signo, int code, vaddr_t addr, unsigned trap_nr, unsigned long error_code);
/** signal_deliver - the user_return hook's work: run handlers, stop, or die. @frame is what the thread returns to. */
void signal_deliver(struct arch_frame *frame, long restart_errno);
bool signal_pending(struct process_thread *t);
uint64_t signal_mask_set(uint64_t new_mask); /* bit n-1 = signal n; returns the old one. SIGKILL and SIGSTOP are dropped */
/** signal_mask_temporary - ppoll, pselect, epoll_pwait, sigsuspend: restored after the handler ran, or by signal_mask_restore. */
void signal_mask_temporary(uint64_t mask);
void signal_mask_restore(void);

// SPDX-License-Identifier: BSD-3-Clause
// Entering and leaving signal handlers; linked by programs that install some.
#pragma once

#include "process/signal.h"

/** signal_frame_enable - from now on handlers can run; called by rt_sigaction(2). */
void signal_frame_enable(void);
/** signal_frame_return - the body of rt_sigreturn(2): go on as the frame at @frame_address says. Return: what rax shall hold. */
long signal_frame_return(uintptr_t frame_address);
/** signal_altstack_status - SS_DISABLE, SS_ONSTACK or 0, as sigaltstack(2) reports for stack pointer @sp. */
int signal_altstack_status(const struct thread_signals *s, uintptr_t sp);

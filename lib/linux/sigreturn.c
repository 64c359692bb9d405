// SPDX-License-Identifier: BSD-3-Clause
// rt_sigreturn.
#include "arch/frame.h"
#include "linux/syscalls.h"
#include "process/signal_frame.h"
#include "sched/thread.h"

/* The handler's return took the restorer's address off the stack. A restorer that comes through the gate passes the stack pointer it saw. */
long sys_rt_sigreturn(void)
{
    const struct arch_frame *f = arch_user_frame(arch_current());
    uintptr_t sp = f->entry == ARCH_ENTRY_GATE ? arch_frame_arg(f, 0) : arch_frame_sp(f);

    return signal_frame_return(sp - sizeof(uint64_t));
}

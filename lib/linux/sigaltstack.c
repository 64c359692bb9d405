// SPDX-License-Identifier: BSD-3-Clause
// sigaltstack.
#include "arch/frame.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "process/signal_frame.h"
#include <abi/signal.h>
#include <errno.h>

#define MIN_STACK_BYTES 2048

static int change(struct thread_signals *s, const struct kernel_stack_t *stack, bool on_it)
{
    int mode = stack->ss_flags & ~(int)SS_AUTODISARM;

    if (on_it)
        return -EPERM;
    if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
        return -EINVAL;
    if (mode == SS_DISABLE) {
        s->altstack_sp = s->altstack_bytes = 0;
    } else {
        if (stack->ss_size < MIN_STACK_BYTES)
            return -ENOMEM;
        s->altstack_sp = (uintptr_t)stack->ss_sp;
        s->altstack_bytes = stack->ss_size;
    }
    s->altstack_flags = (unsigned)stack->ss_flags;
    return 0;
}

long sys_sigaltstack(const struct sigaltstack *ss, struct sigaltstack *old)
{
    struct thread_signals *s = &process_thread_current()->signals;
    uintptr_t sp = arch_frame_sp(arch_user_frame(arch_current()));
    struct kernel_stack_t before, stack;
    int status = signal_altstack_status(s, sp);

    if (ss != NULL && copy_in(&stack, ss, sizeof(stack)) != 0)
        return -EFAULT;
    memset(&before, 0, sizeof(before));
    before.ss_sp = (void *)s->altstack_sp;
    before.ss_size = s->altstack_bytes;
    before.ss_flags = status | (int)(s->altstack_flags & SS_AUTODISARM);
    if (ss != NULL) {
        int err = change(s, &stack, status == SS_ONSTACK);
        if (err != 0)
            return err;
    }
    return old != NULL ? copy_out(old, &before, sizeof(before)) : 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// clone: new threads. A new process is refused with one line on the log.
#include "clone.h"
#include "arch/frame.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "second_process.h"
#include <abi/sched.h>
#include <errno.h>
#include <sys/syscall.h>

#define THREAD_FLAGS (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* Combinations that no kernel accepts. */
static int check_flags(uint64_t flags)
{
    if ((flags & CLONE_NEWNS) && (flags & CLONE_FS))
        return -EINVAL;
    if ((flags & CLONE_NEWUSER) && (flags & CLONE_FS))
        return -EINVAL;
    if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
        return -EINVAL;
    if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
        return -EINVAL;
    if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
        return -EINVAL;
    if ((flags & CLONE_THREAD) && (flags & (CLONE_NEWUSER | CLONE_NEWPID)))
        return -EINVAL;
    if ((flags & CLONE_NEWIPC) && (flags & CLONE_SYSVSEM))
        return -EINVAL;
    if ((flags & CLONE_PIDFD) && (flags & CLONE_THREAD))
        return -EINVAL;
    return 0;
}

long clone_common(const struct clone_args *a)
{
    struct thread *self = thread_current();
    int err = check_flags(a->flags);

    if (err != 0)
        return err;
    if (a->flags & NAMESPACES)
        return -EPERM;
    if ((a->flags & THREAD_FLAGS) != THREAD_FLAGS)
        return second_process_refused(arch_frame_nr(arch_user_frame(&self->arch)) == SYS_clone3 ? "clone3" : "clone");
    struct arch_frame frame = *arch_user_frame(&self->arch);
    arch_frame_set_ret(&frame, 0);
    if (a->stack != 0)
        arch_frame_set_sp(&frame, a->stack + a->stack_size);
    frame.entry = ARCH_ENTRY_TRAP; /* no call that could be restarted */
    struct thread_request r = {
        .frame = &frame,
        .fs_base = a->flags & CLONE_SETTLS ? a->tls : self->arch.fs_base,
        .child_tid = a->flags & CLONE_CHILD_SETTID ? (int *)a->child_tid : NULL,
        .clear_child_tid = a->flags & CLONE_CHILD_CLEARTID ? (int *)a->child_tid : NULL,
        .parent_tid = a->flags & CLONE_PARENT_SETTID ? (int *)a->parent_tid : NULL,
        .share_files = a->flags & CLONE_FILES,
        .share_fs = a->flags & CLONE_FS,
    };
    return process_thread_create(&r);
}

long sys_clone(unsigned long flags, void *stack, int *parent_tid, int *child_tid, unsigned long tls)
{
    struct clone_args a = {
        .flags = flags & 0xffffffff & ~(unsigned long)CSIGNAL,
        .child_tid = (uintptr_t)child_tid,
        .parent_tid = (uintptr_t)parent_tid,
        .exit_signal = flags & CSIGNAL,
        .stack = (uintptr_t)stack,
        .tls = tls,
    };

    if ((flags & CLONE_PIDFD) && (flags & (CLONE_PARENT_SETTID | CLONE_DETACHED)))
        return -EINVAL;
    return clone_common(&a);
}

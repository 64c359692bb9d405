// SPDX-License-Identifier: BSD-3-Clause
// clone3.
#include "arch/uaccess.h"
#include "base/string.h"
#include "base/types.h"
#include "clone.h"
#include "linux/struct_in.h"
#include "linux/syscalls.h"
#include <abi/sched.h>
#include <abi/signal.h>
#include <errno.h>

#define KNOWN_FLAGS (0xffffffffull | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

static int check(const struct clone_args *a, size_t size)
{
    if ((a->set_tid == 0) != (a->set_tid_size == 0) || a->set_tid_size > 32)
        return -EINVAL;
    if (a->set_tid_size != 0)
        return -EPERM; /* choosing ids is for checkpoint and restore */
    if (a->exit_signal & ~(uint64_t)CSIGNAL || a->exit_signal > KERNEL_NSIG)
        return -EINVAL;
    if ((a->flags & CLONE_INTO_CGROUP) && (a->cgroup > INT32_MAX || size < CLONE_ARGS_SIZE_VER2))
        return -EINVAL;
    if (a->flags & ~KNOWN_FLAGS || a->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
        return -EINVAL;
    if ((a->flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) == (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND))
        return -EINVAL;
    if ((a->flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal != 0)
        return -EINVAL;
    if (a->stack == 0 ? a->stack_size != 0 : a->stack_size == 0 || !user_range_ok((void *)a->stack, a->stack_size))
        return -EINVAL;
    if (a->flags & CLONE_INTO_CGROUP)
        return -EOPNOTSUPP;
    return 0;
}

long sys_clone3(struct clone_args *args, size_t size)
{
    struct clone_args a;

    if (size > PAGE_SIZE)
        return -E2BIG;
    if (size < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    int err = struct_copy_in(&a, sizeof(a), args, size);
    if (err == 0)
        err = check(&a, size);
    return err != 0 ? err : clone_common(&a);
}

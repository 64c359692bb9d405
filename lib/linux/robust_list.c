// SPDX-License-Identifier: BSD-3-Clause
// set_robust_list and get_robust_list.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/futex.h"
#include "process/process.h"
#include <abi/capability.h>
#include <abi/robust_list.h>
#include <errno.h>

/* Thread exit knows futex_exit_robust_list only weakly; this keeps it in programs that need it. */
static void (*const keep)(void *head, uint32_t tid) __used = futex_exit_robust_list;

long sys_set_robust_list(struct robust_list_head *head, size_t len)
{
    if (len != sizeof(struct robust_list_head))
        return -EINVAL;
    process_thread_current()->robust_list = head;
    process_thread_current()->robust_list_bytes = len;
    return 0;
}

long sys_get_robust_list(pid_t pid, struct robust_list_head **head, size_t *len)
{
    struct process_thread *self = process_thread_current();
    struct process_thread *t = pid == 0 ? process_thread_get(self) : process_thread_find(pid);

    if (t == NULL)
        return -ESRCH;
    uint64_t list = (uintptr_t)t->robust_list;
    bool allowed = t->process == self->process || process_capable(CAP_SYS_PTRACE);
    process_thread_put(t);
    if (!allowed)
        return -EPERM;
    if (put_user_u64(len, sizeof(struct robust_list_head)) != 0 || put_user_u64(head, list) != 0)
        return -EFAULT;
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// sched_yield and getcpu.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "sched/sched.h"
#include <errno.h>

long sys_sched_yield(void)
{
    thread_yield();
    return 0;
}

long sys_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
    if (cpu != NULL && put_user_u32(cpu, sched_current_cpu()) != 0)
        return -EFAULT;
    if (node != NULL && put_user_u32(node, 0) != 0)
        return -EFAULT;
    return 0;
}

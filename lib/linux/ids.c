// SPDX-License-Identifier: BSD-3-Clause
// getpid, gettid, getppid and set_tid_address.
#include "linux/syscalls.h"
#include "process/process.h"

long sys_getpid(void)
{
    return process_current()->pid;
}

long sys_gettid(void)
{
    return thread_current()->tid;
}

long sys_getppid(void)
{
    return process_current()->ppid;
}

long sys_set_tid_address(int *tid)
{
    process_thread_current()->clear_child_tid = tid;
    return thread_current()->tid;
}

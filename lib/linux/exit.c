// SPDX-License-Identifier: BSD-3-Clause
// exit and exit_group.
#include "linux/syscalls.h"
#include "process/process.h"

long sys_exit(int status)
{
    process_thread_exit((status & 0xff) << 8);
}

long sys_exit_group(int status)
{
    process_exit_group((status & 0xff) << 8);
}

// SPDX-License-Identifier: BSD-3-Clause
// fork and vfork: refused with one line on the log.
#include "linux/syscalls.h"
#include "second_process.h"

long sys_fork(void)
{
    return second_process_refused("fork");
}

long sys_vfork(void)
{
    return second_process_refused("vfork");
}

// SPDX-License-Identifier: BSD-3-Clause
// fork and vfork: refused with one line on the log.
#include "linux/syscalls.h"
#include "second_process.h"

/* osv check finds these in the archive: the call is there, and answers ENOSYS only. */
const char osv_enosys_fork = 1, osv_enosys_vfork = 1;

long sys_fork(void)
{
    return second_process_refused("fork");
}

long sys_vfork(void)
{
    return second_process_refused("vfork");
}

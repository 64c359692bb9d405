// SPDX-License-Identifier: BSD-3-Clause
// fork and vfork: refused with one line on the log.
#include "base/log.h"
#include "linux/syscalls.h"
#include <errno.h>

long sys_fork(void)
{
    log_once("fork: a second process is not implemented");
    return -ENOSYS;
}

long sys_vfork(void)
{
    log_once("vfork: a second process is not implemented");
    return -ENOSYS;
}

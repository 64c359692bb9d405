// SPDX-License-Identifier: BSD-3-Clause
// iopl and ioperm: applications run at the level where port access is allowed anyway; the rules for asking are Linux's.
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

long sys_iopl(unsigned level)
{
    if (level > 3)
        return -EINVAL;
    return level > 0 && !process_capable(CAP_SYS_RAWIO) ? -EPERM : 0;
}

long sys_ioperm(unsigned long from, unsigned long count, int on)
{
    if (from + count <= from || from + count > 65536)
        return -EINVAL;
    return on && !process_capable(CAP_SYS_RAWIO) ? -EPERM : 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// 32-bit segment calls: as on a kernel without 32-bit programs.
#include "linux/syscalls.h"
#include <errno.h>

long sys_set_thread_area(void *desc)
{
    return -ENOSYS;
}

long sys_get_thread_area(void *desc)
{
    return -ENOSYS;
}

long sys_modify_ldt(int func, void *ptr, unsigned long count)
{
    return -ENOSYS;
}

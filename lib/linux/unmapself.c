// SPDX-License-Identifier: BSD-3-Clause
// osv_unmapself: the end of a detached thread, which cannot free the stack it stands on itself.

#include <linux/syscalls.h>
#include <linux/table.h>

long osv_unmapself(void *stack, size_t size)
{
    sys_munmap(stack, size);
    return sys_exit(0);
}

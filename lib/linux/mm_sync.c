// SPDX-License-Identifier: BSD-3-Clause
// msync.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_msync(void *addr, size_t length, int flags)
{
    return vm_sync(vm_current(), (vaddr_t)addr, length, flags);
}

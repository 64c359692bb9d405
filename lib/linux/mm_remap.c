// SPDX-License-Identifier: BSD-3-Clause
// mremap.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_mremap(void *addr, size_t old_length, size_t new_length, int flags, void *new_addr)
{
    return vm_remap(vm_current(), (vaddr_t)addr, old_length, new_length, flags, (vaddr_t)new_addr);
}

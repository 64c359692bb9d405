// SPDX-License-Identifier: BSD-3-Clause
// brk.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_brk(void *addr)
{
    return vm_brk(vm_current(), (vaddr_t)addr);
}

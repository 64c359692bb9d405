// SPDX-License-Identifier: BSD-3-Clause
// mprotect.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_mprotect(void *addr, size_t length, int prot)
{
    return vm_protect(vm_current(), (vaddr_t)addr, length, prot);
}

// SPDX-License-Identifier: BSD-3-Clause
// madvise.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_madvise(void *addr, size_t length, int advice)
{
    return vm_advise(vm_current(), (vaddr_t)addr, length, advice);
}

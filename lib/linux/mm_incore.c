// SPDX-License-Identifier: BSD-3-Clause
// mincore.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_mincore(void *addr, size_t length, unsigned char *vec)
{
    return vm_incore(vm_current(), (vaddr_t)addr, length, vec);
}

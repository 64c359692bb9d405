// SPDX-License-Identifier: BSD-3-Clause
// Protection keys: the CPU mode has none, so the only key is the default one.

#include "linux/syscalls.h"
#include "vm/space.h"
#include <errno.h>

long sys_pkey_mprotect(void *addr, size_t length, int prot, int pkey)
{
    if (pkey != -1 && pkey != 0)
        return -EINVAL;
    return vm_protect(vm_current(), (vaddr_t)addr, length, prot);
}

long sys_pkey_alloc(unsigned flags, unsigned rights)
{
    if (flags || (rights & ~3u))
        return -EINVAL;
    return -ENOSPC;
}

long sys_pkey_free(int pkey)
{
    return -EINVAL;
}

// SPDX-License-Identifier: BSD-3-Clause
// mlock and its kin.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_mlock(const void *addr, size_t length)
{
    return vm_lock(vm_current(), (vaddr_t)addr, length, 0);
}

long sys_mlock2(const void *addr, size_t length, int flags)
{
    return vm_lock(vm_current(), (vaddr_t)addr, length, flags);
}

long sys_munlock(const void *addr, size_t length)
{
    return vm_unlock(vm_current(), (vaddr_t)addr, length);
}

long sys_mlockall(int flags)
{
    return vm_lock_all(vm_current(), flags);
}

long sys_munlockall(void)
{
    return vm_unlock_all(vm_current());
}

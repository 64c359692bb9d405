// SPDX-License-Identifier: BSD-3-Clause
// mremap and remap_file_pages.

#include "linux/syscalls.h"
#include "vm/space.h"

long sys_mremap(void *addr, size_t old_length, size_t new_length, int flags, void *new_addr)
{
    return vm_remap(vm_current(), (vaddr_t)addr, old_length, new_length, flags, (vaddr_t)new_addr);
}

long sys_remap_file_pages(void *addr, size_t length, int prot, size_t page_offset, int flags)
{
    return vm_remap_file_pages(vm_current(), (vaddr_t)addr, length, prot, page_offset, flags);
}

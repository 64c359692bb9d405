// SPDX-License-Identifier: BSD-3-Clause
// The identity of a futex word.

#include "space_private.h"
#include <errno.h>

int vm_futex_key(struct address_space *as, vaddr_t addr, bool shared, struct vm_futex_key *out)
{
    const struct vm_area *a;
    int err = 0;

    if (!shared) {
        *out = (struct vm_futex_key){(uintptr_t)as, addr};
        return 0;
    }
    rwlock_read_lock(&as->lock);
    a = vm_area_find(as, addr);
    if (!a || a->start > addr || a->prot == PROT_NONE)
        err = -EFAULT;
    else if (a->object && (a->flags & AREA_SHARED))
        *out = (struct vm_futex_key){(uintptr_t)a->object, (a->page_offset << PAGE_SHIFT) + (addr - a->start)};
    else
        *out = (struct vm_futex_key){(uintptr_t)as, addr};
    rwlock_read_unlock(&as->lock);
    return err;
}

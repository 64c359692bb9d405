// SPDX-License-Identifier: BSD-3-Clause
// remap_file_pages: another part of the object behind a shared mapping, as Linux does it today: one more mapping in place of the old.

#include "space_private.h"
#include <errno.h>

/* What @r replaces: one object's shared areas, without holes and alike. Return: 0 with references in @r; -EINVAL. */
static int describe(struct address_space *as, vaddr_t start, vaddr_t end, struct vm_map_request *r)
{
    const struct vm_area *first = vm_area_find(as, start), *a = first;

    if (!first || first->start > start || !(first->flags & AREA_SHARED) || !first->object)
        return -EINVAL;
    for (; a->end < end; a = vm_area_next(a)) {
        const struct vm_area *next = vm_area_next(a);

        if (!next || next->start != a->end || next->object != first->object || next->flags != first->flags || next->prot != first->prot)
            return -EINVAL;
    }
    r->prot = first->prot;
    r->may_write = first->flags & AREA_MAY_WRITE;
    if (first->flags & AREA_LOCKED)
        r->flags |= MAP_LOCKED;
    r->object = vm_object_get(first->object);
    r->file = first->file;
    vm_file_get(r->file);
    return 0;
}

int vm_remap_file_pages(struct address_space *as, vaddr_t addr, size_t length, int prot, uint64_t page_offset, int flags)
{
    struct vm_map_request r = {.addr = ALIGN_DOWN(addr, PAGE_SIZE), .length = ALIGN_DOWN(length, PAGE_SIZE)};
    long at;
    int err;

    if (prot || r.addr + r.length <= r.addr || page_offset + PAGES(r.length) < page_offset)
        return -EINVAL;
    r.flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE | (flags & MAP_NONBLOCK);
    r.offset = page_offset << PAGE_SHIFT;
    if (PAGES(r.offset) != page_offset)
        return -EOVERFLOW;
    rwlock_read_lock(&as->lock);
    err = describe(as, r.addr, r.addr + r.length, &r);
    rwlock_read_unlock(&as->lock);
    if (err)
        return err;
    at = vm_map(as, &r);
    vm_object_put(r.object);
    vm_file_put(r.file);
    return at < 0 ? (int)at : 0;
}

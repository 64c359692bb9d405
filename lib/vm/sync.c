// SPDX-License-Identifier: BSD-3-Clause
// msync and mincore.

#include "space_private.h"
#include <abi/mman.h>
#include <arch/uaccess.h>
#include <errno.h>

/* Write back what [from, to) of one area maps. The lock is not held. */
static int sync_object(struct vm_object *o, uint64_t from, uint64_t to)
{
    int err = page_cache_sync(o, from, to);

    vm_object_put(o);
    return err;
}

int vm_sync(struct address_space *as, vaddr_t addr, size_t length, int flags)
{
    vaddr_t end = addr + ALIGN_UP(length, PAGE_SIZE);
    bool hole = false;

    if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || addr % PAGE_SIZE || ((flags & MS_ASYNC) && (flags & MS_SYNC)))
        return -EINVAL;
    if (end < addr)
        return -ENOMEM;
    for (vaddr_t at = addr; at < end;) {
        struct vm_object *o = NULL;
        const struct vm_area *a;
        uint64_t from = 0;
        vaddr_t stop;
        int err = 0;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, at);
        if (!a || a->start >= end) {
            rwlock_read_unlock(&as->lock);
            return -ENOMEM;
        }
        if (a->start > at) {
            hole = true;
            at = a->start;
        }
        stop = min(a->end, end);
        if ((flags & MS_INVALIDATE) && (a->flags & AREA_LOCKED))
            err = -EBUSY;
        if (!err && (flags & MS_SYNC) && a->object && (a->flags & AREA_SHARED)) {
            from = (a->page_offset << PAGE_SHIFT) + (at - a->start);
            o = vm_object_get(a->object);
        }
        rwlock_read_unlock(&as->lock);
        if (o)
            err = sync_object(o, from, from + (stop - at));
        if (err)
            return err;
        at = stop;
    }
    return hole ? -ENOMEM : 0;
}

enum { VEC_CHUNK = 256 };

static bool object_has(struct vm_object *o, uint64_t index)
{
    struct frame *page = page_cache_peek(o, index);

    if (page)
        frame_put(page);
    return page;
}

/* One byte a page for up to VEC_CHUNK pages from @at. Return: how many; -ENOMEM if @at is not mapped. */
static int incore_chunk(struct address_space *as, vaddr_t at, vaddr_t end, unsigned char *vec)
{
    int n = 0;

    rwlock_read_lock(&as->lock);
    for (; at < end && n < VEC_CHUNK; at += PAGE_SIZE, n++) {
        const struct vm_area *a = vm_area_find(as, at);
        unsigned level;
        bool resident;

        if (!a || a->start > at) {
            n = n ? n : -ENOMEM;
            break;
        }
        resident = (a->flags & AREA_IMAGE) || pt_lookup(as, at, &level);
        if (!resident && a->object)
            resident = object_has(a->object, a->page_offset + PAGES(at - a->start));
        vec[n] = resident;
    }
    rwlock_read_unlock(&as->lock);
    return n;
}

int vm_incore(struct address_space *as, vaddr_t addr, size_t length, unsigned char *user_vec)
{
    unsigned char vec[VEC_CHUNK];
    vaddr_t end;

    if (addr % PAGE_SIZE)
        return -EINVAL;
    if (addr > USER_TOP || length > USER_TOP - addr)
        return -ENOMEM;
    end = addr + ALIGN_UP(length, PAGE_SIZE);
    if (!user_range_ok(user_vec, PAGES(end - addr)))
        return -EFAULT;
    while (addr < end) {
        int n = incore_chunk(as, addr, end, vec);

        if (n < 0)
            return n;
        if (copy_out(user_vec, vec, (size_t)n)) /* may fault: the lock is not held */
            return -EFAULT;
        user_vec += n;
        addr += (vaddr_t)n << PAGE_SHIFT;
    }
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// madvise: what the program says about its use of memory.

#include "space_private.h"
#include <abi/mman.h>
#include <errno.h>

static bool is_known(int advice)
{
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_DONTNEED_LOCKED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_COLLAPSE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
        return true;
    default:
        return false;
    }
}

bool vm_advise_foreign(int advice)
{
    return advice == MADV_COLD || advice == MADV_PAGEOUT || advice == MADV_WILLNEED || advice == MADV_COLLAPSE;
}

/* The area's flags after @advice; -EINVAL if it does not fit the area. */
static int64_t advised_flags(const struct vm_area *a, int advice)
{
    uint32_t f = a->flags;

    switch (advice) {
    case MADV_DONTFORK:
        return f | AREA_DONTFORK;
    case MADV_DOFORK:
        return a->object && a->object->ops && a->object->ops->map_device ? -EINVAL : (int64_t)(f & ~(uint32_t)AREA_DONTFORK);
    case MADV_WIPEONFORK:
        return a->object || (f & AREA_SHARED) ? -EINVAL : (int64_t)(f | AREA_WIPEONFORK);
    case MADV_KEEPONFORK:
        return f & ~(uint32_t)AREA_WIPEONFORK;
    case MADV_DONTDUMP:
        return f | AREA_DONTDUMP;
    case MADV_DODUMP:
        return f & ~(uint32_t)AREA_DONTDUMP;
    case MADV_HUGEPAGE:
        return (f & ~(uint32_t)AREA_NO_HUGE) | AREA_HUGE_HINT;
    case MADV_NOHUGEPAGE:
        return (f & ~(uint32_t)AREA_HUGE_HINT) | AREA_NO_HUGE;
    default:
        return f;
    }
}

static bool changes_flags(int advice)
{
    switch (advice) {
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
        return true;
    default:
        return false;
    }
}

static int set_flags(struct vm_area *a, vaddr_t start, vaddr_t end, int advice)
{
    int64_t flags = advised_flags(a, advice);
    int err;

    if (flags < 0)
        return (int)flags;
    if ((uint32_t)flags == a->flags)
        return 0;
    if (a->start < start) {
        if ((err = vm_area_split(a, start)))
            return err == -ENOMEM ? -EAGAIN : err;
        a = vm_area_next(a);
    }
    if (a->end > end && (err = vm_area_split(a, end)))
        return err == -ENOMEM ? -EAGAIN : err;
    vm_area_change(a, a->prot, (uint32_t)flags);
    vm_area_merge(a);
    return 0;
}

static bool is_device(const struct vm_area *a)
{
    return a->object && a->object->ops && a->object->ops->map_device;
}

/* Advice that acts on pages of one area, lock held for writing. */
static int act(struct vm_area *a, vaddr_t start, vaddr_t end, int advice)
{
    switch (advice) {
    case MADV_DONTNEED:
    case MADV_DONTNEED_LOCKED:
        if (is_device(a) || ((a->flags & AREA_LOCKED) && advice == MADV_DONTNEED))
            return -EINVAL;
        if (!(a->flags & AREA_IMAGE)) /* its pages could not come back */
            vm_zap(a->as, start, end);
        return 0;
    case MADV_FREE:
        if (a->object || (a->flags & (AREA_SHARED | AREA_IMAGE)))
            return -EINVAL;
        vm_zap(a->as, start, end);
        return 0;
    case MADV_COLD:
    case MADV_PAGEOUT:
        return is_device(a) || (a->flags & AREA_LOCKED) ? -EINVAL : 0;
    default:
        return 0;
    }
}

static int advise_locked(struct address_space *as, vaddr_t start, vaddr_t end, int advice)
{
    bool hole = false;
    vaddr_t at = start;

    while (at < end) {
        struct vm_area *a = vm_area_find(as, at);
        vaddr_t stop;
        int err;

        if (!a || a->start >= end) {
            hole = true;
            break;
        }
        if (a->start > at) {
            hole = true;
            at = a->start;
        }
        stop = min(a->end, end);
        err = changes_flags(advice) ? set_flags(a, at, stop, advice) : act(a, at, stop, advice);
        if (err)
            return err;
        at = stop;
    }
    return hole ? -ENOMEM : 0;
}

/* MADV_POPULATE_READ, MADV_POPULATE_WRITE */
static int populate(struct address_space *as, vaddr_t start, vaddr_t end, bool write)
{
    for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
        struct vm_fault_result result;
        const struct vm_area *a;
        bool missing, refused;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, va);
        missing = !a || a->start > va;
        refused = !missing && (is_device(a) || !(a->prot & (write ? PROT_WRITE : PROT_READ | PROT_WRITE | PROT_EXEC)));
        rwlock_read_unlock(&as->lock);
        if (missing)
            return -ENOMEM;
        if (refused)
            return -EINVAL;
        if (!vm_fault(as, va, write ? VM_WRITE : VM_READ, &result))
            return result.no_memory ? -ENOMEM : -EFAULT;
    }
    return 0;
}

/* MADV_REMOVE: punch a hole into the object behind a shared, writable mapping. Holds no lock while the pager may run. */
static int remove_backing(struct address_space *as, vaddr_t start, vaddr_t end)
{
    bool hole = false;

    for (vaddr_t at = start; at < end;) {
        struct vm_object *o = NULL;
        const struct vm_area *a;
        uint64_t from = 0;
        vaddr_t stop = 0;
        int err = 0;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, at);
        if (a && a->start > at) {
            hole = true;
            at = a->start;
        }
        if (!a || at >= end)
            err = -ENOMEM;
        else if ((a->flags & AREA_LOCKED) || !a->object || is_device(a))
            err = -EINVAL;
        else if ((a->flags & (AREA_SHARED | AREA_MAY_WRITE)) != (AREA_SHARED | AREA_MAY_WRITE))
            err = -EACCES;
        if (!err) {
            stop = min(a->end, end);
            from = (a->page_offset << PAGE_SHIFT) + (at - a->start);
            o = vm_object_get(a->object);
        }
        rwlock_read_unlock(&as->lock);
        if (err)
            return err;
        err = page_cache_punch(o, from, from + (stop - at));
        vm_object_put(o);
        if (err)
            return err;
        at = stop;
    }
    return hole ? -ENOMEM : 0;
}

int vm_advise(struct address_space *as, vaddr_t addr, size_t length, int advice)
{
    size_t span = ALIGN_UP(length, PAGE_SIZE);
    vaddr_t end = addr + span;
    int err;

    if (!is_known(advice) || addr % PAGE_SIZE || (length && !span) || end < addr)
        return -EINVAL;
    if (span == 0)
        return 0;
    if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
        return populate(as, addr, end, advice == MADV_POPULATE_WRITE);
    if (advice == MADV_REMOVE)
        return remove_backing(as, addr, end);
    rwlock_write_lock(&as->lock);
    err = advise_locked(as, addr, end, advice);
    rwlock_write_unlock(&as->lock);
    return err;
}

// SPDX-License-Identifier: BSD-3-Clause
// mlock and its kin: memory that must stay resident.

/* Nothing private is ever paged out, so locking means: bring the pages now (unless on fault), count them, and refuse to drop them. */

#include "space_private.h"
#include <abi/mman.h>
#include <errno.h>

enum { LOCK_FLAGS = AREA_LOCKED | AREA_LOCK_ONFAULT };

static int set_lock(struct address_space *as, vaddr_t start, vaddr_t end, uint32_t lock_flags)
{
    for (vaddr_t at = start; at < end;) {
        struct vm_area *a = vm_area_find(as, at);
        vaddr_t stop;

        if (!a || a->start > at)
            return -ENOMEM;
        stop = min(a->end, end);
        if ((a->flags & LOCK_FLAGS) != lock_flags) {
            if ((a->start < at || a->end > stop) && as->n_areas + 1 >= as->limits.max_map_count)
                return -ENOMEM;
            if (a->start < at) {
                if (vm_area_split(a, at))
                    return -ENOMEM;
                a = vm_area_next(a);
            }
            if (a->end > stop && vm_area_split(a, stop))
                return -ENOMEM;
            vm_area_change(a, a->prot, (a->flags & ~(uint32_t)LOCK_FLAGS) | lock_flags);
            vm_area_merge(a);
        }
        at = stop;
    }
    return 0;
}

static int page_range(vaddr_t addr, size_t length, vaddr_t *start, vaddr_t *end)
{
    *start = ALIGN_DOWN(addr, PAGE_SIZE);
    *end = *start + ALIGN_UP(length + addr % PAGE_SIZE, PAGE_SIZE);
    return *end < *start ? -EINVAL : 0;
}

static uint64_t locked_inside(struct address_space *as, vaddr_t start, vaddr_t end)
{
    uint64_t pages = 0;

    for (const struct vm_area *a = vm_area_find(as, start); a && a->start < end; a = vm_area_next(a)) {
        if (a->flags & AREA_LOCKED)
            pages += PAGES(min(a->end, end) - max(a->start, start));
    }
    return pages;
}

int vm_lock(struct address_space *as, vaddr_t addr, size_t length, int flags)
{
    vaddr_t start, end;
    uint64_t wanted;
    int err;

    if (flags & ~MLOCK_ONFAULT)
        return -EINVAL;
    if (as->limits.memlock_bytes == 0)
        return -EPERM;
    if ((err = page_range(addr, length, &start, &end)))
        return err;
    if (start == end)
        return 0;
    rwlock_write_lock(&as->lock);
    wanted = as->locked_pages + PAGES(end - start);
    if (wanted > PAGES(as->limits.memlock_bytes))
        wanted -= locked_inside(as, start, end);
    err = wanted > PAGES(as->limits.memlock_bytes)
              ? -ENOMEM
              : set_lock(as, start, end, AREA_LOCKED | (flags & MLOCK_ONFAULT ? AREA_LOCK_ONFAULT : 0));
    rwlock_write_unlock(&as->lock);
    if (err || (flags & MLOCK_ONFAULT))
        return err;
    err = vm_populate(as, start, end, true);
    return err == -ENOMEM ? -EAGAIN : err ? -ENOMEM : 0; /* as on Linux: out of memory, and pages that cannot come */
}

int vm_unlock(struct address_space *as, vaddr_t addr, size_t length)
{
    vaddr_t start, end;
    int err = page_range(addr, length, &start, &end);

    if (err || start == end)
        return err;
    rwlock_write_lock(&as->lock);
    err = set_lock(as, start, end, 0);
    rwlock_write_unlock(&as->lock);
    return err;
}

static void lock_each(struct address_space *as, uint32_t lock_flags)
{
    struct vm_area *a;

    for (vaddr_t at = 0; (a = vm_area_find(as, at)); at = a->end) {
        if ((a->flags & LOCK_FLAGS) == lock_flags)
            continue;
        vm_area_change(a, a->prot, (a->flags & ~(uint32_t)LOCK_FLAGS) | lock_flags);
        a = vm_area_merge(a);
    }
}

/* Bring in every area; what is not accessible is left out, as on Linux. */
static void populate_all(struct address_space *as)
{
    vaddr_t at = 0;

    for (;;) {
        vaddr_t start, end;
        const struct vm_area *a;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, at);
        start = a ? a->start : 0;
        end = a ? a->end : 0;
        rwlock_read_unlock(&as->lock);
        if (!end)
            return;
        (void)!vm_populate(as, start, end, true);
        at = end;
    }
}

int vm_lock_all(struct address_space *as, int flags)
{
    uint32_t lock_flags = AREA_LOCKED | (flags & MCL_ONFAULT ? AREA_LOCK_ONFAULT : 0);
    int err = 0;

    if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
        return -EINVAL;
    if (as->limits.memlock_bytes == 0)
        return -EPERM;
    rwlock_write_lock(&as->lock);
    if ((flags & MCL_CURRENT) && as->mapped_pages > PAGES(as->limits.memlock_bytes)) {
        err = -ENOMEM;
    } else {
        as->lock_future = flags & MCL_FUTURE;
        as->lock_future_onfault = (flags & MCL_FUTURE) && (flags & MCL_ONFAULT);
        if (flags & MCL_CURRENT)
            lock_each(as, lock_flags);
    }
    rwlock_write_unlock(&as->lock);
    if (!err && (flags & MCL_CURRENT) && !(flags & MCL_ONFAULT))
        populate_all(as);
    return err;
}

int vm_unlock_all(struct address_space *as)
{
    rwlock_write_lock(&as->lock);
    as->lock_future = as->lock_future_onfault = false;
    lock_each(as, 0);
    rwlock_write_unlock(&as->lock);
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// The program break.

#include "space_private.h"
#include <errno.h>

void vm_set_brk_start(struct address_space *as, vaddr_t start)
{
    rwlock_write_lock(&as->lock);
    as->brk_start = as->brk = start;
    rwlock_write_unlock(&as->lock);
}

/* Grow by [old, fresh), page aligned. Return: success. */
static bool grow(struct address_space *as, vaddr_t old, vaddr_t fresh)
{
    uint64_t pages = PAGES(fresh - old);
    struct vm_area *a;

    if (fresh > USER_TOP || !vm_range_is_free(as, old, fresh - old + PAGE_SIZE))
        return false;
    if (!vm_may_map(as, pages, true) || as->n_areas >= as->limits.max_map_count || pages > frame_total_pages())
        return false;
    if (as->lock_future && as->locked_pages + pages > PAGES(as->limits.memlock_bytes))
        return false;
    a = vm_area_create(as, old, fresh);
    if (!a)
        return false;
    a->prot = PROT_READ | PROT_WRITE;
    a->flags = AREA_MAY_WRITE | (as->lock_future ? AREA_LOCKED : 0);
    vm_area_insert(as, a);
    return true;
}

long vm_brk(struct address_space *as, vaddr_t fresh)
{
    vaddr_t old_page, fresh_page;
    bool populate = false;
    long result;

    rwlock_write_lock(&as->lock);
    old_page = ALIGN_UP(as->brk, PAGE_SIZE);
    fresh_page = ALIGN_UP(fresh, PAGE_SIZE);
    if (as->brk_start && fresh >= as->brk_start && fresh_page >= fresh &&
        fresh - as->brk_start <= as->limits.data_bytes) {
        if (fresh_page == old_page) {
            as->brk = fresh;
        } else if (fresh_page < old_page) {
            if (vm_unmap_locked(as, fresh_page, old_page) == 0)
                as->brk = fresh;
        } else if (grow(as, old_page, fresh_page)) {
            as->brk = fresh;
            populate = as->lock_future && !as->lock_future_onfault;
        }
    }
    result = (long)as->brk;
    rwlock_write_unlock(&as->lock);
    if (populate)
        (void)!vm_populate(as, old_page, fresh_page, true);
    return result;
}

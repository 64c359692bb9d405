// SPDX-License-Identifier: BSD-3-Clause
// Changing what may be done with mapped memory.

#include "space_private.h"
#include <abi/mman.h>
#include <errno.h>

struct change {
    struct tlb_batch batch;
    const struct vm_area *area;
};

/* May the CPU write the page without a fault under the new protection? Only what could be written all along, or is private to us. */
static bool stays_writable(const struct vm_area *a, arch_pte_t e)
{
    const struct frame *f;

    if (!(a->prot & PROT_WRITE))
        return false;
    if (e & PTE_DEVICE)
        return true;
    f = pte_frame(e);
    return f && !(f->flags & FRAME_FLAG_CACHED) && frame_refs(f) == 1;
}

static int change_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    struct change *c = ctx;
    arch_pte_t old = atomic_load_relaxed(entry), fresh;

    do {
        const uint64_t keep = ARCH_PTE_ADDRESS | ARCH_PTE_LARGE | PTE_DEVICE | ARCH_PTE_UNCACHED | ARCH_PTE_WRITE_THROUGH |
                              ARCH_PTE_GLOBAL;

        if (!old)
            return 0;
        fresh = (old & keep) | pte_bits(c->area, stays_writable(c->area, old));
    } while (!atomic_cmpxchg(entry, &old, fresh));
    if ((old & ARCH_PTE_PRESENT) && old != fresh)
        tlb_batch_range(&c->batch, va, va + (level == 2 ? HUGE_PAGE_SIZE : PAGE_SIZE));
    return 0;
}

static void change_pages(struct vm_area *a)
{
    struct change c = {.area = a};

    tlb_batch_init(&c.batch, a->as);
    pt_walk(a->as, a->start, a->end, change_entry, &c);
    tlb_batch_finish(&c.batch);
}

static int check_area(const struct vm_area *a, int prot)
{
    bool becomes_data = (prot & PROT_WRITE) && !(a->prot & PROT_WRITE) &&
                        !(a->flags & (AREA_SHARED | AREA_STACK | AREA_GROWSDOWN));
    uint64_t pages = PAGES(a->end - a->start);

    if ((prot & PROT_WRITE) && (a->flags & AREA_SHARED) && !(a->flags & AREA_MAY_WRITE))
        return -EACCES;
    if (becomes_data && a->as->data_pages + pages > PAGES(a->as->limits.data_bytes))
        return -ENOMEM;
    return 0;
}

/* One area, or the part of it inside [start, end). *@done: the area that holds the end of what was changed. */
static int protect_area(struct vm_area *a, vaddr_t start, vaddr_t end, int prot, struct vm_area **done)
{
    struct address_space *as = a->as;
    int err = 0;

    *done = a;
    if (a->prot == prot)
        return 0;
    if ((err = check_area(a, prot)))
        return err;
    if ((a->start < start || a->end > end) && as->n_areas + 1 >= as->limits.max_map_count)
        return -ENOMEM;
    if (a->start < start) {
        if ((err = vm_area_split(a, start)))
            return err;
        a = vm_area_next(a);
    }
    if (a->end > end && (err = vm_area_split(a, end)))
        return err;
    vm_area_change(a, prot, a->flags);
    change_pages(a);
    *done = vm_area_merge(a);
    return 0;
}

static int protect_locked(struct address_space *as, vaddr_t start, vaddr_t end, int prot, int grows)
{
    struct vm_area *a = vm_area_find(as, start);
    vaddr_t at;

    if (!a || a->start >= end)
        return -ENOMEM;
    if (grows & PROT_GROWSDOWN) {
        if (a->start > start && a->start >= end)
            return -ENOMEM;
        start = a->start;
        if (!(a->flags & AREA_GROWSDOWN))
            return -EINVAL;
    } else if (a->start > start) {
        return -ENOMEM;
    } else if (grows & PROT_GROWSUP) {
        return -EINVAL;
    }
    for (at = start; at < end;) {
        int err;

        if (!a || a->start > at)
            return -ENOMEM;
        at = min(a->end, end);
        err = protect_area(a, start, end, prot, &a);
        if (err)
            return err;
        a = vm_area_find(as, at);
    }
    return 0;
}

int vm_protect(struct address_space *as, vaddr_t addr, size_t length, int prot)
{
    int grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
    vaddr_t end;
    int err;

    prot &= ~grows;
    if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || addr % PAGE_SIZE)
        return -EINVAL;
    if (length == 0)
        return 0;
    end = addr + ALIGN_UP(length, PAGE_SIZE);
    if (end <= addr)
        return -ENOMEM;
    if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
        return -EINVAL;
    rwlock_write_lock(&as->lock);
    err = protect_locked(as, addr, end, prot & (PROT_READ | PROT_WRITE | PROT_EXEC), grows);
    rwlock_write_unlock(&as->lock);
    return err;
}

// SPDX-License-Identifier: BSD-3-Clause
// Taking pages and areas out of an address space.

#include "space_private.h"
#include <base/panic.h>
#include <errno.h>

/* Large page heads carry the table a split would have used. */
static void drop_leaf(struct tlb_batch *batch, arch_pte_t e, vaddr_t va, unsigned level)
{
    struct frame *f = pte_frame(e);

    if (e & ARCH_PTE_PRESENT)
        tlb_batch_range(batch, va, va + (level == 2 ? HUGE_PAGE_SIZE : PAGE_SIZE));
    if (!f)
        return;
    atomic_sub_relaxed(&batch->as->resident_pages, level == 2 ? ARCH_PT_ENTRIES : 1);
    if (level == 2) {
        struct frame *table = f->private;

        f->private = NULL;
        if (table)
            frame_put(table);
    }
    tlb_batch_frame(batch, f);
}

static int zap_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    arch_pte_t e = atomic_exchange(entry, (arch_pte_t)0);

    if (e)
        drop_leaf(ctx, e, va, level);
    return 0;
}

void vm_zap(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct tlb_batch batch;

    tlb_batch_init(&batch, as);
    pt_walk(as, start, end, zap_entry, &batch);
    tlb_batch_finish(&batch);
}

/* A table that serves nothing any more is kept, as programs map and unmap in turns; but only one: the one before goes. */
static void keep_idle_table(struct address_space *as, vaddr_t at)
{
    vaddr_t old = as->idle_table;

    if (old == at)
        return;
    as->idle_table = at;
    if (old && vm_range_is_free(as, old, HUGE_PAGE_SIZE))
        pt_free_tables(as, old, old + HUGE_PAGE_SIZE);
}

/* [start, end) was unmapped, @next lies behind: free the tables that serve nothing any more. */
static void free_tables_around(struct address_space *as, const struct vm_area *next, vaddr_t start, vaddr_t end)
{
    const vaddr_t first = ALIGN_DOWN(start, HUGE_PAGE_SIZE);
    const struct vm_area *prev;
    vaddr_t low, high;

    if (end - start < HUGE_PAGE_SIZE && next && next->start < first + HUGE_PAGE_SIZE)
        return;
    prev = next ? vm_area_prev(next) : NULL;
    if (!next) {
        struct rb_node *last = rb_last(&as->areas);

        prev = last ? rb_entry(last, struct vm_area, node) : NULL;
    }
    if (end - start < HUGE_PAGE_SIZE) {
        if (!prev || prev->end <= first)
            keep_idle_table(as, first);
        return;
    }
    low = max(prev ? prev->end : USER_BOTTOM, ALIGN_DOWN(start, HUGE_PAGE_SIZE));
    high = min(next ? next->start : USER_TOP, ALIGN_UP(end, HUGE_PAGE_SIZE));
    pt_free_tables(as, low, high);
}

/* The areas are whole: drop them and their pages. Return: the area behind. */
static struct vm_area *remove_areas(struct vm_area *a, vaddr_t end)
{
    while (a && a->start < end) {
        struct vm_area *next = vm_area_next(a);

        if (a->touched || (a->flags & AREA_IMAGE))
            vm_zap(a->as, a->start, a->end);
        vm_area_remove(a);
        a = next;
    }
    return a;
}

/* The range is one end of @a: it becomes smaller. Return: the area behind the hole, or NULL. */
static struct vm_area *cut_end(struct vm_area *a, vaddr_t start, vaddr_t end)
{
    if (a->touched || (a->flags & AREA_IMAGE))
        vm_zap(a->as, start, end);
    if (a->start == start) {
        vm_area_resize(a, end, a->end);
        return a;
    }
    vm_area_resize(a, a->start, start);
    return vm_area_next(a);
}

static bool is_end_of(const struct vm_area *a, vaddr_t start, vaddr_t end)
{
    return !(a->flags & AREA_HUGETLB) && ((a->start == start && a->end > end) || (a->start < start && a->end == end));
}

int vm_unmap_locked(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct vm_area *a = vm_area_find(as, start);
    int err;

    if (!a || a->start >= end)
        return 0;
    if (is_end_of(a, start, end)) {
        a = cut_end(a, start, end);
        if (start >= as->placed_low)
            as->hole_end = a ? min(a->start, as->mmap_top) : as->mmap_top;
        free_tables_around(as, a, start, end);
        return 0;
    }
    if (a->start < start || a->end != end) {
        /* cutting a hole into one area makes one more */
        if (a->start < start && a->end > end && as->n_areas >= as->limits.max_map_count)
            return -ENOMEM;
        if ((err = vm_range_isolate(as, start, end)))
            return err;
        a = vm_area_find(as, start);
    }
    a = remove_areas(a, end);
    if (start >= as->placed_low) /* a hole among mappings whose place we chose */
        as->hole_end = a ? min(a->start, as->mmap_top) : as->mmap_top;
    free_tables_around(as, a, start, end);
    return 0;
}

int vm_unmap(struct address_space *as, vaddr_t addr, size_t length)
{
    int err;

    if (addr % PAGE_SIZE || addr > USER_TOP || length > USER_TOP - addr || length == 0)
        return -EINVAL;
    length = ALIGN_UP(length, PAGE_SIZE);
    rwlock_write_lock(&as->lock);
    err = vm_unmap_locked(as, addr, addr + length);
    rwlock_write_unlock(&as->lock);
    return err;
}

// SPDX-License-Identifier: BSD-3-Clause
// mremap: growing, shrinking and moving mappings with their pages.

#include "space_private.h"
#include <abi/mman.h>
#include <base/overflow.h>
#include <errno.h>

struct remap {
    struct address_space *as;
    vaddr_t old, fresh;
    size_t old_length, new_length; /* page multiples */
    int flags;
};

struct move {
    struct tlb_batch batch;
    struct address_space *as;
    int64_t distance;
};

/* Frames change their entry, not their owner. If a table for the new place is missing the page is lost to the caller: so it is made before. */
static int move_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    struct move *m = ctx;
    vaddr_t to = va + (uint64_t)m->distance;
    arch_pte_t *target;
    unsigned target_level;

    if (level == 2 && to % HUGE_PAGE_SIZE == 0) {
        target = pt_huge_entry(m->as, to);
        if (!target)
            return -ENOMEM;
        if (*target == 0) {
            *target = atomic_exchange(entry, (arch_pte_t)0);
            tlb_batch_range(&m->batch, va, va + HUGE_PAGE_SIZE);
            return 0;
        }
    }
    if (level == 2) {
        pt_split(m->as, entry, va);
        return pt_walk(m->as, va, va + HUGE_PAGE_SIZE, move_entry, ctx);
    }
    target = pt_entry(m->as, to, &target_level);
    if (!target)
        return -ENOMEM;
    *target = atomic_exchange(entry, (arch_pte_t)0);
    tlb_batch_range(&m->batch, va, va + PAGE_SIZE);
    return 0;
}

static int move_pages(struct address_space *as, vaddr_t from, size_t length, vaddr_t to)
{
    struct move m = {.as = as, .distance = (int64_t)(to - from)};
    int err;

    tlb_batch_init(&m.batch, as);
    err = pt_walk(as, from, from + length, move_entry, &m);
    tlb_batch_finish(&m.batch);
    return err;
}

static bool limits_allow(const struct remap *r, const struct vm_area *a, uint64_t more_pages, int *err)
{
    bool data = (a->prot & PROT_WRITE) && !(a->flags & (AREA_SHARED | AREA_STACK | AREA_GROWSDOWN));

    *err = -ENOMEM;
    if ((a->flags & AREA_LOCKED) && r->as->locked_pages + more_pages > PAGES(r->as->limits.memlock_bytes)) {
        *err = -EAGAIN;
        return false;
    }
    return vm_may_map(r->as, more_pages, data) && (!data || more_pages <= frame_total_pages());
}

/* A copy of @a's description for [start, start + length). */
static struct vm_area *clone_area(const struct vm_area *a, vaddr_t old, vaddr_t start, size_t length)
{
    struct vm_area *b = vm_area_create(a->as, start, start + length);

    if (!b)
        return NULL;
    b->prot = a->prot;
    b->flags = a->flags;
    b->touched = true;
    if (a->object) {
        b->object = vm_object_get(a->object);
        b->page_offset = a->page_offset + PAGES(old - a->start);
    }
    b->file = a->file;
    vm_file_get(b->file);
    return b;
}

/* Move @a's part [old, old + old_length) to @to, which is free. */
static long move_area(struct remap *r, struct vm_area *a, vaddr_t to)
{
    struct address_space *as = r->as;
    struct vm_area *b;
    int err;

    if (as->n_areas + 2 >= as->limits.max_map_count)
        return -ENOMEM;
    b = clone_area(a, r->old, to, r->new_length);
    if (!b)
        return -ENOMEM;
    vm_area_insert(as, b);
    err = r->old_length ? move_pages(as, r->old, min(r->old_length, r->new_length), to) : 0;
    if (err) {
        move_pages(as, to, r->new_length, r->old); /* the tables of the old place exist */
        (void)!vm_unmap_locked(as, to, to + r->new_length);
        return err;
    }
    if (r->flags & MREMAP_DONTUNMAP) {
        a = vm_area_find(as, r->old);
        if (a->flags & AREA_LOCKED) {
            if (vm_range_isolate(as, r->old, r->old + r->old_length))
                return (long)to;
            a = vm_area_find(as, r->old);
            vm_area_change(a, a->prot, a->flags & ~(uint32_t)(AREA_LOCKED | AREA_LOCK_ONFAULT));
        }
    } else if (r->old_length) {
        (void)!vm_unmap_locked(as, r->old, r->old + r->old_length);
    }
    return (long)to;
}

/* The area that holds the whole old range. */
static int find_area(const struct remap *r, struct vm_area **out)
{
    struct vm_area *a = vm_area_find(r->as, r->old);
    uint64_t offset;

    if (!a || a->start > r->old)
        return -EFAULT;
    if (r->old_length == 0 && !(a->flags & AREA_SHARED))
        return -EINVAL;
    if ((r->flags & MREMAP_DONTUNMAP) && (a->flags & (AREA_IMAGE | AREA_VDSO)))
        return -EINVAL;
    if ((a->flags & AREA_HUGETLB) && (r->old | r->fresh | r->old_length | r->new_length) % HUGE_PAGE_SIZE)
        return -EINVAL;
    if (r->old_length > a->end - r->old)
        return -EFAULT;
    if (a->object) {
        offset = a->page_offset + PAGES(r->old - a->start);
        if (offset + PAGES(r->new_length) < offset)
            return -EINVAL;
    }
    if ((a->flags & AREA_IMAGE) && r->new_length > r->old_length)
        return -EFAULT;
    *out = a;
    return 0;
}

static int check_fixed(const struct remap *r)
{
    if (r->fresh % PAGE_SIZE || r->new_length > USER_TOP || r->fresh > USER_TOP - r->new_length)
        return -EINVAL;
    if (ranges_overlap(r->old, r->old_length, r->fresh, r->new_length))
        return -EINVAL;
    return r->fresh < USER_BOTTOM ? -EPERM : 0;
}

/* MREMAP_FIXED, or MREMAP_DONTUNMAP anywhere. */
static long remap_to(struct remap *r)
{
    struct vm_area *a;
    vaddr_t to = r->fresh;
    int err;

    if ((r->flags & MREMAP_FIXED) && (err = check_fixed(r)))
        return err;
    if ((err = find_area(&(struct remap){.as = r->as,
                                         .old = r->old,
                                         .fresh = r->fresh,
                                         .old_length = min(r->old_length, r->new_length),
                                         .new_length = r->new_length,
                                         .flags = r->flags},
                         &a)))
        return err;
    if (r->as->n_areas + 2 >= r->as->limits.max_map_count)
        return -ENOMEM;
    if ((r->flags & MREMAP_FIXED) && (err = vm_unmap_locked(r->as, to, to + r->new_length)))
        return err;
    if (r->old_length > r->new_length) {
        if ((err = vm_unmap_locked(r->as, r->old + r->new_length, r->old + r->old_length)))
            return err;
        r->old_length = r->new_length;
    }
    if ((err = find_area(r, &a)))
        return err;
    if (!limits_allow(r, a, PAGES(r->new_length) - (r->flags & MREMAP_DONTUNMAP ? 0 : PAGES(r->old_length)), &err))
        return err;
    if (!(r->flags & MREMAP_FIXED) && !(to = vm_place(r->as, r->fresh, r->new_length, 0, PAGE_SIZE)))
        return -ENOMEM;
    return move_area(r, a, to);
}

static bool can_expand(const struct remap *r, const struct vm_area *a)
{
    size_t more = r->new_length - r->old_length;

    return r->old + r->old_length == a->end && a->end <= USER_TOP - more && vm_range_is_free(r->as, a->end, more);
}

static long remap_here(struct remap *r)
{
    struct address_space *as = r->as;
    struct vm_area *a;
    vaddr_t to;
    int err;

    if (r->old_length >= r->new_length) {
        a = vm_area_find(as, r->old);
        if (!a || a->start > r->old)
            return -EFAULT;
        if (r->old_length > r->new_length && (err = vm_unmap_locked(as, r->old + r->new_length, r->old + r->old_length)))
            return err;
        return (long)r->old;
    }
    if ((err = find_area(r, &a)))
        return err;
    if (!limits_allow(r, a, PAGES(r->new_length - r->old_length), &err))
        return err;
    if (can_expand(r, a)) {
        vm_area_resize(a, a->start, r->old + r->new_length);
        vm_area_merge(a);
        return (long)r->old;
    }
    if (!(r->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    to = vm_place(as, 0, r->new_length, 0, a->flags & AREA_HUGETLB ? HUGE_PAGE_SIZE : PAGE_SIZE);
    return to ? move_area(r, a, to) : -ENOMEM;
}

static bool needs_populating(struct address_space *as, vaddr_t at)
{
    const struct vm_area *a = vm_area_find(as, at);

    return a && a->start <= at && (a->flags & AREA_LOCKED) && !(a->flags & AREA_LOCK_ONFAULT);
}

long vm_remap(struct address_space *as, vaddr_t old, size_t old_length, size_t new_length, int flags, vaddr_t fresh)
{
    struct remap r = {.as = as, .old = old, .fresh = fresh, .flags = flags};
    bool populate;
    long at;

    if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) ||
        ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE)) ||
        ((flags & MREMAP_DONTUNMAP) && ALIGN_UP(old_length, PAGE_SIZE) != ALIGN_UP(new_length, PAGE_SIZE)) ||
        old % PAGE_SIZE)
        return -EINVAL;
    r.old_length = ALIGN_UP(old_length, PAGE_SIZE);
    r.new_length = ALIGN_UP(new_length, PAGE_SIZE);
    if (r.new_length == 0)
        return -EINVAL;
    if (old > USER_TOP || r.old_length > USER_TOP - old)
        return -EFAULT;
    if (r.new_length > USER_TOP)
        return flags & MREMAP_FIXED ? -EINVAL : -ENOMEM;
    rwlock_write_lock(&as->lock);
    at = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? remap_to(&r) : remap_here(&r);
    populate = at > 0 && r.new_length > r.old_length && needs_populating(as, (vaddr_t)at);
    rwlock_write_unlock(&as->lock);
    if (populate)
        (void)!vm_populate(as, (vaddr_t)at + r.old_length, (vaddr_t)at + r.new_length, true);
    return at;
}

// SPDX-License-Identifier: BSD-3-Clause
// Finding and changing all page-table entries of an object's pages.

/*
 * The order of locks is space before object, so the object's list of mappings cannot be walked with its lock held while
 * spaces are locked. Instead one area at a time is looked at: its space is referenced under the object's lock, then locked;
 * areas may have changed by then, so the space is searched for areas that map the object. A space is visited once.
 */

#include "object_private.h"
#include <base/panic.h>
#include <mem/kalloc.h>

enum { SPACES_AT_ONCE = 16 };

typedef void visit_fn(struct address_space *as, vaddr_t start, vaddr_t end);

static void visit_space(struct address_space *as, struct vm_object *o, uint64_t first, uint64_t end, visit_fn *visit)
{
    rwlock_read_lock(&as->lock);
    for (struct rb_node *n = rb_first(&as->areas); n; n = rb_next(n)) {
        const struct vm_area *a = rb_entry(n, struct vm_area, node);
        uint64_t a_end = a->page_offset + PAGES(a->end - a->start);

        if (a->object != o || a_end <= first || a->page_offset >= end)
            continue;
        visit(as, a->start + ((max(first, a->page_offset) - a->page_offset) << PAGE_SHIFT),
              a->start + ((min(end, a_end) - a->page_offset) << PAGE_SHIFT));
    }
    rwlock_read_unlock(&as->lock);
}

/* Spaces that map the object, beyond the @skip first different ones. Return: how many. */
static unsigned collect_spaces(struct vm_object *o, unsigned skip, struct address_space **spaces)
{
    const struct address_space *last = NULL;
    struct vm_area *a;
    unsigned seen = 0, n = 0;

    mutex_lock(&o->lock);
    LIST_FOR_EACH(a, &o->mappings, object_link) {
        bool known = a->as == last;

        for (unsigned i = 0; i < n && !known; i++)
            known = spaces[i] == a->as;
        last = a->as;
        if (known || seen++ < skip)
            continue;
        if (n < SPACES_AT_ONCE && refcount_get_unless_zero(&a->as->refs))
            spaces[n++] = a->as;
    }
    mutex_unlock(&o->lock);
    return n;
}

static void for_each_mapping(struct vm_object *o, uint64_t first, uint64_t end, visit_fn *visit)
{
    struct address_space *spaces[SPACES_AT_ONCE];
    unsigned skip = 0, n;

    while ((n = collect_spaces(o, skip, spaces)) != 0) {
        for (unsigned i = 0; i < n; i++) {
            visit_space(spaces[i], o, first, end, visit);
            address_space_put(spaces[i]);
        }
        if (n < SPACES_AT_ONCE)
            break;
        skip += n;
    }
}

/* Can a thread that may hold any lock of this room itself go through the object's mappings? */
bool object_is_unlocked(struct vm_object *o)
{
    struct address_space *spaces[SPACES_AT_ONCE];
    bool free = true;
    unsigned n;

    if (!mutex_try_lock(&o->lock))
        return false;
    mutex_unlock(&o->lock);
    n = collect_spaces(o, 0, spaces);
    for (unsigned i = 0; i < n; i++) {
        bool got = rwlock_try_write_lock(&spaces[i]->lock);

        if (got)
            rwlock_write_unlock(&spaces[i]->lock);
        free = free && got;
        address_space_put(spaces[i]);
    }
    return free && n < SPACES_AT_ONCE;
}

struct zap {
    struct tlb_batch batch;
    bool private_too;
};

static int zap_cached_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    struct zap *zap = ctx;
    struct tlb_batch *batch = &zap->batch;
    arch_pte_t e = atomic_load_acquire(entry);
    struct frame *f = pte_frame(e);

    if (!f || level != 1 || !(zap->private_too || (f->flags & FRAME_FLAG_OBJECT)) || !atomic_cmpxchg(entry, &e, (arch_pte_t)0))
        return 0;
    atomic_sub_relaxed(&batch->as->resident_pages, 1);
    tlb_batch_range(batch, va, va + PAGE_SIZE);
    tlb_batch_frame(batch, f);
    return 0;
}

static void zap_range(struct address_space *as, vaddr_t start, vaddr_t end, bool private_too)
{
    struct zap zap = {.private_too = private_too};

    tlb_batch_init(&zap.batch, as);
    pt_walk(as, start, end, zap_cached_entry, &zap);
    tlb_batch_finish(&zap.batch);
}

/* A hole: private copies stay, they are the program's own. */
static void zap_shared(struct address_space *as, vaddr_t start, vaddr_t end)
{
    zap_range(as, start, end, false);
}

/* Beyond the end there is nothing, not even private copies. */
static void zap_all(struct address_space *as, vaddr_t start, vaddr_t end)
{
    zap_range(as, start, end, true);
}

void object_zap(struct vm_object *o, uint64_t first, uint64_t end, bool private_too)
{
    for_each_mapping(o, first, end, private_too ? zap_all : zap_shared);
}

/* Only what mlock() does not hold. */
static void zap_unlocked(struct address_space *as, vaddr_t start, vaddr_t end)
{
    const struct vm_area *a = vm_area_find(as, start);

    if (!(a->flags & AREA_LOCKED))
        zap_shared(as, start, end);
}

void object_unmap_unlocked(struct vm_object *o)
{
    for_each_mapping(o, 0, UINT64_MAX, zap_unlocked);
}

static int protect_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    struct tlb_batch *batch = ctx;
    arch_pte_t e = atomic_load_acquire(entry);
    struct frame *f = pte_frame(e);

    if (!f || level != 1 || !(f->flags & FRAME_FLAG_CACHED) || !arch_pte_writable(e))
        return 0;
    atomic_fetch_and(entry, ~(arch_pte_t)(ARCH_PTE_WRITE | ARCH_PTE_DIRTY));
    tlb_batch_range(batch, va, va + PAGE_SIZE);
    return 0;
}

static void protect_shared(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct tlb_batch batch;

    tlb_batch_init(&batch, as);
    pt_walk(as, start, end, protect_entry, &batch);
    tlb_batch_finish(&batch);
}

void object_protect(struct vm_object *o, uint64_t first, uint64_t end)
{
    for_each_mapping(o, first, end, protect_shared);
}

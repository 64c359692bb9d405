// SPDX-License-Identifier: BSD-3-Clause
// Address spaces: creation, references, limits, emptying.

/*
 * An address space is a tree of areas (area.c) over a set of page tables (page_table.c). The areas say what should be
 * there; the tables are a cache of that, filled by faults (fault.c) and by nothing else, except that the linked image is
 * mapped by the boot code and only announced here.
 *
 * Locks, outer to inner: space->lock (reader-writer, sleeping; writers change areas, readers fault), object->lock (mutex),
 * then spinlocks of lower rooms. No lock of this room is held while user memory is copied or a pager runs.
 */

#include "space_private.h"
#include <base/hash.h>
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>
#include <mem/kalloc.h>

void vm_areas_init(struct address_space *as);
void tlb_leave_everywhere(struct address_space *as);

/* Random bits in units of pages; stacks stand at the top, mappings begin a gap below. */
enum { MMAP_RANDOM_BITS = 28, STACK_GAP_PAGES = 32768 };

static struct address_space *(*current_hook)(void);

uint64_t vm_random(void)
{
    static uint64_t state;
    uint64_t fresh = 0;

    if (!cpu_hw_random(&fresh))
        fresh = cpu_cycles();
    return atomic_add(&state, hash_u64(fresh ^ cpu_cycles()) | 1) ^ hash_u64(fresh);
}

int address_space_create(const struct vm_limits *limits, struct address_space **out)
{
    struct address_space *as = kzalloc(sizeof(*as));
    int err;

    if (!as)
        return -ENOMEM;
    refcount_init(&as->refs, 1);
    rwlock_init(&as->lock);
    vm_areas_init(as);
    as->limits = *limits;
    as->mmap_top = USER_TOP - STACK_GAP_PAGES * PAGE_SIZE;
    if (limits->randomize)
        as->mmap_top -= (vm_random() & ((UINT64_C(1) << MMAP_RANDOM_BITS) - 1)) << PAGE_SHIFT;
    as->hole_end = as->placed_low = as->mmap_top;
    err = pt_create(as);
    if (err) {
        kfree(as);
        return err;
    }
    *out = as;
    return 0;
}

struct address_space *address_space_get(struct address_space *as)
{
    refcount_get(&as->refs);
    return as;
}

static void drop_areas(struct address_space *as, bool image_too)
{
    struct rb_node *n = rb_first(&as->areas);

    while (n) {
        struct vm_area *a = rb_entry(n, struct vm_area, node);

        n = rb_next(n);
        if (a->flags & AREA_IMAGE) {
            if (image_too)
                vm_area_remove(a);
            continue;
        }
        vm_zap(as, a->start, a->end);
        vm_area_remove(a);
    }
}

void address_space_put(struct address_space *as)
{
    if (!refcount_put(&as->refs))
        return;
    tlb_leave_everywhere(as);
    drop_areas(as, true);
    pt_destroy(as);
    kfree(as);
}

void vm_clear(struct address_space *as)
{
    rwlock_write_lock(&as->lock);
    drop_areas(as, false);
    pt_free_tables(as, 0, IMAGE_OFFSET);
    pt_free_tables(as, UINT64_C(1) << 32, USER_TOP);
    as->brk_start = as->brk = 0;
    as->lock_future = as->lock_future_onfault = false;
    rwlock_write_unlock(&as->lock);
}

void vm_set_current_hook(struct address_space *(*fn)(void))
{
    current_hook = fn;
}

struct address_space *vm_current(void)
{
    return current_hook ? current_hook() : NULL;
}

void address_space_set_limits(struct address_space *as, const struct vm_limits *l)
{
    rwlock_write_lock(&as->lock);
    as->limits = *l;
    rwlock_write_unlock(&as->lock);
}

bool vm_randomizes(const struct address_space *as)
{
    return as->limits.randomize;
}

int vm_add_image(struct address_space *as, vaddr_t start, size_t length, int prot, const char *name)
{
    struct vm_area *a;
    int err = 0;

    length = ALIGN_UP(length, PAGE_SIZE);
    if (start % PAGE_SIZE || length == 0)
        return -EINVAL;
    rwlock_write_lock(&as->lock);
    a = vm_range_is_free(as, start, length) ? vm_area_create(as, start, start + length) : NULL;
    if (a && name && !(a->name = kstrdup(name))) {
        vm_area_discard(a);
        a = NULL;
    }
    if (a) {
        a->prot = prot;
        a->flags = AREA_IMAGE | AREA_MAY_WRITE;
        vm_area_insert(as, a);
    } else {
        err = -ENOMEM;
    }
    rwlock_write_unlock(&as->lock);
    return err;
}

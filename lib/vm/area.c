// SPDX-License-Identifier: BSD-3-Clause
// The areas of an address space: a tree by address that also knows its holes.

/*
 * Each node summarises its subtree: first start, last end and the largest hole between two areas in it. All three follow
 * from the node and its children alone, so the red-black tree keeps them right by itself, and finding a hole of a given
 * size is a descent: a subtree is entered only if its own hole, or the hole between it and what surrounds it, is large
 * enough.
 *
 * Counts of mapped pages by kind follow the areas: every change of extent, protection or flags goes through
 * area_account().
 */

#include "space_private.h"
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>
#include <mem/kalloc.h>

static struct kmem_cache area_cache = KMEM_CACHE_INIT("vm_area", sizeof(struct vm_area), 0);
static const struct vm_file_ref_ops *file_ops;

static struct vm_area *of(const struct rb_node *node)
{
    return node ? rb_entry(node, struct vm_area, node) : NULL;
}

static bool summarise(struct rb_node *node)
{
    struct vm_area *a = of(node);
    const struct vm_area *l = of(node->left), *r = of(node->right);
    vaddr_t first = a->start, last = a->end;
    uint64_t gap = 0;
    bool changed;

    if (l) {
        first = l->sub_first;
        gap = max(l->sub_gap, a->start - l->sub_last);
    }
    if (r) {
        last = r->sub_last;
        gap = max(gap, max(r->sub_gap, r->sub_first - a->end));
    }
    changed = first != a->sub_first || last != a->sub_last || gap != a->sub_gap;
    a->sub_first = first;
    a->sub_last = last;
    a->sub_gap = gap;
    return changed;
}

void vm_areas_init(struct address_space *as);
void vm_areas_init(struct address_space *as)
{
    rb_root_init(&as->areas, summarise);
}

struct vm_area *vm_area_find(struct address_space *as, vaddr_t addr)
{
    struct vm_area *found = atomic_load_relaxed(&as->last_found);
    struct rb_node *node = as->areas.node;

    if (found && found->start <= addr && addr < found->end)
        return found;
    found = NULL;
    while (node) {
        struct vm_area *a = of(node);

        if (addr < a->end) {
            found = a;
            if (addr >= a->start)
                break;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    if (found)
        atomic_store_relaxed(&as->last_found, found);
    return found;
}

struct vm_area *vm_area_next(const struct vm_area *a)
{
    return of(rb_next(&a->node));
}

struct vm_area *vm_area_prev(const struct vm_area *a)
{
    return of(rb_prev(&a->node));
}

bool vm_range_is_free(struct address_space *as, vaddr_t start, size_t length)
{
    const struct vm_area *a = vm_area_find(as, start);

    return !a || a->start >= start + length;
}

/* The place in the hole [from, to) for the search, or 0. */
static vaddr_t fit(vaddr_t from, vaddr_t to, size_t length, size_t align, bool lowest)
{
    vaddr_t at;

    if (to <= from || to - from < length)
        return 0;
    at = lowest ? ALIGN_UP(from, align) : ALIGN_DOWN(to - length, align);
    return at >= from && at < to && to - at >= length ? at : 0;
}

struct search {
    vaddr_t low, high;
    size_t length, align;
    bool lowest;
};

/* Search @node's subtree; [from, to) is the range between what lies left and right of it. Depth: the tree's height. */
static vaddr_t gap_search(const struct search *s, const struct rb_node *node, vaddr_t from, vaddr_t to)
{
    const struct vm_area *a = of(node);
    vaddr_t at;

    from = max(from, s->low);
    to = min(to, s->high);
    if (to <= from || to - from < s->length)
        return 0;
    if (!a)
        return fit(from, to, s->length, s->align, s->lowest);
    if (a->sub_gap < s->length && (a->sub_first <= from || a->sub_first - from < s->length) &&
        (to <= a->sub_last || to - a->sub_last < s->length))
        return 0;
    if (s->lowest) {
        at = gap_search(s, node->left, from, a->start);
        return at ? at : gap_search(s, node->right, a->end, to);
    }
    at = gap_search(s, node->right, a->end, to);
    return at ? at : gap_search(s, node->left, from, a->start);
}

vaddr_t vm_gap_find(struct address_space *as, vaddr_t low, vaddr_t high, size_t length, size_t align, bool lowest)
{
    const struct search s = {low, high, length, align, lowest};

    return gap_search(&s, as->areas.node, low, high);
}

/* Counts */

static void account(struct vm_area *a, int64_t pages)
{
    struct address_space *as = a->as;
    uint64_t n = (uint64_t)pages;

    as->mapped_pages += n;
    as->peak_mapped_pages = max(as->peak_mapped_pages, as->mapped_pages);
    if (a->flags & AREA_SHARED)
        as->shared_pages += n;
    if (a->flags & (AREA_STACK | AREA_GROWSDOWN))
        as->stack_pages += n;
    else if ((a->prot & PROT_WRITE) && !(a->flags & AREA_SHARED))
        as->data_pages += n;
    else if ((a->prot & PROT_EXEC) && (a->file || (a->flags & AREA_IMAGE)))
        as->text_pages += n;
    if (a->flags & AREA_LOCKED)
        as->locked_pages += n;
    if ((a->flags & (AREA_HUGETLB | AREA_NORESERVE)) == AREA_HUGETLB)
        vm_hugetlb_account(pages);
}

static unsigned is_wx(const struct vm_area *a)
{
    return (a->prot & PROT_WRITE) && (a->prot & PROT_EXEC);
}

static void area_account(struct vm_area *a, bool add)
{
    int64_t pages = (int64_t)PAGES(a->end - a->start);

    account(a, add ? pages : -pages);
}

/* Life */

void vm_set_file_ref_ops(const struct vm_file_ref_ops *ops)
{
    file_ops = ops;
}

const struct vm_file_ref_ops *vm_file_ops(void)
{
    return file_ops;
}

void vm_file_get(void *file)
{
    if (file && file_ops)
        file_ops->get(file);
}

void vm_file_put(void *file)
{
    if (file && file_ops)
        file_ops->put(file);
}

struct vm_area *vm_area_create(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct vm_area *a = kmem_cache_zalloc(&area_cache);

    if (!a)
        return NULL;
    a->as = as;
    a->start = start;
    a->end = end;
    a->page_offset = PAGES(start);
    list_init(&a->object_link);
    return a;
}

static void area_free(struct vm_area *a)
{
    if (a->object) {
        vm_object_unmap(a);
        vm_object_put(a->object);
    }
    vm_file_put(a->file);
    kfree(a->name);
    kmem_cache_free(&area_cache, a);
}

void vm_area_discard(struct vm_area *a)
{
    area_free(a);
}

static void link_area(struct address_space *as, struct vm_area *a)
{
    struct rb_node **link = &as->areas.node;
    struct rb_node *parent = NULL;

    while (*link) {
        parent = *link;
        link = a->start < of(parent)->start ? &parent->left : &parent->right;
    }
    rb_insert_at(&as->areas, &a->node, parent, link);
    as->n_areas++;
    as->n_wx += is_wx(a);
}

static void unlink_area(struct vm_area *a)
{
    struct address_space *as = a->as;

    rb_erase(&as->areas, &a->node);
    as->n_areas--;
    as->n_wx -= is_wx(a);
    atomic_store_relaxed(&as->last_found, (struct vm_area *)NULL);
}

static bool same_name(const struct vm_area *a, const struct vm_area *b)
{
    return a->name == b->name || (a->name && b->name && strcmp(a->name, b->name) == 0);
}

/* May @a and @b, where a->end == b->start, be one area? */
static bool joinable(const struct vm_area *a, const struct vm_area *b)
{
    const uint32_t compared = ~(uint32_t)(AREA_ACCOUNTED);

    if (a->end != b->start || a->prot != b->prot || (a->flags & compared) != (b->flags & compared) ||
        a->object != b->object || a->file != b->file || !same_name(a, b))
        return false;
    if (a->flags & (AREA_HUGETLB | AREA_VDSO))
        return false;
    return !a->object || a->page_offset + PAGES(a->end - a->start) == b->page_offset;
}

/* @a swallows @b, its right neighbour. */
static void join(struct vm_area *a, struct vm_area *b)
{
    vaddr_t end = b->end;

    if (b->touched)
        a->touched = true;
    unlink_area(b);
    area_free(b);
    a->end = end;
    rb_augment_path(&a->as->areas, &a->node);
}

struct vm_area *vm_area_merge(struct vm_area *a)
{
    struct vm_area *next = vm_area_next(a), *prev = vm_area_prev(a);

    if (next && joinable(a, next))
        join(a, next);
    if (prev && joinable(prev, a)) {
        join(prev, a);
        return prev;
    }
    return a;
}

struct vm_area *vm_area_insert(struct address_space *as, struct vm_area *a)
{
    link_area(as, a);
    area_account(a, true);
    if (a->object)
        vm_object_map(a);
    return vm_area_merge(a);
}

void vm_area_remove(struct vm_area *a)
{
    area_account(a, false);
    unlink_area(a);
    area_free(a);
}

int vm_area_split(struct vm_area *a, vaddr_t at)
{
    struct vm_area *b;

    if ((a->flags & AREA_HUGETLB) && at % HUGE_PAGE_SIZE)
        return -EINVAL;
    b = vm_area_create(a->as, at, a->end);
    if (!b)
        return -ENOMEM;
    if (a->name && !(b->name = kstrdup(a->name))) {
        kmem_cache_free(&area_cache, b);
        return -ENOMEM;
    }
    b->prot = a->prot;
    b->flags = a->flags;
    b->touched = a->touched;
    b->object = a->object ? vm_object_get(a->object) : NULL;
    b->page_offset = a->page_offset + PAGES(at - a->start);
    b->file = a->file;
    vm_file_get(b->file);
    a->end = at;
    rb_augment_path(&a->as->areas, &a->node);
    atomic_store_relaxed(&a->as->last_found, (struct vm_area *)NULL);
    link_area(a->as, b);
    if (b->object)
        vm_object_map(b);
    return 0;
}

int vm_range_isolate(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct vm_area *a = vm_area_find(as, start);
    int err;

    if (a && a->start < start && (err = vm_area_split(a, start)))
        return err;
    a = vm_area_find(as, end);
    if (a && a->start < end)
        return vm_area_split(a, end);
    return 0;
}

void vm_area_change(struct vm_area *a, int prot, uint32_t flags)
{
    area_account(a, false);
    a->as->n_wx -= is_wx(a);
    a->prot = prot;
    a->flags = flags;
    a->as->n_wx += is_wx(a);
    area_account(a, true);
}

void vm_area_resize(struct vm_area *a, vaddr_t start, vaddr_t end)
{
    account(a, (int64_t)PAGES(end - start) - (int64_t)PAGES(a->end - a->start));
    if (a->object || start > a->start)
        a->page_offset += PAGES(start) - PAGES(a->start);
    else
        a->page_offset = PAGES(start);
    a->start = start;
    a->end = end;
    rb_augment_path(&a->as->areas, &a->node);
}

/* May plain anonymous memory with @prot and @flags be part of @a? */
static bool takes_anonymous(const struct vm_area *a, int prot, uint32_t flags)
{
    const uint32_t compared = ~(uint32_t)AREA_ACCOUNTED;

    return a->prot == prot && (a->flags & compared) == flags && !a->object && !a->file && !a->name &&
           !(flags & (AREA_HUGETLB | AREA_VDSO));
}

bool vm_area_extend(struct address_space *as, vaddr_t start, vaddr_t end, int prot, uint32_t flags)
{
    struct vm_area *next = vm_area_find(as, end), *prev;

    if (next && next->start == end && takes_anonymous(next, prot, flags)) {
        vm_area_resize(next, start, next->end);
        vm_area_merge(next);
        return true;
    }
    prev = next ? vm_area_prev(next) : of(rb_last(&as->areas));
    if (!prev || prev->end != start || !takes_anonymous(prev, prot, flags))
        return false;
    vm_area_resize(prev, prev->start, end);
    return true;
}

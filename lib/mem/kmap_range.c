// SPDX-License-Identifier: BSD-3-Clause
// Next-fit allocation of page ranges in address order.

#include "kmap_range.h"
#include <errno.h>

/* Where the gap behind @prev (NULL: the window's start) begins and ends, guard page included. */
static vaddr_t gap_start(const struct kmap_window *w, const struct kmap_range *prev)
{
    return (prev ? prev->end : w->base) + PAGE_SIZE;
}

static vaddr_t gap_end(const struct kmap_window *w, const struct list_node *next)
{
    return (next == &w->ranges ? w->end : container_of(next, struct kmap_range, link)->start) - PAGE_SIZE;
}

static bool try_gap(struct kmap_window *w, struct list_node *before, struct kmap_range *r, size_t size)
{
    struct kmap_range *prev = before == &w->ranges ? NULL : container_of(before, struct kmap_range, link);
    vaddr_t start = gap_start(w, prev);
    vaddr_t end = gap_end(w, before->next);

    if (end < start || end - start < size)
        return false;
    r->start = start;
    r->end = start + size;
    list_insert_after(before, &r->link);
    w->hint = r;
    return true;
}

int kmap_range_insert(struct kmap_window *w, struct kmap_range *r, size_t size)
{
    struct list_node *first = w->hint ? &w->hint->link : &w->ranges;
    struct list_node *at = first;

    if (size > w->end - w->base)
        return -ENOMEM;
    do {
        if (try_gap(w, at, r, size))
            return 0;
        at = at->next;
    } while (at != first);
    return -ENOMEM;
}

void kmap_range_remove(struct kmap_window *w, struct kmap_range *r)
{
    if (w->hint == r)
        w->hint = r->link.prev == &w->ranges ? NULL : container_of(r->link.prev, struct kmap_range, link);
    list_remove(&r->link);
}

struct kmap_range *kmap_range_find(struct kmap_window *w, vaddr_t start)
{
    struct kmap_range *r;

    LIST_FOR_EACH(r, &w->ranges, link) {
        if (r->start == start)
            return r;
    }
    return NULL;
}

// SPDX-License-Identifier: BSD-3-Clause
// Operations on ranges of an object: truncate, punch, seek.

#include "object_private.h"
#include <base/string.h>
#include <errno.h>

/* Remove pages [first, end) from the tree, then from every table. */
static void drop_pages(struct vm_object *o, uint64_t first, uint64_t end, bool truncation)
{
    uint64_t index = first;
    bool mapped;

    if (first >= end)
        return;
    for (;;) {
        struct frame *page;
        bool busy;

        mutex_lock(&o->lock);
        page = page_tree_next(o->pages, index, &index);
        if (!page || index >= end) {
            mapped = !list_empty(&o->mappings);
            mutex_unlock(&o->lock);
            break;
        }
        busy = atomic_load_acquire(&page->flags) & (FRAME_FLAG_BUSY | FRAME_FLAG_WRITEBACK);
        if (busy)
            frame_get(page);
        else
            page_remove_locked(o, index);
        mutex_unlock(&o->lock);
        if (busy)
            page_wait(page);
        frame_put(page);
    }
    if (mapped)
        object_zap(o, first, end, truncation);
}

/* Zero bytes [from, to) of one page, if it is there or has a pager to come from. */
static int zero_part(struct vm_object *o, uint64_t from, uint64_t to)
{
    struct frame *page;
    int err;

    if (from >= to)
        return 0;
    err = page_cache_get(o, from >> PAGE_SHIFT, false, &page);
    if (err || !page)
        return err;
    memset((char *)frame_to_virt(page) + from % PAGE_SIZE, 0, to - from);
    page_cache_mark_dirty(o, page);
    frame_put(page);
    return 0;
}

void page_cache_truncate(struct vm_object *o, uint64_t size)
{
    uint64_t old, first = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;

    mutex_lock(&o->lock);
    old = o->size_bytes;
    o->size_bytes = size;
    mutex_unlock(&o->lock);
    if (size >= old)
        return;
    drop_pages(o, first, UINT64_MAX, true);
    if (size % PAGE_SIZE)
        (void)!zero_part(o, size, ALIGN_UP(size, PAGE_SIZE));
}

int page_cache_punch(struct vm_object *o, uint64_t start, uint64_t end)
{
    uint64_t first = (start + PAGE_SIZE - 1) >> PAGE_SHIFT, last = end >> PAGE_SHIFT;
    int err;

    if (start >= end)
        return 0;
    if (first > last) /* inside one page */
        return zero_part(o, start, end);
    if ((err = zero_part(o, start, first << PAGE_SHIFT)))
        return err;
    drop_pages(o, first, last, false);
    return zero_part(o, last << PAGE_SHIFT, end);
}

int64_t page_cache_seek(struct vm_object *o, uint64_t pos, bool want_hole)
{
    uint64_t index = pos >> PAGE_SHIFT, found, size;
    int64_t result;

    mutex_lock(&o->lock);
    size = o->size_bytes;
    if (pos >= size) {
        mutex_unlock(&o->lock);
        return -ENXIO;
    }
    if (want_hole) {
        while (page_tree_lookup(o, index))
            index++;
        result = (int64_t)min(max(pos, index << PAGE_SHIFT), size);
    } else if (page_tree_next(o->pages, index, &found) && found << PAGE_SHIFT < size) {
        result = (int64_t)max(pos, found << PAGE_SHIFT);
    } else {
        result = -ENXIO;
    }
    mutex_unlock(&o->lock);
    return result;
}

// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing through the page cache.

#include "object_private.h"
#include <arch/page.h>
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>

/* Where a read finds nothing: a page that is always zero. */
static long copy_hole(page_copy_fn copy, void *cursor, size_t n)
{
    paddr_t zero = vm_zero_page();

    return zero ? copy(cursor, phys_to_virt(zero), n) : -ENOMEM;
}

static long read_part(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor)
{
    struct frame *page = page_cache_peek(o, pos >> PAGE_SHIFT);
    long done;
    int err;

    if (!page && (err = page_cache_get(o, pos >> PAGE_SHIFT, false, &page)))
        return err;
    if (!page)
        return copy_hole(copy, cursor, n);
    done = copy(cursor, (char *)frame_to_virt(page) + pos % PAGE_SIZE, n);
    frame_put(page);
    return done;
}

long page_cache_read(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor)
{
    size_t done = 0;

    while (done < n) {
        size_t part = min(n - done, PAGE_SIZE - (pos + done) % PAGE_SIZE);
        long r = read_part(o, pos + done, part, copy, cursor);

        if (r < 0)
            return done ? (long)done : r;
        done += (size_t)r;
        if ((size_t)r < part)
            return done ? (long)done : -EFAULT;
    }
    return (long)done;
}

/* Bytes of the page that are not going to be written and hold data that must be kept. */
static bool needs_old_contents(const struct vm_object *o, uint64_t pos, size_t n)
{
    uint64_t page_start = ALIGN_DOWN(pos, PAGE_SIZE);

    if (n == PAGE_SIZE || page_start >= o->size_bytes)
        return false;
    return !(pos == page_start && pos + n >= o->size_bytes);
}

/* Enter a fresh page that already holds what was written. If another came first, copy into that one. */
static int publish(struct vm_object *o, uint64_t pos, size_t n, struct frame *fresh)
{
    uint64_t index = pos >> PAGE_SHIFT;

    for (;;) {
        struct frame *there;
        int err = 0;

        mutex_lock(&o->lock);
        there = page_tree_lookup(o, index);
        if (there) {
            frame_get(there);
        } else {
            err = page_insert_locked(o, index, fresh, FRAME_FLAG_UPTODATE | FRAME_FLAG_REFERENCED);
            if (!err) {
                frame_get(fresh);
                page_cache_mark_dirty(o, fresh);
            }
        }
        mutex_unlock(&o->lock);
        if (!there)
            return err;
        if (atomic_load_acquire(&there->flags) & FRAME_FLAG_BUSY) {
            page_wait(there);
            frame_put(there);
            continue;
        }
        memcpy((char *)frame_to_virt(there) + pos % PAGE_SIZE, (char *)frame_to_virt(fresh) + pos % PAGE_SIZE, n);
        page_cache_mark_dirty(o, there);
        frame_put(there);
        return 0;
    }
}

/* Write to a page that is not in the cache and whose old contents nobody needs. The copy may fault: no lock, not in the tree yet. */
static long write_fresh(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor)
{
    struct frame *fresh;
    long done;
    int err;

    if (!object_may_grow(o))
        return -ENOSPC;
    fresh = frame_alloc(0, FRAME_USER | (n == PAGE_SIZE ? 0 : FRAME_ZERO));
    if (!fresh)
        return -ENOMEM;
    done = copy(cursor, (char *)frame_to_virt(fresh) + pos % PAGE_SIZE, n);
    if (done > 0 && (size_t)done < n && n == PAGE_SIZE && ALIGN_DOWN(pos, PAGE_SIZE) < o->size_bytes) {
        /* the rest of the page is still needed: go through the cached page */
        struct frame *page;

        err = page_cache_get(o, pos >> PAGE_SHIFT, true, &page);
        if (!err) {
            memcpy(frame_to_virt(page), frame_to_virt(fresh), (size_t)done);
            page_cache_mark_dirty(o, page);
            frame_put(page);
        }
    } else if (done > 0) {
        if (n == PAGE_SIZE)
            memset((char *)frame_to_virt(fresh) + done, 0, PAGE_SIZE - (size_t)done);
        err = publish(o, pos, (size_t)done, fresh);
    } else {
        err = 0;
    }
    frame_put(fresh);
    return err ? err : done;
}

static long write_part(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor)
{
    struct frame *page = page_cache_peek(o, pos >> PAGE_SHIFT);
    bool has_pager = o->ops && o->ops->read_pages;
    long done;
    int err;

    if (!page && (!has_pager || !needs_old_contents(o, pos, n)))
        return write_fresh(o, pos, n, copy, cursor);
    if (!page && (err = page_cache_get(o, pos >> PAGE_SHIFT, true, &page)))
        return err;
    done = copy(cursor, (char *)frame_to_virt(page) + pos % PAGE_SIZE, n);
    if (done > 0)
        page_cache_mark_dirty(o, page);
    frame_put(page);
    return done;
}

long page_cache_write(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor)
{
    size_t done = 0;

    page_reclaim_know(o);
    while (done < n) {
        size_t part = min(n - done, PAGE_SIZE - (pos + done) % PAGE_SIZE);
        long r = write_part(o, pos + done, part, copy, cursor);

        if (r < 0)
            return done ? (long)done : r;
        done += (size_t)r;
        if ((size_t)r < part)
            return done ? (long)done : -EFAULT;
    }
    return (long)done;
}

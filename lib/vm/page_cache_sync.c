// SPDX-License-Identifier: BSD-3-Clause
// Write-back: making the pager's copy as new as the cache's.

/*
 * In index order, in runs of neighbours: the pages are first made read-only in every mapping and only then marked clean, so
 * a write that happens meanwhile faults and marks its page dirty again. A page under write-back is busy for truncation but
 * not for readers. A failed page is dirty again, and the error is the result.
 */

#include "object_private.h"
#include <errno.h>

enum { RUN_PAGES = 32 };

struct run {
    uint64_t first;
    unsigned n;
    struct frame *pages[RUN_PAGES];
};

/* The next dirty pages in a row at or behind *@index, below @end. */
static void collect_run(struct vm_object *o, uint64_t *index, uint64_t end, struct run *run)
{
    struct frame *page;
    uint64_t at;

    run->n = 0;
    mutex_lock(&o->lock);
    for (; (page = page_tree_next(o->pages, *index, &at)) && at < end && run->n < RUN_PAGES; *index = at + 1) {
        if (!(page->flags & FRAME_FLAG_DIRTY)) {
            if (run->n)
                break;
            continue;
        }
        if (run->n && at != run->first + run->n)
            break;
        if (!run->n)
            run->first = at;
        atomic_fetch_or(&page->flags, (uint16_t)FRAME_FLAG_WRITEBACK);
        frame_get(page);
        run->pages[run->n++] = page;
    }
    mutex_unlock(&o->lock);
}

static int write_run(struct vm_object *o, struct run *run)
{
    int err;

    if (!list_empty(&o->mappings))
        object_protect(o, run->first, run->first + run->n);
    for (unsigned i = 0; i < run->n; i++) {
        if (atomic_fetch_and(&run->pages[i]->flags, (uint16_t)~FRAME_FLAG_DIRTY) & FRAME_FLAG_DIRTY)
            o->n_dirty--;
    }
    err = o->ops->write_pages(o, run->first, run->pages, run->n);
    for (unsigned i = 0; i < run->n; i++) {
        if (err)
            page_cache_mark_dirty(o, run->pages[i]);
        atomic_fetch_and(&run->pages[i]->flags, (uint16_t)~FRAME_FLAG_WRITEBACK);
        page_unbusy(run->pages[i], 0);
        frame_put(run->pages[i]);
    }
    return err;
}

int page_cache_sync(struct vm_object *o, uint64_t start, uint64_t end)
{
    uint64_t index = start >> PAGE_SHIFT;
    uint64_t last = end > UINT64_MAX - PAGE_SIZE ? UINT64_MAX : (end + PAGE_SIZE - 1) >> PAGE_SHIFT;
    struct run run;
    int err = 0;

    if (!o->ops || !o->ops->write_pages || o->n_dirty == 0)
        return 0;
    for (;;) {
        int r;

        collect_run(o, &index, last, &run);
        if (!run.n)
            return err;
        r = write_run(o, &run);
        if (r && !err)
            err = r;
    }
}

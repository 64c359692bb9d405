// SPDX-License-Identifier: BSD-3-Clause
// What the files of the page cache share.
#pragma once

#include "page_tree.h"
#include "space_private.h"

enum { READ_AHEAD_PAGES = 16 };

/** page_wait - sleep until @page is no longer busy; the caller holds a reference and no lock. */
void page_wait(struct frame *page);
/** page_unbusy - clear FRAME_FLAG_BUSY and wake who waits. */
void page_unbusy(struct frame *page, unsigned set_flags);
/** page_insert_locked - give @page, our reference, to the cache. */
int page_insert_locked(struct vm_object *o, uint64_t index, struct frame *page, unsigned flags) __must_check;
/** page_remove_locked - take the page out; the cache's reference passes to the caller. NULL if there is none. */
struct frame *page_remove_locked(struct vm_object *o, uint64_t index);
/** object_zap - unmap pages [first, end) of the object from every address space, private copies @private_too. No locks held. */
void object_zap(struct vm_object *o, uint64_t first, uint64_t end, bool private_too);
/** object_unmap_unlocked - unmap all cached pages, except from areas that mlock() holds: for reclaim. No locks held. */
void object_unmap_unlocked(struct vm_object *o);
/** object_is_unlocked - does nobody, the caller included, hold the object's lock or that of a space that maps it? */
bool object_is_unlocked(struct vm_object *o);
/** object_protect - make mapped pages [first, end) read-only everywhere, so that new writes are seen. */
void object_protect(struct vm_object *o, uint64_t first, uint64_t end);
/** object_may_grow - may one more page go into an object that keeps its only copy? Leaves some memory to programs. */
static inline bool object_may_grow(const struct vm_object *o)
{
    return (o->ops && o->ops->read_pages) || frame_free_pages() > 64 + frame_total_pages() / 32;
}
static inline uint64_t object_size_pages(const struct vm_object *o)
{
    return (o->size_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}
void page_reclaim_know(struct vm_object *o);
void page_reclaim_forget(struct vm_object *o);

// SPDX-License-Identifier: BSD-3-Clause
// free: a member of its own, so that a program may bring another; holds mimalloc's fast path.
//
// Unlike mi_free(), leaves a page alone that became empty but waits for its retirement already: malloc and free in turns of a
// lone object would otherwise announce it each time.

#include "mimalloc.h"
#include "mimalloc-internal.h"
#include <stdlib.h>

void free(void *p)
{
    mi_segment_t *segment = _mi_ptr_segment(p);

    if (mi_unlikely(!p))
        return;
    mi_page_t *page = _mi_segment_page_of(segment, p);
    if (mi_unlikely(mi_atomic_load_relaxed(&segment->thread_id) != _mi_thread_id() || page->flags.full_aligned)) {
        mi_free(p);
        return;
    }
    mi_block_t *block = p;
    mi_block_set_next(page, block, page->local_free);
    page->local_free = block;
    if (--page->used == 0 && !page->retire_expire)
        _mi_page_retire(page);
}

// SPDX-License-Identifier: BSD-3-Clause
// No cache of segments and no map of them, in place of mimalloc's segment-cache.c: its tables are 250 KiB of static data.
//
// A free segment goes back to the kernel at once; a thread's current pages keep its segment, so this is rare.

#include "mimalloc.h"
#include "mimalloc-internal.h"

void *_mi_segment_cache_pop(size_t size, mi_commit_mask_t *commit, mi_commit_mask_t *decommit, bool *large, bool *is_pinned,
                            bool *is_zero, mi_arena_id_t arena, size_t *memid, mi_os_tld_t *tld)
{
    return NULL;
}

bool _mi_segment_cache_push(void *start, size_t size, size_t memid, const mi_commit_mask_t *commit,
                            const mi_commit_mask_t *decommit, bool is_large, bool is_pinned, mi_os_tld_t *tld)
{
    return false;
}

void _mi_segment_cache_collect(bool force, mi_os_tld_t *tld)
{
}

void _mi_segment_cache_free_all(mi_os_tld_t *tld)
{
}

void _mi_segment_map_allocated_at(const mi_segment_t *segment)
{
}

void _mi_segment_map_freed_at(const mi_segment_t *segment)
{
}

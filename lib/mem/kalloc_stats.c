// SPDX-License-Identifier: BSD-3-Clause
// Figures about kernel objects.

#include "kalloc_private.h"
#include <base/atomic.h>

static void add_cache(const struct kmem_cache *c, void *arg)
{
    struct kalloc_stats *out = arg;

    out->slab_pages += (uint64_t)c->n_slabs << c->order;
    out->objects += (uint64_t)c->n_used;
}

void kalloc_get_stats(struct kalloc_stats *out)
{
    *out = (struct kalloc_stats){.large_pages = atomic_load_relaxed(&kalloc_large_pages)};
    kmem_cache_for_each(add_cache, out);
}

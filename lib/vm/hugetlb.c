// SPDX-License-Identifier: BSD-3-Clause
// The pool of MAP_HUGETLB: how many large pages may be mapped that way.

/*
 * Large pages come from the frame allocator when they are touched, so the pool is a budget, not a store: a mapping reserves from it and
 * is refused with ENOMEM when it is exhausted, as on a Linux whose administrator set nr_hugepages. Should no large page be left at the
 * fault, small ones serve.
 */

#include "space_private.h"

static uint64_t pool, reserved; /* a: large pages */

uint64_t vm_hugetlb_set_pool(uint64_t pages)
{
    uint64_t most = (frame_free_pages() - frame_free_pages() / 8) / ARCH_PT_ENTRIES + atomic_load_relaxed(&reserved);

    pages = max(min(pages, most), atomic_load_relaxed(&reserved)); /* what is mapped stays */
    atomic_store_relaxed(&pool, pages);
    return pages;
}

void vm_hugetlb_get_pool(uint64_t *pages, uint64_t *taken)
{
    *pages = atomic_load_relaxed(&pool);
    *taken = atomic_load_relaxed(&reserved);
}

bool vm_hugetlb_fits(uint64_t bytes)
{
    return atomic_load_relaxed(&reserved) + bytes / HUGE_PAGE_SIZE <= atomic_load_relaxed(&pool);
}

void vm_hugetlb_account(int64_t pages)
{
    atomic_add_relaxed(&reserved, (uint64_t)(pages / (int64_t)ARCH_PT_ENTRIES));
}

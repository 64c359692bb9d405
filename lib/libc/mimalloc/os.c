// SPDX-License-Identifier: BSD-3-Clause
// mimalloc's view of the operating system, in place of its os.c: memory comes from mmap and is there when touched.
//
// Pages cost nothing until they are touched, so "committing" is no work; decommitting gives frames back with MADV_DONTNEED.

#include "mimalloc.h"
#include "mimalloc-internal.h"

#include <sys/mman.h>

#define PAGE_BYTES ((size_t)4096)

void *_mi_os_alloc_aligned(size_t size, size_t alignment, bool commit, bool *large, mi_stats_t *stats);
void _mi_os_free_ex(void *p, size_t size, bool was_committed, mi_stats_t *stats);
bool _mi_os_shrink(void *p, size_t old_size, size_t new_size, mi_stats_t *stats);
void *_mi_os_alloc_huge_os_pages(size_t pages, int node, mi_msecs_t max_msecs, size_t *pages_reserved, size_t *size);
void _mi_os_free_huge_pages(void *p, size_t size, mi_stats_t *stats);
size_t _mi_os_large_page_size(void);

_Atomic(size_t) _mi_numa_node_count = 1;

void _mi_os_init(void)
{
}

bool _mi_os_has_overcommit(void)
{
    return true;
}

size_t _mi_os_page_size(void)
{
    return PAGE_BYTES;
}

size_t _mi_os_large_page_size(void)
{
    return PAGE_BYTES;
}

/* Waste at most an eighth. */
size_t _mi_os_good_alloc_size(size_t size)
{
    size_t unit = PAGE_BYTES;

    if (size >= 512 * MI_KiB)
        unit = 64 * MI_KiB;
    if (size >= 2 * MI_MiB)
        unit = 256 * MI_KiB;
    if (size >= 8 * MI_MiB)
        unit = 1 * MI_MiB;
    if (size >= 32 * MI_MiB)
        unit = 4 * MI_MiB;
    if (size >= SIZE_MAX - unit)
        return size;
    return _mi_align_up(size, unit);
}

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *_mi_os_alloc(size_t size, mi_stats_t *stats)
{
    return size ? map(_mi_os_good_alloc_size(size)) : NULL;
}

void _mi_os_free_ex(void *p, size_t size, bool was_committed, mi_stats_t *stats)
{
    if (p && size)
        munmap(p, _mi_os_good_alloc_size(size));
}

void _mi_os_free(void *p, size_t size, mi_stats_t *stats)
{
    _mi_os_free_ex(p, size, true, stats);
}

/* Map more than needed and give back what lies outside the alignment. */
static void *map_aligned(size_t size, size_t alignment)
{
    uint8_t *p = map(size);

    if (!p || _mi_is_aligned(p, alignment))
        return p;
    munmap(p, size);
    if (size > SIZE_MAX - alignment)
        return NULL;
    p = map(size + alignment);
    if (!p)
        return NULL;
    uint8_t *start = (uint8_t *)_mi_align_up((uintptr_t)p, alignment);
    size_t before = (size_t)(start - p);
    if (before)
        munmap(p, before);
    if (alignment - before)
        munmap(start + size, alignment - before);
    return start;
}

void *_mi_os_alloc_aligned(size_t size, size_t alignment, bool commit, bool *large, mi_stats_t *stats)
{
    if (large)
        *large = false;
    if (!size)
        return NULL;
    return map_aligned(_mi_os_good_alloc_size(size), _mi_align_up(alignment, PAGE_BYTES));
}

/* The object is to be aligned @offset bytes into the memory: start earlier by what is missing. */
void *_mi_os_alloc_aligned_offset(size_t size, size_t alignment, size_t offset, bool commit, bool *large,
                                  mi_stats_t *stats)
{
    size_t extra = _mi_align_up(offset, alignment) - offset;

    if (offset > MI_SEGMENT_SIZE)
        return NULL;
    uint8_t *start = _mi_os_alloc_aligned(size + extra, alignment, commit, large, stats);
    return start ? start + extra : NULL;
}

void _mi_os_free_aligned(void *p, size_t size, size_t alignment, size_t offset, bool was_committed, mi_stats_t *stats)
{
    size_t extra = _mi_align_up(offset, alignment) - offset;
    _mi_os_free_ex((uint8_t *)p - extra, size + extra, was_committed, stats);
}

bool _mi_os_commit(void *p, size_t size, bool *is_zero, mi_stats_t *stats)
{
    *is_zero = false;
    return true;
}

/* Whole pages inside the range lose their frames. */
static bool discard(void *p, size_t size)
{
    uintptr_t start = _mi_align_up((uintptr_t)p, PAGE_BYTES);
    uintptr_t end = _mi_align_down((uintptr_t)p + size, PAGE_BYTES);

    return start >= end || madvise((void *)start, end - start, MADV_DONTNEED) == 0;
}

bool _mi_os_decommit(void *p, size_t size, mi_stats_t *stats)
{
    return discard(p, size);
}

bool _mi_os_reset(void *p, size_t size, mi_stats_t *stats)
{
    return discard(p, size);
}

bool _mi_os_protect(void *p, size_t size)
{
    return mprotect(p, size, PROT_NONE) == 0;
}

bool _mi_os_unprotect(void *p, size_t size)
{
    return mprotect(p, size, PROT_READ | PROT_WRITE) == 0;
}

bool _mi_os_shrink(void *p, size_t old_size, size_t new_size, mi_stats_t *stats)
{
    uint8_t *start = (uint8_t *)p + new_size;

    if (old_size <= new_size || (uintptr_t)start % PAGE_BYTES)
        return old_size == new_size;
    return munmap(start, old_size - new_size) == 0;
}

/* Huge pages are the kernel's business. */
void *_mi_os_alloc_huge_os_pages(size_t pages, int node, mi_msecs_t max_msecs, size_t *pages_reserved, size_t *size)
{
    *pages_reserved = *size = 0;
    return NULL;
}

void _mi_os_free_huge_pages(void *p, size_t size, mi_stats_t *stats)
{
    _mi_os_free(p, size, stats);
}

size_t _mi_os_numa_node_count_get(void)
{
    return 1;
}

int _mi_os_numa_node_get(mi_os_tld_t *tld)
{
    return 0;
}

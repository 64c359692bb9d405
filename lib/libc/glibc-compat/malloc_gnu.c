// SPDX-License-Identifier: BSD-3-Clause
// What glibc's malloc lets programs tune and ask.

/* The figures are those of the calling thread's heap: mimalloc's heaps belong to threads, and only the owner may look. */

#include "compat.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct mallinfo2 {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct mallinfo {
    int arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

/* mimalloc's public interface, as far as it is needed here. */
struct mi_area {
    void *blocks;
    size_t reserved, committed, used, block_size, full_block_size;
};
void mi_collect(bool force);
void *mi_malloc(size_t size);
void mi_free(void *p);
void *mi_heap_get_default(void);
bool mi_heap_visit_blocks(const void *heap, bool all, bool (*visit)(const void *, const struct mi_area *, void *, size_t, void *),
                          void *arg);

enum { LARGE_BLOCK = 8 << 20, M_MXFAST_PARAMETER = 1, M_MXFAST_MAX = 160 };

static bool add_area(const void *heap, const struct mi_area *area, void *block, size_t size, void *arg)
{
    struct mallinfo2 *sum = arg;
    size_t used = area->used * area->full_block_size, held = area->committed > used ? area->committed : used;

    if (area->full_block_size >= LARGE_BLOCK) {
        sum->hblks += area->used;
        sum->hblkhd += held;
        return true;
    }
    sum->arena += held;
    sum->uordblks += used;
    sum->fordblks += held - used;
    if (held > used)
        sum->ordblks++;
    return true;
}

struct mallinfo2 mallinfo2(void)
{
    struct mallinfo2 sum = {0};

    mi_heap_visit_blocks(mi_heap_get_default(), false, add_area, &sum);
    return sum;
}

static int clip(size_t n)
{
    return n > INT_MAX ? INT_MAX : (int)n;
}

struct mallinfo mallinfo(void)
{
    struct mallinfo2 m = mallinfo2();

    return (struct mallinfo){.arena = clip(m.arena),
                             .ordblks = clip(m.ordblks),
                             .hblks = clip(m.hblks),
                             .hblkhd = clip(m.hblkhd),
                             .uordblks = clip(m.uordblks),
                             .fordblks = clip(m.fordblks)};
}

/* What was freed long enough ago goes back when its neighbourhood is next used: use it. */
int malloc_trim(size_t pad)
{
    size_t before = mallinfo2().arena;

    mi_collect(true);
    mi_free(mi_malloc(256 * 1024));
    return mallinfo2().arena < before;
}

/* No parameter of glibc's allocator has a meaning here; what glibc refuses is refused. */
int mallopt(int parameter, int value)
{
    return parameter != M_MXFAST_PARAMETER || (value >= 0 && value <= M_MXFAST_MAX);
}

void malloc_stats(void)
{
    struct mallinfo2 m = mallinfo2();

    fprintf(stderr, "Arena 0:\nsystem bytes     = %10zu\nin use bytes     = %10zu\n", m.arena, m.uordblks);
    fprintf(stderr, "Total (incl. mmap):\nsystem bytes     = %10zu\nin use bytes     = %10zu\n", m.arena + m.hblkhd,
            m.uordblks + m.hblkhd);
    fprintf(stderr, "max mmap regions = %10zu\nmax mmap bytes   = %10zu\n", m.hblks, m.hblkhd);
}

int malloc_info(int options, FILE *f)
{
    struct mallinfo2 m;

    if (options != 0)
        return EINVAL;
    m = mallinfo2();
    return fprintf(f,
                   "<malloc version=\"1\">\n<heap nr=\"0\">\n<system type=\"current\" size=\"%zu\"/>\n</heap>\n"
                   "<total type=\"rest\" count=\"%zu\" size=\"%zu\"/>\n<total type=\"mmap\" count=\"%zu\" size=\"%zu\"/>\n"
                   "<system type=\"current\" size=\"%zu\"/>\n</malloc>\n",
                   m.arena, m.ordblks, m.fordblks, m.hblks, m.hblkhd, m.arena + m.hblkhd) < 0
               ? -1
               : 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// memalign, valloc and pvalloc: older ways to aligned memory.

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#define PAGE_BYTES ((size_t)4096)

void *valloc(size_t size);
void *pvalloc(size_t size);

/* Like glibc, rounds the alignment up to a power of two. */
void *memalign(size_t alignment, size_t size)
{
    size_t power = 1;

    while (power < alignment && power <= SIZE_MAX / 2)
        power *= 2;
    return aligned_alloc(power, size);
}

void *valloc(size_t size)
{
    return aligned_alloc(PAGE_BYTES, size);
}

void *pvalloc(size_t size)
{
    if (size > SIZE_MAX - PAGE_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    return aligned_alloc(PAGE_BYTES, (size + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
}

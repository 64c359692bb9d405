// SPDX-License-Identifier: BSD-3-Clause
// memchr: aligned blocks of sixteen bytes, so that nothing beyond the match's page is read.

#include "vector.h"
#include <string.h>

void *memchr(const void *s, int c, size_t n)
{
    const char *start = s, *block = (const char *)((uintptr_t)s & ~(uintptr_t)15);
    const bytes16 wanted = fill16(c);

    if (!n)
        return NULL;
    const char *last = n - 1 > UINTPTR_MAX - (uintptr_t)s ? (const char *)UINTPTR_MAX : start + (n - 1);
    unsigned hits = equal16(*(const bytes16 *)block, wanted) >> (start - block) << (start - block);
    while (!hits) {
        if ((uintptr_t)(last - block) < 16)
            return NULL;
        block += 16;
        hits = equal16(*(const bytes16 *)block, wanted);
    }
    const char *found = block + __builtin_ctz(hits);
    return found <= last ? (void *)found : NULL;
}

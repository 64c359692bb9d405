// SPDX-License-Identifier: BSD-3-Clause
// strlen: aligned blocks of sixteen bytes never cross into a page that the string does not touch.

#include "vector.h"
#include <string.h>

size_t strlen(const char *s)
{
    const char *block = (const char *)((uintptr_t)s & ~(uintptr_t)15);
    const bytes16 zero = fill16(0);
    unsigned hits = equal16(*(const bytes16 *)block, zero) >> (s - block);

    if (hits)
        return (size_t)__builtin_ctz(hits);
    do
        block += 16;
    while (!(hits = equal16(*(const bytes16 *)block, zero)));
    return (size_t)(block - s) + (size_t)__builtin_ctz(hits);
}

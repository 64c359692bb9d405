// SPDX-License-Identifier: BSD-3-Clause
// memmove: like memcpy unless the destination overlaps the source from above; then sixteen bytes at a time from the end.

#include "vector.h"
#include <string.h>

void *memmove(void *to, const void *from, size_t n)
{
    char *d = to;
    const char *s = from;

    if ((uintptr_t)to - (uintptr_t)from >= n)
        return memcpy(to, from, n);
    for (; n >= 16; n -= 16)
        store16(d + n - 16, load16(s + n - 16));
    while (n--)
        d[n] = s[n];
    return to;
}

// SPDX-License-Identifier: BSD-3-Clause
// memcmp: sixteen bytes at a time, the last block overlapping.

#include "vector.h"
#include <string.h>

static int difference(const unsigned char *a, const unsigned char *b, unsigned equal)
{
    int i = __builtin_ctz(~equal);
    return a[i] - b[i];
}

int memcmp(const void *left, const void *right, size_t n)
{
    const unsigned char *a = left, *b = right;
    unsigned equal;

    if (n < 16) {
        for (; n; n--, a++, b++)
            if (*a != *b)
                return *a - *b;
        return 0;
    }
    for (; n > 16; n -= 16, a += 16, b += 16)
        if ((equal = equal16(load16(a), load16(b))) != 0xffff)
            return difference(a, b, equal);
    a -= 16 - n;
    b -= 16 - n;
    equal = equal16(load16(a), load16(b));
    return equal == 0xffff ? 0 : difference(a, b, equal);
}

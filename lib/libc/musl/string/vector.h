// SPDX-License-Identifier: BSD-3-Clause
// Sixteen bytes at a time, for the string functions of this folder; SSE2 is part of x86-64.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef signed char bytes16 __attribute__((__vector_size__(16), __may_alias__));
typedef signed char bytes16_any __attribute__((__vector_size__(16), __may_alias__, __aligned__(1)));

static inline bytes16 load16(const void *p)
{
    return *(const bytes16_any *)p;
}

static inline void store16(void *p, bytes16 v)
{
    *(bytes16_any *)p = v;
}

/* One bit for each byte that is equal. */
static inline unsigned equal16(bytes16 a, bytes16 b)
{
    return (unsigned)__builtin_ia32_pmovmskb128(a == b);
}

static inline bytes16 fill16(int byte)
{
    signed char c = (signed char)byte;
    return (bytes16){c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c};
}

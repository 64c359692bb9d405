// SPDX-License-Identifier: BSD-3-Clause
// memcpy, memmove, memset and memcmp with general registers only.

/*
 * The kernel may not touch vector registers, and string instructions are slow under emulation; eight-byte accesses in a
 * loop of 64 bytes are good everywhere. Short blocks are two overlapping accesses and no loop. The CPU must allow
 * unaligned access (x86-64, aarch64 with the MMU on).
 */

#include <base/string.h>

struct word {
    uint64_t v;
} __packed __attribute__((may_alias));

struct half {
    uint32_t v;
} __packed __attribute__((may_alias));

struct quarter {
    uint16_t v;
} __packed __attribute__((may_alias));

#define W(p, offset) (((struct word *)((char *)(p) + (offset)))->v)
#define WC(p, offset) (((const struct word *)((const char *)(p) + (offset)))->v)
#define H(p, offset) (((struct half *)((char *)(p) + (offset)))->v)
#define HC(p, offset) (((const struct half *)((const char *)(p) + (offset)))->v)
#define Q(p, offset) (((struct quarter *)((char *)(p) + (offset)))->v)
#define QC(p, offset) (((const struct quarter *)((const char *)(p) + (offset)))->v)

/* Up to 16 bytes; all loads come before all stores, so the blocks may overlap. */
static inline void copy_short(char *dst, const char *src, size_t n)
{
    if (n >= 8) {
        uint64_t head = WC(src, 0), tail = WC(src, n - 8);

        W(dst, 0) = head;
        W(dst, n - 8) = tail;
    } else if (n >= 4) {
        uint32_t head = HC(src, 0), tail = HC(src, n - 4);

        H(dst, 0) = head;
        H(dst, n - 4) = tail;
    } else if (n >= 2) {
        uint16_t head = QC(src, 0), tail = QC(src, n - 2);

        Q(dst, 0) = head;
        Q(dst, n - 2) = tail;
    } else if (n == 1) {
        *dst = *src;
    }
}

/* More than 16 bytes, front to back; right for overlap when @dst lies before @src. */
static __noinline __no_loop_libcall void *copy_up(char *dst, const char *src, size_t n)
{
    void *start = dst;
    uint64_t last0 = WC(src, n - 16), last1 = WC(src, n - 8);
    char *end = dst + n;

    for (; n >= 64; n -= 64, src += 64, dst += 64) { /* two halves, so that no register needs saving */
        uint64_t a = WC(src, 0), b = WC(src, 8), c = WC(src, 16), d = WC(src, 24);

        W(dst, 0) = a, W(dst, 8) = b, W(dst, 16) = c, W(dst, 24) = d;
        a = WC(src, 32), b = WC(src, 40), c = WC(src, 48), d = WC(src, 56);
        W(dst, 32) = a, W(dst, 40) = b, W(dst, 48) = c, W(dst, 56) = d;
    }
    for (; n > 16; n -= 16, src += 16, dst += 16) {
        uint64_t a = WC(src, 0), b = WC(src, 8);

        W(dst, 0) = a, W(dst, 8) = b;
    }
    W(end, -16) = last0;
    W(end, -8) = last1;
    return start;
}

/* More than 16 bytes, back to front; right for overlap when @dst lies after @src. */
static __noinline __no_loop_libcall void copy_down(char *dst, const char *src, size_t n)
{
    uint64_t first0 = WC(src, 0), first1 = WC(src, 8);
    char *start = dst;

    for (; n > 16; n -= 16) {
        uint64_t a = WC(src, n - 16), b = WC(src, n - 8);

        W(dst, n - 16) = a, W(dst, n - 8) = b;
    }
    W(start, 0) = first0;
    W(start, 8) = first1;
}

/* 17 to 32 bytes; all loads come before all stores. */
static inline void copy_medium(char *dst, const char *src, size_t n)
{
    uint64_t a = WC(src, 0), b = WC(src, 8), c = WC(src, n - 16), d = WC(src, n - 8);

    W(dst, 0) = a, W(dst, 8) = b;
    W(dst, n - 16) = c, W(dst, n - 8) = d;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    if (n <= 16)
        copy_short(dst, src, n);
    else if (n <= 32)
        copy_medium(dst, src, n);
    else
        return copy_up(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    if (n <= 16)
        copy_short(dst, src, n);
    else if (n <= 32)
        copy_medium(dst, src, n);
    else if ((uintptr_t)dst - (uintptr_t)src >= n)
        return copy_up(dst, src, n);
    else
        copy_down(dst, src, n);
    return dst;
}

__no_loop_libcall void *memset(void *dst, int c, size_t n)
{
    uint64_t v = UINT64_C(0x0101010101010101) * (unsigned char)c;
    char *p = dst, *end = p + n;

    if (n < 16) {
        if (n >= 8)
            W(p, 0) = v, W(end, -8) = v;
        else if (n >= 4)
            H(p, 0) = (uint32_t)v, H(end, -4) = (uint32_t)v;
        else if (n >= 2)
            Q(p, 0) = (uint16_t)v, Q(end, -2) = (uint16_t)v;
        else if (n == 1)
            *p = (char)c;
        return dst;
    }
    for (; n >= 64; n -= 64, p += 64) {
        W(p, 0) = v, W(p, 8) = v, W(p, 16) = v, W(p, 24) = v;
        W(p, 32) = v, W(p, 40) = v, W(p, 48) = v, W(p, 56) = v;
    }
    for (; n > 16; n -= 16, p += 16)
        W(p, 0) = v, W(p, 8) = v;
    W(end, -16) = v, W(end, -8) = v;
    return dst;
}

__no_loop_libcall int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;

    for (; n >= 8 && WC(x, 0) == WC(y, 0); n -= 8)
        x += 8, y += 8;
    for (; n; n--, x++, y++) {
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

/* Compilers turn an equality-only memcmp into this. */
int bcmp(const void *a, const void *b, size_t n);
int bcmp(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n);
}

// SPDX-License-Identifier: BSD-3-Clause
// Bit sets in arrays of 64-bit words.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)
#define DECLARE_BITMAP(name, bits) uint64_t name[BITMAP_WORDS(bits)]

static inline void bitmap_set(uint64_t *map, size_t bit)
{
    map[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static inline void bitmap_clear(uint64_t *map, size_t bit)
{
    map[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

static inline bool bitmap_test(const uint64_t *map, size_t bit)
{
    return map[bit / 64] >> (bit % 64) & 1;
}

/** bitmap_set_range, bitmap_clear_range - change @count bits from @first on. */
void bitmap_set_range(uint64_t *map, size_t first, size_t count);
void bitmap_clear_range(uint64_t *map, size_t first, size_t count);

/** bitmap_find_set, bitmap_find_clear - the first such bit in [@from, @bits), or @bits. */
size_t bitmap_find_set(const uint64_t *map, size_t bits, size_t from);
size_t bitmap_find_clear(const uint64_t *map, size_t bits, size_t from);

/** bitmap_find_clear_run - the first of @count consecutive clear bits in [@from, @bits), or @bits. */
size_t bitmap_find_clear_run(const uint64_t *map, size_t bits, size_t from, size_t count);

/** bitmap_count - the number of set bits among the first @bits. */
size_t bitmap_count(const uint64_t *map, size_t bits);

/* Single words; the argument must not be 0. */
static inline unsigned bit_lowest(uint64_t word)
{
    return (unsigned)__builtin_ctzll(word);
}

static inline unsigned bit_highest(uint64_t word)
{
    return 63u - (unsigned)__builtin_clzll(word);
}

/** bits_log2_up - the smallest n with (1 << n) >= @value; 0 for 0 and 1. */
static inline unsigned bits_log2_up(uint64_t value)
{
    return value <= 1 ? 0 : bit_highest(value - 1) + 1;
}

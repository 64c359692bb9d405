// SPDX-License-Identifier: BSD-3-Clause
// Searching and counting in bit sets.

#include <base/bitmap.h>

void bitmap_set_range(uint64_t *map, size_t first, size_t count)
{
    for (; count && first % 64; first++, count--)
        bitmap_set(map, first);
    for (; count >= 64; first += 64, count -= 64)
        map[first / 64] = UINT64_MAX;
    for (; count; first++, count--)
        bitmap_set(map, first);
}

void bitmap_clear_range(uint64_t *map, size_t first, size_t count)
{
    for (; count && first % 64; first++, count--)
        bitmap_clear(map, first);
    for (; count >= 64; first += 64, count -= 64)
        map[first / 64] = 0;
    for (; count; first++, count--)
        bitmap_clear(map, first);
}

/* @flip: all ones to look for clear bits. */
static size_t find(const uint64_t *map, size_t bits, size_t from, uint64_t flip)
{
    for (size_t at = from; at < bits; at = (at / 64 + 1) * 64) {
        uint64_t word = (map[at / 64] ^ flip) >> (at % 64);

        if (word)
            return min(at + bit_lowest(word), bits);
    }
    return bits;
}

size_t bitmap_find_set(const uint64_t *map, size_t bits, size_t from)
{
    return find(map, bits, from, 0);
}

size_t bitmap_find_clear(const uint64_t *map, size_t bits, size_t from)
{
    return find(map, bits, from, UINT64_MAX);
}

size_t bitmap_find_clear_run(const uint64_t *map, size_t bits, size_t from, size_t count)
{
    while (from < bits) {
        size_t start = bitmap_find_clear(map, bits, from);

        if (count > bits - start)
            return bits;
        from = bitmap_find_set(map, start + count, start);
        if (from == start + count)
            return start;
    }
    return bits;
}

size_t bitmap_count(const uint64_t *map, size_t bits)
{
    size_t count = 0;

    for (size_t i = 0; i < bits / 64; i++)
        count += (size_t)__builtin_popcountll(map[i]);
    for (size_t bit = bits / 64 * 64; bit < bits; bit++)
        count += bitmap_test(map, bit);
    return count;
}

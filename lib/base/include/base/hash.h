// SPDX-License-Identifier: BSD-3-Clause
// Non-cryptographic hashes for tables inside the kernel.
#pragma once

#include <stddef.h>
#include <stdint.h>

/** hash_u64 - spread all bits of @x over all bits of the result. */
static inline uint64_t hash_u64(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return x;
}

/** hash_bits - @x hashed down to @bits (1..64) bits, for a table of 1 << @bits buckets. */
static inline uint64_t hash_bits(uint64_t x, unsigned bits)
{
    return (x * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits);
}

/** hash_bytes - hash of @n bytes; @seed separates tables. */
uint64_t hash_bytes(const void *data, size_t n, uint64_t seed);

/** hash_name - hash of @n bytes of a file or symbol name: fast on short input. */
static inline uint32_t hash_name(const char *name, size_t n)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h;
}

// SPDX-License-Identifier: BSD-3-Clause
// Hash of byte strings.

#include <base/hash.h>
#include <base/string.h>

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t h = hash_u64(seed ^ n);
    uint64_t word;

    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = hash_u64(h ^ word);
    }
    word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)p[i] << (8 * i);
    return hash_u64(h ^ word);
}

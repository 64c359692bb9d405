// SPDX-License-Identifier: BSD-3-Clause
// The ChaCha20 block function (RFC 8439, section 2.3).
#include "chacha20.h"

static inline uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static inline void quarter_round(uint32_t *s, unsigned a, unsigned b, unsigned c, unsigned d)
{
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

void chacha20_block(const uint32_t state[16], uint32_t out[16])
{
    for (int i = 0; i < 16; i++)
        out[i] = state[i];
    for (int i = 0; i < 10; i++) {
        for (unsigned k = 0; k < 4; k++)
            quarter_round(out, k, 4 + k, 8 + k, 12 + k);
        for (unsigned k = 0; k < 4; k++)
            quarter_round(out, k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4);
    }
    for (int i = 0; i < 16; i++)
        out[i] += state[i];
}

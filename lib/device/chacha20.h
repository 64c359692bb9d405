// SPDX-License-Identifier: BSD-3-Clause
// The ChaCha20 block function (RFC 8439, section 2.3).
#pragma once

#include <stdint.h>

/** chacha20_block - @state: 4 constants, 8 key words, counter, 3 nonce words; @out gets 64 bytes of key stream. */
void chacha20_block(const uint32_t state[16], uint32_t out[16]);

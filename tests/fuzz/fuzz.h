// SPDX-License-Identifier: BSD-3-Clause
// What every fuzzer includes first.
#pragma once
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A parser broke its contract: end with a report, and libFuzzer keeps the input. */
static inline void require(int holds, const char *rule)
{
    if (holds)
        return;
    fprintf(stderr, "broken rule: %s\n", rule);
    abort();
}

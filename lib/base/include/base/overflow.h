// SPDX-License-Identifier: BSD-3-Clause
// Checked integer arithmetic.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the exact result does not fit *@result, which then holds the wrapped one. Any integer types. */
#define add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)

/** size_add - sum, or SIZE_MAX (which no allocation satisfies) on overflow. */
static inline size_t size_add(size_t a, size_t b)
{
    size_t sum;

    return add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

/** size_mul - product, or SIZE_MAX on overflow. */
static inline size_t size_mul(size_t a, size_t b)
{
    size_t product;

    return mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

/** range_inside - true if [@start, @start + @length) does not wrap and lies in [0, @limit]. */
static inline bool range_inside(uint64_t start, uint64_t length, uint64_t limit)
{
    return length <= limit && start <= limit - length;
}

/** ranges_overlap - true if the two non-wrapping ranges share a unit. */
static inline bool ranges_overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
    return a < b + b_length && b < a + a_length;
}

// SPDX-License-Identifier: BSD-3-Clause
// Scalar kinds that must not mix, and the fixed-width integers.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef int64_t nsec_t;   /* nanoseconds; as a deadline: absolute on CLOCK_MONOTONIC */
typedef uint64_t paddr_t; /* physical address */
typedef uint64_t vaddr_t; /* virtual address, of the kernel or of a program */

#define NSEC_FOREVER INT64_MAX
#define NSEC_PER_SEC INT64_C(1000000000)
#define NSEC_PER_MSEC INT64_C(1000000)
#define NSEC_PER_USEC INT64_C(1000)

#define PAGE_SHIFT 12
#undef PAGE_SIZE
#undef PAGE_MASK
#define PAGE_SIZE 4096UL
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define HUGE_PAGE_SHIFT 21
#define HUGE_PAGE_SIZE (1UL << HUGE_PAGE_SHIFT)

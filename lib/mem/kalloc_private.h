// SPDX-License-Identifier: BSD-3-Clause
// Debug marks around objects, shared by the cache code and its checker.
#pragma once

#include <base/types.h>
#include <mem/kalloc.h>

#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0
#endif

/* In debug builds each object is followed by a red zone that ends in a state word. */
#define KALLOC_RED_BYTES (CONFIG_DEBUG ? 16u : 0u)

void kalloc_debug_fresh(struct kmem_cache *c, void *p);
void kalloc_debug_alloc(struct kmem_cache *c, void *p);
void kalloc_debug_free(struct kmem_cache *c, void *p);
/** kalloc_debug_trim - only @n bytes of the object were asked for: the rest is red zone too. */
void kalloc_debug_trim(struct kmem_cache *c, void *p, size_t n);
size_t kalloc_debug_asked(const struct kmem_cache *c, const void *p);

extern uint64_t kalloc_large_pages;

// SPDX-License-Identifier: BSD-3-Clause
// Kernel objects: general sizes and caches of one type.
#pragma once

#include "base/compiler.h"
#include "base/list.h"
#include "arch/spinlock.h"
#include <stddef.h>
#include <stdint.h>

/**
 * kmalloc - @n bytes, aligned to 16; above 2048 to a page.
 *
 * Context: any; with interrupts or preemption off it does not reclaim. kmalloc(0) gives a pointer that kfree() takes.
 * Return: NULL when out of memory, or if @n is absurd (size_mul() overflow).
 */
void *kmalloc(size_t n) __must_check;
void *kzalloc(size_t n) __must_check;
void *kcalloc(size_t count, size_t n) __must_check;
/** krealloc - resize, keeping contents; NULL leaves @p as it was. */
void *krealloc(void *p, size_t n) __must_check;
/** kfree - NULL is allowed. Context: any. */
void kfree(const void *p);
/** kmalloc_usable - bytes that may be used at @p. */
size_t kmalloc_usable(const void *p);
char *kstrdup(const char *s) __must_check;
char *kstrndup(const char *s, size_t max) __must_check;
void *kmemdup(const void *p, size_t n) __must_check;

#define KMEM_CACHE_MAGAZINES 40 /* caches with per-CPU magazines; more work without */

/**
 * struct kmem_cache - objects of one size. Fields are this room's.
 * Legend: I set before use; L lock; a
 */
struct kmem_cache {
    const char *name; /* I */
    uint32_t size;    /* I: as asked */
    uint32_t stride;  /* I: distance between objects; 0: not set up yet */
    uint16_t align;   /* I */
    uint16_t per_slab;
    uint8_t order;    /* I: of a slab */
    uint8_t magazine; /* I: index + 1 of the per-CPU magazine; 0: none */
    uint16_t n_empty; /* L */
    struct spinlock lock;
    struct list_node partial; /* L: slabs with free objects */
    struct list_node link;    /* of the list of caches */
    uint32_t n_slabs;         /* L */
    int64_t n_used;           /* a: objects out of slabs, also those in magazines */
};

/* Static cache: set up at the first allocation. @al: 0 = default alignment of 16 (8 under 16 bytes). */
#define KMEM_CACHE_INIT(nm, sz, al)                                                                          \
    {                                                                                                        \
        .name = (nm), .size = (sz), .align = (al), .lock = SPINLOCK_INIT(RANK_SLAB)                          \
    }

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align) __must_check;
/** kmem_cache_destroy - all objects must have been freed. */
void kmem_cache_destroy(struct kmem_cache *c);
/** kmem_cache_alloc - one object, contents undefined. kmem_cache_zalloc: zeroed. Context: as kmalloc(). */
void *kmem_cache_alloc(struct kmem_cache *c) __must_check;
void *kmem_cache_zalloc(struct kmem_cache *c) __must_check;
void kmem_cache_free(struct kmem_cache *c, void *p);

/** kmem_cache_trim - give back this CPU's magazine and empty slabs of @c. Return: pages freed. */
size_t kmem_cache_trim(struct kmem_cache *c);

struct kalloc_stats {
    uint64_t slab_pages;
    uint64_t large_pages;
    uint64_t objects; /* allocated and not freed, also in magazines */
};
void kalloc_get_stats(struct kalloc_stats *out);
/** kmem_cache_for_each - /proc/slabinfo. */
void kmem_cache_for_each(void (*fn)(const struct kmem_cache *c, void *arg), void *arg);
/** kalloc_drain - return this CPU's magazines and all empty slabs. Return: pages freed. */
size_t kalloc_drain(void);

// SPDX-License-Identifier: BSD-3-Clause
// kmalloc: general sizes from slab caches, large ones from frames.

#include "frame_private.h"
#include "kalloc_private.h"
#include <base/bitmap.h>
#include <base/overflow.h>
#include <base/panic.h>
#include <base/string.h>

/* Four steps an octave would waste less but leave more half-empty slabs in a 2 MiB machine: two steps. */
#define GENERAL(n) KMEM_CACHE_INIT("kmalloc-" #n, n, 16)

static struct kmem_cache general[] = {
    GENERAL(16),  GENERAL(32),  GENERAL(48),  GENERAL(64),  GENERAL(96),   GENERAL(128),  GENERAL(192),
    GENERAL(256), GENERAL(384), GENERAL(512), GENERAL(768), GENERAL(1024), GENERAL(2048),
};

enum { GENERAL_MAX = 2048 };

uint64_t kalloc_large_pages; /* a */

/* The class of each multiple of 16 up to 256. */
static const uint8_t class_of_16[17] = {0, 0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7};

static struct kmem_cache *class_for(size_t n)
{
    unsigned at;

    if (n <= 256)
        return &general[class_of_16[(n + 15) / 16]];
    at = n <= 384 ? 8 : n <= 512 ? 9 : n <= 768 ? 10 : n <= 1024 ? 11 : 12;
    return &general[at];
}

static void *large_alloc(size_t n)
{
    unsigned order = bits_log2_up(DIV_ROUND_UP(n, PAGE_SIZE));
    struct frame *f;

    if (n > PAGE_SIZE << FRAME_ORDER_MAX)
        return NULL;
    f = frame_alloc(order, 0);
    if (!f)
        return NULL;
    atomic_add_relaxed(&kalloc_large_pages, UINT64_C(1) << order);
    return frame_to_virt(f);
}

void *kmalloc(size_t n)
{
    struct kmem_cache *c;
    void *p;

    if (n > GENERAL_MAX)
        return large_alloc(n);
    c = class_for(n);
    p = kmem_cache_alloc(c);
    if (CONFIG_DEBUG && p)
        kalloc_debug_trim(c, p, n);
    return p;
}

void *kzalloc(size_t n)
{
    void *p = kmalloc(n);

    if (p)
        memset(p, 0, n);
    return p;
}

void *kcalloc(size_t count, size_t n)
{
    return kzalloc(size_mul(count, n));
}

void kfree(const void *p)
{
    struct frame *f;

    if (!p)
        return;
    f = virt_to_frame(p);
    assert(f);
    if (likely(f->state == FRAME_SLAB)) {
        kmem_cache_free(f->cache, (void *)p);
        return;
    }
    assert(f->state == FRAME_ALLOCATED && (uintptr_t)p % PAGE_SIZE == 0);
    atomic_sub_relaxed(&kalloc_large_pages, UINT64_C(1) << f->order);
    frame_free(f, f->order);
}

size_t kmalloc_usable(const void *p)
{
    const struct frame *f = virt_to_frame(p);

    if (f->state != FRAME_SLAB)
        return PAGE_SIZE << f->order;
    return CONFIG_DEBUG ? kalloc_debug_asked(f->cache, p) : f->cache->size;
}

void *krealloc(void *p, size_t n)
{
    size_t have = p ? kmalloc_usable(p) : 0;
    void *q;

    if (p && n <= have && n >= have / 2)
        return p;
    q = kmalloc(n);
    if (!q)
        return NULL;
    memcpy(q, p ? p : q, min(have, n));
    kfree(p);
    return q;
}

// SPDX-License-Identifier: BSD-3-Clause
// Red zones and poison: overruns, double frees and use after free are found when the object is next touched.

/*
 * Layout: [object][red zone ... | state word]. A free object holds POISON except for its first eight bytes, which link it
 * to the next one; the state word of a free object is STATE_FREE, of an allocated one its asked size, xor-ed so that
 * plausible garbage is not a size.
 */

#include "kalloc_private.h"
#include <base/panic.h>
#include <base/string.h>

enum { POISON = 0x6b, RED = 0xbb, LINK_BYTES = 8 };

#define STATE_FREE 0xfeedf4eeu
#define STATE_XOR 0xa110ca7eu

static uint32_t *state_word(const struct kmem_cache *c, const void *p)
{
    return (uint32_t *)((char *)p + c->size + KALLOC_RED_BYTES - sizeof(uint32_t));
}

void kalloc_debug_fresh(struct kmem_cache *c, void *p)
{
    memset(p, POISON, c->size);
    *state_word(c, p) = STATE_FREE;
}

static void mark_red(struct kmem_cache *c, char *p, size_t n)
{
    memset(p + n, RED, c->size + KALLOC_RED_BYTES - sizeof(uint32_t) - n);
    *state_word(c, p) = (uint32_t)n ^ STATE_XOR;
}

void kalloc_debug_alloc(struct kmem_cache *c, void *p)
{
    const unsigned char *bytes = p;

    if (*state_word(c, p) != STATE_FREE)
        panic("kmem %s: object %p was handed out twice or overwritten", c->name, p);
    for (size_t i = LINK_BYTES; i < c->size; i++) {
        if (bytes[i] != POISON)
            panic("kmem %s: object %p was written to after it was freed (offset %zu)", c->name, p, i);
    }
    mark_red(c, p, c->size);
}

void kalloc_debug_trim(struct kmem_cache *c, void *p, size_t n)
{
    mark_red(c, p, n);
}

size_t kalloc_debug_asked(const struct kmem_cache *c, const void *p)
{
    return *state_word(c, p) ^ STATE_XOR;
}

void kalloc_debug_free(struct kmem_cache *c, void *p)
{
    const unsigned char *bytes = p;
    uint32_t state = *state_word(c, p);
    size_t n = state ^ STATE_XOR;

    if (state == STATE_FREE)
        panic("kmem %s: object %p is freed twice", c->name, p);
    if (n > c->size)
        panic("kmem %s: object %p was overrun", c->name, p);
    for (size_t i = n; i < c->size + KALLOC_RED_BYTES - sizeof(uint32_t); i++) {
        if (bytes[i] != RED)
            panic("kmem %s: object %p was overrun (asked for %zu, wrote at %zu)", c->name, p, n, i);
    }
    kalloc_debug_fresh(c, p);
}

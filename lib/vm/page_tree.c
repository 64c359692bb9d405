// SPDX-License-Identifier: BSD-3-Clause
// Radix tree from page index to frame.

/*
 * A node covers 64 slots of 64^height pages each; the root's height is what the largest index needs, so small files have
 * one node. A bitmap of used slots makes searches skip holes. Nodes without slots are freed on the way up.
 */

#include "page_tree.h"
#include <base/bitmap.h>
#include <base/panic.h>
#include <errno.h>
#include <mem/kalloc.h>

enum { BITS = 6, FANOUT = 1 << BITS, HEIGHT_MAX = 11 };

struct page_tree {
    uint64_t used;   /* slots that are not NULL */
    unsigned height; /* 0: slots are frames */
    void *slots[FANOUT];
};

static struct kmem_cache node_cache = KMEM_CACHE_INIT("page_tree", sizeof(struct page_tree), 0);

static struct page_tree *node_create(unsigned height)
{
    struct page_tree *n = kmem_cache_zalloc(&node_cache);

    if (n)
        n->height = height;
    return n;
}

/* Indices covered: [0, 2^this). */
static unsigned node_bits(const struct page_tree *n)
{
    return (n->height + 1) * BITS;
}

static bool covers(const struct page_tree *n, uint64_t index)
{
    return node_bits(n) >= 64 || index >> node_bits(n) == 0;
}

static unsigned slot_of(const struct page_tree *n, uint64_t index)
{
    return index >> (n->height * BITS) & (FANOUT - 1);
}

struct frame *page_tree_find(const struct page_tree *n, uint64_t index)
{
    if (!n || !covers(n, index))
        return NULL;
    while (n && n->height)
        n = n->slots[slot_of(n, index)];
    return n ? n->slots[slot_of(n, index)] : NULL;
}

/* In the subtree @n whose first index is @base. Depth: the height, at most HEIGHT_MAX. */
static struct frame *next_in(const struct page_tree *n, uint64_t base, uint64_t index, uint64_t *found)
{
    unsigned shift = n->height * BITS;
    unsigned first = index > base ? (unsigned)((index - base) >> shift) : 0;

    for (unsigned s = first; s < FANOUT; s++) {
        uint64_t rest = n->used >> s;
        uint64_t at;
        struct frame *f;

        if (!rest)
            return NULL;
        s += bit_lowest(rest);
        at = base + ((uint64_t)s << shift);
        if (n->height == 0) {
            *found = at;
            return n->slots[s];
        }
        f = next_in(n->slots[s], at, index, found);
        if (f)
            return f;
    }
    return NULL;
}

struct frame *page_tree_next(const struct page_tree *root, uint64_t index, uint64_t *found)
{
    return root && covers(root, index) ? next_in(root, 0, index, found) : NULL;
}

static void set_slot(struct page_tree *n, unsigned slot, void *p)
{
    n->slots[slot] = p;
    if (p)
        n->used |= UINT64_C(1) << slot;
    else
        n->used &= ~(UINT64_C(1) << slot);
}

static int grow_to(struct page_tree **root, uint64_t index)
{
    if (!*root && !(*root = node_create(0)))
        return -ENOMEM;
    while (!covers(*root, index)) {
        struct page_tree *up;

        if ((*root)->used == 0) { /* an empty root just becomes taller */
            (*root)->height++;
            continue;
        }
        up = node_create((*root)->height + 1);
        if (!up)
            return -ENOMEM;
        set_slot(up, 0, *root);
        *root = up;
    }
    return 0;
}

/* Free nodes on the path to @index that hold nothing, bottom up. */
static void prune(struct page_tree **root, uint64_t index)
{
    struct page_tree *path[HEIGHT_MAX + 1];
    struct page_tree *n = *root;
    unsigned depth = 0;

    while (n) {
        path[depth++] = n;
        n = n->height ? n->slots[slot_of(n, index)] : NULL;
    }
    while (depth-- > 0 && path[depth]->used == 0) {
        kmem_cache_free(&node_cache, path[depth]);
        if (depth)
            set_slot(path[depth - 1], slot_of(path[depth - 1], index), NULL);
        else
            *root = NULL;
    }
}

int page_tree_insert(struct page_tree **root, uint64_t index, struct frame *f)
{
    int err = grow_to(root, index);
    struct page_tree *n = *root;

    while (!err && n->height) {
        unsigned slot = slot_of(n, index);

        if (!n->slots[slot]) {
            struct page_tree *child = node_create(n->height - 1);

            if (child)
                set_slot(n, slot, child);
            else
                err = -ENOMEM;
        }
        n = n->slots[slot];
    }
    if (err) {
        if (*root)
            prune(root, index);
        return err;
    }
    set_slot(n, slot_of(n, index), f);
    return 0;
}

void page_tree_replace(struct page_tree *n, uint64_t index, struct frame *f)
{
    while (n->height)
        n = n->slots[slot_of(n, index)];
    assert(n->slots[slot_of(n, index)]);
    n->slots[slot_of(n, index)] = f;
}

struct frame *page_tree_remove(struct page_tree **root, uint64_t index)
{
    struct page_tree *n = *root;
    struct frame *f;

    if (!n || !covers(n, index))
        return NULL;
    while (n && n->height)
        n = n->slots[slot_of(n, index)];
    f = n ? n->slots[slot_of(n, index)] : NULL;
    if (!f)
        return NULL;
    set_slot(n, slot_of(n, index), NULL);
    prune(root, index);
    return f;
}

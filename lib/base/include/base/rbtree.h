// SPDX-License-Identifier: BSD-3-Clause
// Intrusive red-black tree with caller comparison and an optional subtree summary.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rb_node {
    uintptr_t parent_colour; /* parent address; bit 0 set = black */
    struct rb_node *left;
    struct rb_node *right;
};

/** rb_augment_fn - recompute the summary of @node from itself and its (up to date) children. Return: true if it changed. */
typedef bool rb_augment_fn(struct rb_node *node);

/** rb_less_fn - true if @a sorts strictly before @b. */
typedef bool rb_less_fn(const struct rb_node *a, const struct rb_node *b);

struct rb_root {
    struct rb_node *node;
    rb_augment_fn *augment; /* NULL: no summaries */
};

/* Static initialiser; @augment_fn may be NULL. */
#define RB_ROOT_INIT(augment_fn)                                                                             \
    {                                                                                                        \
        NULL, (augment_fn)                                                                                   \
    }

#define rb_entry(ptr, type, member) container_of(ptr, type, member)

static inline void rb_root_init(struct rb_root *root, rb_augment_fn *augment)
{
    root->node = NULL;
    root->augment = augment;
}

static inline bool rb_empty(const struct rb_root *root)
{
    return root->node == NULL;
}

static inline struct rb_node *rb_parent(const struct rb_node *node)
{
    return (struct rb_node *)(node->parent_colour & ~(uintptr_t)1);
}

/**
 * rb_insert - add @node; among equals it comes last.
 * @less: the tree's order; the same in every call on this tree
 */
void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less);

/**
 * rb_insert_at - add @node as the child of @parent that *@link denotes.
 * @parent: NULL for the first node
 * @link:   &root->node, &parent->left or &parent->right, where a search ended; holds NULL
 */
void rb_insert_at(struct rb_root *root, struct rb_node *node, struct rb_node *parent, struct rb_node **link);

/** rb_erase - take @node, which is in @root, out of it. */
void rb_erase(struct rb_root *root, struct rb_node *node);

/** rb_replace - put @fresh where @old is; they compare equal. */
void rb_replace(struct rb_root *root, struct rb_node *old, struct rb_node *fresh);

/** rb_augment_path - the summary input of @node changed: recompute from it up to the root. */
void rb_augment_path(struct rb_root *root, struct rb_node *node);

/* In-order walk; NULL at the ends. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

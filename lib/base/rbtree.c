// SPDX-License-Identifier: BSD-3-Clause
// Red-black tree: insertion, removal, walking and summary upkeep.

/*
 * Invariants: the root is black; a red node has no red child; every path from a node down to a missing child passes the
 * same number of black nodes. A missing child counts as black. With an augment callback, every node's summary is right
 * between calls: a rotation recomputes the two nodes it turns, and insert and erase recompute the path to the root
 * before they rebalance.
 */

#include <base/rbtree.h>
#include <stddef.h>

enum { RED = 0, BLACK = 1 };

static bool is_red(const struct rb_node *node)
{
    return node && !(node->parent_colour & BLACK);
}

static void set_black(struct rb_node *node)
{
    node->parent_colour |= BLACK;
}

static void set_red(struct rb_node *node)
{
    node->parent_colour &= ~(uintptr_t)BLACK;
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
    node->parent_colour = (uintptr_t)parent | (node->parent_colour & BLACK);
}

/* The pointer that leads to @node from @parent or, without one, from the root. */
static struct rb_node **link_to(struct rb_root *root, struct rb_node *parent, const struct rb_node *node)
{
    if (!parent)
        return &root->node;
    return parent->left == node ? &parent->left : &parent->right;
}

/* Turn @node down to the left (or right) and its other child up into its place. */
static void rotate(struct rb_root *root, struct rb_node *node, bool left)
{
    struct rb_node *parent = rb_parent(node);
    struct rb_node *up = left ? node->right : node->left;
    struct rb_node *moved = left ? up->left : up->right;

    *link_to(root, parent, node) = up;
    set_parent(up, parent);
    if (left) {
        node->right = moved;
        up->left = node;
    } else {
        node->left = moved;
        up->right = node;
    }
    if (moved)
        set_parent(moved, node);
    set_parent(node, up);
    if (root->augment) {
        root->augment(node);
        root->augment(up);
    }
}

void rb_augment_path(struct rb_root *root, struct rb_node *node)
{
    if (!root->augment)
        return;
    while (node && root->augment(node))
        node = rb_parent(node);
}

/* @node is red; cure a red parent. */
static void insert_rebalance(struct rb_root *root, struct rb_node *node)
{
    struct rb_node *parent;

    while (is_red(parent = rb_parent(node))) {
        struct rb_node *grand = rb_parent(parent);
        bool left = parent == grand->left;
        struct rb_node *uncle = left ? grand->right : grand->left;

        if (is_red(uncle)) {
            set_black(uncle);
            set_black(parent);
            set_red(grand);
            node = grand;
            continue;
        }
        if (node == (left ? parent->right : parent->left)) {
            rotate(root, parent, left);
            parent = node;
        }
        set_black(parent);
        set_red(grand);
        rotate(root, grand, !left);
        break;
    }
    set_black(root->node);
}

void rb_insert_at(struct rb_root *root, struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
    node->parent_colour = (uintptr_t)parent;
    node->left = NULL;
    node->right = NULL;
    *link = node;
    if (root->augment) {
        root->augment(node);
        rb_augment_path(root, parent);
    }
    insert_rebalance(root, node);
}

void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less)
{
    struct rb_node **link = &root->node;
    struct rb_node *parent = NULL;

    while (*link) {
        parent = *link;
        link = less(node, parent) ? &parent->left : &parent->right;
    }
    rb_insert_at(root, node, parent, link);
}

/* The subtree at @node (may be missing) under @parent is one black node short. */
static void erase_rebalance(struct rb_root *root, struct rb_node *node, struct rb_node *parent)
{
    while (node != root->node && !is_red(node)) {
        bool left = node == parent->left;
        struct rb_node *sibling = left ? parent->right : parent->left;
        struct rb_node *outer;

        if (is_red(sibling)) {
            set_black(sibling);
            set_red(parent);
            rotate(root, parent, left);
            sibling = left ? parent->right : parent->left;
        }
        if (!is_red(sibling->left) && !is_red(sibling->right)) {
            set_red(sibling);
            node = parent;
            parent = rb_parent(node);
            continue;
        }
        outer = left ? sibling->right : sibling->left;
        if (!is_red(outer)) {
            set_black(left ? sibling->left : sibling->right);
            set_red(sibling);
            rotate(root, sibling, !left);
            sibling = left ? parent->right : parent->left;
            outer = left ? sibling->right : sibling->left;
        }
        if (is_red(parent))
            set_red(sibling);
        else
            set_black(sibling);
        set_black(parent);
        set_black(outer);
        rotate(root, parent, left);
        break;
    }
    if (node && (node == root->node || is_red(node)))
        set_black(node);
}

/* Put @node's in-order successor in its place. Returns where the tree became shallower. */
static struct rb_node *swap_in_successor(struct rb_root *root, struct rb_node *node, struct rb_node **child,
                                         bool *was_red)
{
    struct rb_node *next = node->right;
    struct rb_node *parent;

    while (next->left)
        next = next->left;
    *child = next->right;
    *was_red = is_red(next);
    parent = rb_parent(next);
    if (parent == node) {
        parent = next;
    } else {
        parent->left = *child;
        if (*child)
            set_parent(*child, parent);
        next->right = node->right;
        set_parent(next->right, next);
    }
    next->left = node->left;
    set_parent(next->left, next);
    *link_to(root, rb_parent(node), node) = next;
    next->parent_colour = node->parent_colour;
    return parent;
}

/* The path up from @parent, and the node that stands where @gone stood: its stored summary is not of that place. */
static void augment_after_erase(struct rb_root *root, const struct rb_node *gone, struct rb_node *parent)
{
    struct rb_node *moved;

    if (!root->augment)
        return;
    rb_augment_path(root, parent);
    if (gone->left && gone->right) {
        moved = rb_parent(gone->left); /* the successor took over its children */
        root->augment(moved);
        rb_augment_path(root, rb_parent(moved));
    }
}

void rb_erase(struct rb_root *root, struct rb_node *node)
{
    struct rb_node *child, *parent;
    bool was_red;

    if (node->left && node->right) {
        parent = swap_in_successor(root, node, &child, &was_red);
    } else {
        child = node->left ? node->left : node->right;
        parent = rb_parent(node);
        was_red = is_red(node);
        *link_to(root, parent, node) = child;
        if (child)
            set_parent(child, parent);
    }
    augment_after_erase(root, node, parent);
    if (!was_red && root->node)
        erase_rebalance(root, child, parent);
}

void rb_replace(struct rb_root *root, struct rb_node *old, struct rb_node *fresh)
{
    *link_to(root, rb_parent(old), old) = fresh;
    fresh->parent_colour = old->parent_colour;
    fresh->left = old->left;
    fresh->right = old->right;
    if (fresh->left)
        set_parent(fresh->left, fresh);
    if (fresh->right)
        set_parent(fresh->right, fresh);
    if (root->augment) {
        root->augment(fresh);
        rb_augment_path(root, rb_parent(fresh));
    }
}

struct rb_node *rb_first(const struct rb_root *root)
{
    struct rb_node *node = root->node;

    while (node && node->left)
        node = node->left;
    return node;
}

struct rb_node *rb_last(const struct rb_root *root)
{
    struct rb_node *node = root->node;

    while (node && node->right)
        node = node->right;
    return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
    struct rb_node *parent;

    if (node->right) {
        for (node = node->right; node->left;)
            node = node->left;
        return (struct rb_node *)node;
    }
    while ((parent = rb_parent(node)) && node == parent->right)
        node = parent;
    return parent;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
    struct rb_node *parent;

    if (node->left) {
        for (node = node->left; node->right;)
            node = node->right;
        return (struct rb_node *)node;
    }
    while ((parent = rb_parent(node)) && node == parent->left)
        node = parent;
    return parent;
}

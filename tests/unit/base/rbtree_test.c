// SPDX-License-Identifier: BSD-3-Clause
// Red-black tree: invariants, order and summaries under random insertion and removal.
#include "test.h"
#include <base/rbtree.h>

struct item {
    struct rb_node node;
    unsigned key, sum;
    bool in;
};

static struct item *of(const struct rb_node *n)
{
    return n ? rb_entry(n, struct item, node) : NULL;
}

static bool less(const struct rb_node *a, const struct rb_node *b)
{
    return of(a)->key < of(b)->key;
}

static unsigned sum_of(const struct rb_node *n)
{
    return n ? of(n)->sum : 0;
}

static bool add_up(struct rb_node *n)
{
    unsigned sum = of(n)->key + sum_of(n->left) + sum_of(n->right);
    bool changed = sum != of(n)->sum;

    of(n)->sum = sum;
    return changed;
}

/* Return: black height. */
static int check(const struct rb_node *n, const struct rb_node *parent, bool sums)
{
    if (!n)
        return 1;
    bool red = !(n->parent_colour & 1);

    assert_ptr_equal(rb_parent(n), parent);
    if (red) {
        assert_true(!n->left || (n->left->parent_colour & 1));
        assert_true(!n->right || (n->right->parent_colour & 1));
    }
    if (sums)
        assert_int_equal(of(n)->sum, of(n)->key + sum_of(n->left) + sum_of(n->right));
    int left = check(n->left, n, sums);

    assert_int_equal(left, check(n->right, n, sums));
    return left + !red;
}

static void random_use(struct rb_root *root, bool sums)
{
    enum { N = 300 };
    static struct item items[N];
    unsigned count = 0;

    memset(items, 0, sizeof(items));
    for (int step = 0; step < 12000; step++) {
        struct item *i = &items[rand() % N];
        unsigned seen = 0, last = 0;

        if (i->in) {
            rb_erase(root, &i->node);
            count--;
        } else {
            i->key = (unsigned)rand() % 200;
            rb_insert(root, &i->node, less);
            count++;
        }
        i->in = !i->in;
        if (step % 16)
            continue;
        assert_true(!root->node || (root->node->parent_colour & 1));
        check(root->node, NULL, sums);
        for (struct rb_node *n = rb_first(root); n; n = rb_next(n), seen++) {
            assert_true(of(n)->key >= last);
            last = of(n)->key;
        }
        assert_int_equal(seen, count);
        for (struct rb_node *n = rb_last(root); n; n = rb_prev(n))
            seen--;
        assert_int_equal(seen, 0);
    }
    while (root->node)
        rb_erase(root, root->node);
}

static void random_use_keeps_invariants(void **state)
{
    struct rb_root root = RB_ROOT_INIT(NULL);

    random_use(&root, false);
}

static void summaries_follow(void **state)
{
    struct rb_root root = RB_ROOT_INIT(add_up);

    random_use(&root, true);
}

static void replace_takes_the_place(void **state)
{
    struct rb_root root = RB_ROOT_INIT(add_up);
    struct item a = {.key = 1}, b = {.key = 2}, c = {.key = 3}, d = {.key = 2};

    rb_insert(&root, &a.node, less);
    rb_insert(&root, &b.node, less);
    rb_insert(&root, &c.node, less);
    rb_replace(&root, &b.node, &d.node);
    assert_ptr_equal(rb_next(&a.node), &d.node);
    assert_ptr_equal(rb_next(&d.node), &c.node);
    check(root.node, NULL, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use_keeps_invariants),
        cmocka_unit_test(summaries_follow),
        cmocka_unit_test(replace_takes_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: BSD-3-Clause
// The pages of an object by index: a radix tree of 64-way nodes.
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <mem/frame.h>

struct page_tree;

/* All calls: the object's lock is held. @root: struct vm_object.pages; starts as NULL. */
struct frame *page_tree_find(const struct page_tree *root, uint64_t index);
/** page_tree_next - the first page at or behind @index; *@found its index; NULL if none. */
struct frame *page_tree_next(const struct page_tree *root, uint64_t index, uint64_t *found);
/** page_tree_insert - @index must be empty. Return: 0; -ENOMEM. */
int page_tree_insert(struct page_tree **root, uint64_t index, struct frame *f) __must_check;
/** page_tree_replace - @index holds a page. */
void page_tree_replace(struct page_tree *root, uint64_t index, struct frame *f);
/** page_tree_remove - Return: the page that was there, or NULL. */
struct frame *page_tree_remove(struct page_tree **root, uint64_t index);

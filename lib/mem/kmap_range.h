// SPDX-License-Identifier: BSD-3-Clause
// Allocation of page ranges out of a large virtual window.
#pragma once

#include <base/compiler.h>
#include <base/list.h>
#include <base/types.h>

/* One range in use; [start, end) without its guard pages. */
struct kmap_range {
    struct list_node link; /* in address order */
    vaddr_t start, end;
    unsigned kind;
};

struct kmap_window {
    vaddr_t base, end;
    struct list_node ranges;
    struct kmap_range *hint; /* search starts behind it */
};

/** kmap_range_insert - give @r @size bytes (page multiple), with a free page on both sides. Return: 0; -ENOMEM if the window is full. */
int kmap_range_insert(struct kmap_window *w, struct kmap_range *r, size_t size) __must_check;
void kmap_range_remove(struct kmap_window *w, struct kmap_range *r);
struct kmap_range *kmap_range_find(struct kmap_window *w, vaddr_t start);

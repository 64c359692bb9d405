// SPDX-License-Identifier: BSD-3-Clause
// Callbacks by which caches give memory back when it runs short.
#pragma once

#include "base/list.h"
#include <stddef.h>

/** The order in which shrinkers are asked. */
enum shrinker_priority { SHRINK_PAGE_CACHE, SHRINK_KERNEL_CACHES, SHRINK_LAST };

struct shrinker {
    /**
     * shrink - give back about @want pages.
     * Context: may sleep, but waits for no memory; the caller may hold sleeping locks of any room, so only try_ forms of locks.
     * Return: pages freed.
     */
    size_t (*shrink)(struct shrinker *s, size_t want);
    enum shrinker_priority priority;
    const char *name;
    struct list_node link;
};

void shrinker_register(struct shrinker *s);
void shrinker_unregister(struct shrinker *s);

/** shrink_memory - ask all until @want pages came. Not re-entered. Return: pages freed. */
size_t shrink_memory(size_t want);

/** mem_set_pressure_hook - called (may sleep) when free memory fell under a sixteenth, at most once until it recovers. */
void mem_set_pressure_hook(void (*fn)(size_t free_pages));

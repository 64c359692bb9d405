// SPDX-License-Identifier: BSD-3-Clause
// Giving cached pages back when memory is short.

/*
 * Objects with a pager stand in one list. The shrinker goes through it like a clock hand: a page that was used since the
 * last visit loses its mark and stays; an unused, clean page that only the cache refers to is freed. Dirty ones are written
 * back first when that may be done. If all that was not enough, mapped pages are unmapped, so that they can be freed like the others.
 *
 * Who asks for memory may hold locks of this room itself. So an object is written back or unmapped only when its lock and those of
 * the spaces that map it are seen free: then the asking thread does not hold them, and can wait for whoever takes them next.
 */

#include "object_private.h"
#include <mem/shrinker.h>

static struct spinlock list_lock = SPINLOCK_INIT(RANK_FILE);
static struct list_node objects = LIST_INIT(objects); /* L: list_lock */
static bool shrinker_known;                           /* a */

/* Free up to @want pages of @o. Return: how many. */
static size_t shrink_object(struct vm_object *o, size_t want, bool hard)
{
    size_t freed = 0;
    uint64_t index = 0;
    struct frame *page;

    if (!mutex_try_lock(&o->lock))
        return 0;
    for (; freed < want && (page = page_tree_next(o->pages, index, &index)); index++) {
        uint16_t flags = atomic_load_relaxed(&page->flags);

        if (flags & (FRAME_FLAG_BUSY | FRAME_FLAG_DIRTY | FRAME_FLAG_WRITEBACK))
            continue;
        if ((flags & FRAME_FLAG_REFERENCED) && !hard) {
            atomic_fetch_and(&page->flags, (uint16_t)~FRAME_FLAG_REFERENCED);
            continue;
        }
        if (frame_refs(page) != 1)
            continue;
        frame_put(page_remove_locked(o, index));
        freed++;
    }
    mutex_unlock(&o->lock);
    return freed;
}

static struct vm_object *rotate(void)
{
    irq_flags_t irq = spin_lock_irqsave(&list_lock);
    struct list_node *first = list_first(&objects);
    struct vm_object *o = NULL;

    if (first) {
        uint32_t refs;

        list_move_back(&objects, first);
        o = container_of(first, struct vm_object, lru_link);
        /* a dying object leaves the list before its pages go; it must not be revived */
        refs = __atomic_load_n((uint32_t *)&o->refs, __ATOMIC_RELAXED);
        while (refs && !__atomic_compare_exchange_n((uint32_t *)&o->refs, &refs, refs + 1, false, __ATOMIC_ACQUIRE,
                                                    __ATOMIC_RELAXED))
            continue;
        if (!refs)
            o = NULL;
    }
    spin_unlock_irqrestore(&list_lock, irq);
    return o;
}

static size_t count_objects(void)
{
    irq_flags_t irq = spin_lock_irqsave(&list_lock);
    size_t n = list_count(&objects);

    spin_unlock_irqrestore(&list_lock, irq);
    return n;
}

static size_t shrink_page_cache(struct shrinker *s, size_t want)
{
    size_t freed = 0;

    for (unsigned pass = 0; pass < 4 && freed < want; pass++) {
        for (size_t n = count_objects(); n && freed < want; n--) {
            struct vm_object *o = rotate();

            if (!o)
                continue;
            if (pass == 1 && o->n_dirty && object_is_unlocked(o))
                (void)!page_cache_sync(o, 0, UINT64_MAX);
            if (pass == 3 && !list_empty(&o->mappings) && object_is_unlocked(o))
                object_unmap_unlocked(o);
            freed += shrink_object(o, want - freed, pass >= 2);
            vm_object_put(o);
        }
    }
    return freed;
}

static struct shrinker cache_shrinker = {
    .shrink = shrink_page_cache, .priority = SHRINK_PAGE_CACHE, .name = "page cache"};

void page_reclaim_know(struct vm_object *o)
{
    irq_flags_t irq;

    if (!o->ops || !o->ops->read_pages || (o->flags & VM_OBJECT_SWAPLESS) || !list_empty(&o->lru_link))
        return;
    if (!atomic_exchange(&shrinker_known, true))
        shrinker_register(&cache_shrinker);
    irq = spin_lock_irqsave(&list_lock);
    if (list_empty(&o->lru_link))
        list_push_back(&objects, &o->lru_link);
    spin_unlock_irqrestore(&list_lock, irq);
}

void page_reclaim_forget(struct vm_object *o)
{
    irq_flags_t irq;

    if (list_empty(&o->lru_link))
        return;
    irq = spin_lock_irqsave(&list_lock);
    list_remove(&o->lru_link);
    spin_unlock_irqrestore(&list_lock, irq);
}

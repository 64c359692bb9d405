// SPDX-License-Identifier: BSD-3-Clause
// The frame allocator: buddy lists over sections that open on demand, with a stack of frames on each CPU.

/*
 * Theory. RAM is a few regions, each with an array of struct frame (32 bytes a page) that lies in the region itself. The
 * array is reserved at boot but not touched: memory is brought into use a section (4 MiB) at a time, when the free lists
 * run dry, so that boot costs the same on 2 MiB as on 2 TiB. A section that is free as a whole is entered as one block of
 * the highest order, and only that block's head is written. Splitting a block writes the head of the half split off. So the
 * metadata of a frame is valid exactly if a block starts there, or did; in a section with reserved parts all of it is
 * zeroed first, since zero is FRAME_RESERVED.
 *
 * Merging looks at a frame's buddy. It lies in the same section and, if the section was entered as one block, the buddy
 * became a head when the two were split apart, so its metadata is valid; else the metadata was zeroed.
 *
 * States: reserved -> free (head, in a list) -> allocated (head, refs >= 1) -> free ... A frame in a CPU's stack counts as
 * allocated with no reference.
 *
 * Zones: below and above 4 GiB there are separate lists, so that the few devices with 32-bit addresses can be served; the
 * last pages below are kept for them.
 *
 * Locks: frame_lock (rank RANK_FRAME, interrupts off) for lists, frontier and linear map. The per-CPU stacks are protected
 * by interrupts off.
 */

#include "frame_private.h"
#include <arch/page.h>
#include <arch/percpu.h>
#include <base/bitmap.h>
#include <base/panic.h>

enum { CACHE_SLOTS = 32, CACHE_ORDER = 3, DMA32_KEEP_PAGES = 4096, KERNEL_KEEP_PAGES = 32 };

struct frame_cache {
    unsigned n;                       /* c */
    struct frame *slots[CACHE_SLOTS]; /* c */
};

static DEFINE_PER_CPU(struct frame_cache, frame_cache);

struct spinlock frame_lock = SPINLOCK_INIT(RANK_FRAME);
struct frame_region frame_regions[FRAME_REGION_MAX];
unsigned frame_n_regions;

/* L: frame_lock. [0]: below 4 GiB. A NULL next means: empty, never used. */
static struct list_node free_lists[2][FRAME_ORDER_MAX + 1];
uint64_t frame_free_blocks[2][FRAME_ORDER_MAX + 1];
uint64_t frame_n_free, frame_n_total, frame_n_opened, frame_n_reserved, frame_n_tables, frame_metadata_bytes;

static void push_free(struct frame *f, unsigned region, unsigned order, unsigned zone)
{
    struct list_node *head = &free_lists[zone][order];

    if (!head->next)
        list_init(head);
    frame_init_head(f, region, FRAME_FREE, order);
    list_push_front(head, &f->node);
    frame_free_blocks[zone][order]++;
}

static void unlink_free(struct frame *f, unsigned zone)
{
    list_remove(&f->node);
    frame_free_blocks[zone][f->order]--;
}

static unsigned zone_of(uint64_t number)
{
    return number >= DMA32_END_PAGE;
}

/* Enter a block of @order at @number, merged with free neighbours. */
static void free_block_locked(unsigned region, uint64_t number, unsigned order)
{
    const struct frame_region *r = &frame_regions[region];
    unsigned zone = zone_of(number);

    atomic_store_relaxed(&frame_n_free, frame_n_free + (UINT64_C(1) << order)); /* read without the lock */
    for (; order < FRAME_ORDER_MAX; order++) {
        uint64_t buddy = number ^ (UINT64_C(1) << order);
        struct frame *b;

        if (buddy - r->first >= r->end - r->first)
            break;
        b = &r->frames[buddy - r->first];
        if (atomic_load_relaxed(&b->kind) != FRAME_KIND(FRAME_FREE, order))
            break;
        unlink_free(b, zone);
        frame_set_kind(b, FRAME_RESERVED, 0);
        number &= ~(UINT64_C(1) << order);
    }
    push_free(&r->frames[number - r->first], region, order, zone);
}

void frame_add_range_locked(unsigned region, uint64_t first, uint64_t end)
{
    while (first < end) {
        unsigned order = first ? min(bit_lowest(first), FRAME_ORDER_MAX) : FRAME_ORDER_MAX;

        while (first + (UINT64_C(1) << order) > end)
            order--;
        free_block_locked(region, first, order);
        first += UINT64_C(1) << order;
    }
}

static struct frame *take_from_zone(unsigned order, unsigned zone)
{
    for (unsigned have = order; have <= FRAME_ORDER_MAX; have++) {
        struct frame *f;

        if (!frame_free_blocks[zone][have])
            continue;
        f = container_of(free_lists[zone][have].next, struct frame, node);
        unlink_free(f, zone);
        while (have > order) {
            have--;
            push_free(f + (1u << have), f->region, have, zone);
        }
        frame_set_kind(f, FRAME_ALLOCATED, order);
        atomic_store_relaxed(&frame_n_free, frame_n_free - (UINT64_C(1) << order));
        return f;
    }
    return NULL;
}

struct frame *frame_take_locked(unsigned order, bool dma32)
{
    struct frame *f;

    if (dma32)
        return take_from_zone(order, 0);
    f = take_from_zone(order, 1);
    return f ? f : take_from_zone(order, 0);
}

/* From the lists, opening sections while that may help. */
static struct frame *take_or_open_locked(unsigned order, unsigned flags)
{
    bool dma32 = flags & FRAME_DMA32;
    struct frame *f;

    if ((flags & FRAME_USER) && frame_n_free < KERNEL_KEEP_PAGES + (UINT64_C(1) << order))
        return NULL;
    do {
        f = frame_take_locked(order, dma32);
    } while (!f && frame_section_open_locked(dma32 ? DMA32_END_PAGE : UINT64_MAX));
    return f;
}

static struct frame *take_block(unsigned order, unsigned flags)
{
    irq_flags_t irq = spin_lock_irqsave(&frame_lock);
    struct frame *f = take_or_open_locked(order, flags);

    spin_unlock_irqrestore(&frame_lock, irq);
    return f;
}

/* Interrupts are off. */
static __noinline void cache_refill(struct frame_cache *c, unsigned flags)
{
    struct frame *f;

    spin_lock(&frame_lock);
    f = take_or_open_locked(CACHE_ORDER, flags);
    if (likely(f)) { /* one block for all; the lowest address goes out first */
        for (unsigned i = 1u << CACHE_ORDER; i-- > 0;) {
            frame_init_head(&f[i], f->region, FRAME_ALLOCATED, 0);
            c->slots[c->n++] = &f[i];
        }
    } else if ((f = take_or_open_locked(0, flags))) {
        c->slots[c->n++] = f;
    }
    spin_unlock(&frame_lock);
}

static __noinline void cache_flush(struct frame_cache *c, unsigned keep)
{
    spin_lock(&frame_lock);
    while (c->n > keep) {
        struct frame *f = c->slots[--c->n];

        free_block_locked(f->region, frame_number(f), 0);
    }
    spin_unlock(&frame_lock);
}

static inline struct frame *take_single(unsigned flags)
{
    irq_flags_t irq = irq_save();
    struct frame_cache *c = this_cpu_ptr(frame_cache);
    struct frame *f = NULL;

    if (unlikely(c->n == 0))
        cache_refill(c, flags);
    if (likely(c->n != 0))
        f = c->slots[--c->n];
    irq_restore(irq);
    return f;
}

static struct frame *take_once(unsigned order, unsigned flags)
{
    return order == 0 && !(flags & FRAME_DMA32) ? take_single(flags) : take_block(order, flags);
}

static __noinline struct frame *take_with_reclaim(unsigned order, unsigned flags)
{
    struct frame *f = NULL;

    if ((flags & FRAME_NOWAIT) || !mem_may_wait())
        return NULL;
    for (int attempt = 0; !f && attempt < 3 && mem_reclaim_for(UINT64_C(1) << order); attempt++)
        f = take_once(order, flags);
    return f;
}

struct frame *frame_alloc(unsigned order, unsigned flags)
{
    struct frame *f;

    if (unlikely(order > FRAME_ORDER_MAX) || (!(mem_fail_spares_user && (flags & FRAME_USER)) && mem_should_fail()))
        return NULL;
    f = take_once(order, flags);
    if (unlikely(!f) && !(f = take_with_reclaim(order, flags)))
        return NULL;
    f->flags = 0;
    f->private = NULL;
    __atomic_store_n(&f->refs, 1, __ATOMIC_RELAXED);
    if (flags & FRAME_ZERO) {
        char *p = frame_to_virt(f);

        for (unsigned i = 0; i < 1u << order; i++)
            arch_page_clear(p + i * PAGE_SIZE);
    }
    return f;
}

static inline void put_single(struct frame *f)
{
    irq_flags_t irq = irq_save();
    struct frame_cache *c = this_cpu_ptr(frame_cache);

    if (unlikely(c->n == CACHE_SLOTS))
        cache_flush(c, CACHE_SLOTS / 2);
    c->slots[c->n++] = f;
    irq_restore(irq);
}

void frame_free(struct frame *f, unsigned order)
{
    irq_flags_t irq;

    assert(f->state == FRAME_ALLOCATED && f->order == order && f->refs <= 1);
    f->refs = 0;
    if (order == 0) {
        put_single(f);
        return;
    }
    irq = spin_lock_irqsave(&frame_lock);
    free_block_locked(f->region, frame_number(f), order);
    spin_unlock_irqrestore(&frame_lock, irq);
}

void frame_put(struct frame *f)
{
    debug_assert(f->state == FRAME_ALLOCATED && f->refs != 0);
    if (__atomic_fetch_sub(&f->refs, 1, __ATOMIC_RELEASE) == 1) {
        atomic_fence_acquire(); /* pairs with the other puts */
        frame_free(f, f->order);
    }
}

void frame_split(struct frame *f, unsigned order)
{
    assert(f->state == FRAME_ALLOCATED && f->order == order);
    for (unsigned i = 0; i < 1u << order; i++) {
        frame_init_head(&f[i], f->region, FRAME_ALLOCATED, 0);
        f[i].refs = 1;
    }
}

size_t frame_drain(void)
{
    irq_flags_t irq = irq_save();
    struct frame_cache *c = this_cpu_ptr(frame_cache);
    size_t n = c->n;

    cache_flush(c, 0);
    irq_restore(irq);
    return n;
}

uint64_t frame_free_pages(void)
{
    return atomic_load_relaxed(&frame_n_free);
}

uint64_t frame_total_pages(void)
{
    return frame_n_total;
}

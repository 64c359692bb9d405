// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the frame allocator share.
#pragma once

#include <arch/spinlock.h>
#include <mem/frame.h>

/* Sections: the unit in which metadata is opened; no block crosses one. */
#define SECTION_PAGES (UINT64_C(1) << FRAME_ORDER_MAX)
#define DMA32_END_PAGE (UINT64_C(1) << 20)

extern struct spinlock frame_lock;

#define FRAME_KIND(state, order) ((uint8_t)((state) | (order) << 4))

static inline void frame_set_kind(struct frame *f, enum frame_state state, unsigned order)
{
    __atomic_store_n(&f->kind, FRAME_KIND(state, order), __ATOMIC_RELAXED);
}

/** frame_init_head - all fields of a frame that becomes the head of a block. */
static inline void frame_init_head(struct frame *f, unsigned region, enum frame_state state, unsigned order)
{
    f->refs = 0;
    frame_set_kind(f, state, order);
    f->region = (uint8_t)region;
    f->flags = 0;
    f->private = NULL;
}

/** frame_add_range_locked - make [first, end) of region @r free; its metadata is mapped and zeroed, or only whole sections. */
void frame_add_range_locked(unsigned region, uint64_t first, uint64_t end);

/** frame_section_open_locked - bring one more section into use. @below: only below this page number. Return: false if none is left. */
bool frame_section_open_locked(uint64_t below);

/** frame_take_locked - one frame from opened sections, or NULL. */
struct frame *frame_take_locked(unsigned order, bool dma32);

/** linear_map_locked - make [start, end) physical accessible in the linear map. Return: 0 or -ENOMEM. */
int linear_map_locked(paddr_t start, paddr_t end);
extern uint64_t linear_mapped_from_boot;

/* Counters, under frame_lock for writing. */
extern uint64_t frame_n_free;     /* in lists and in unopened sections */
extern uint64_t frame_n_total;
extern uint64_t frame_n_opened;
extern uint64_t frame_n_reserved;
extern uint64_t frame_n_tables;
extern uint64_t frame_metadata_bytes;
extern uint64_t frame_free_blocks[2][FRAME_ORDER_MAX + 1];

/** mem_should_fail - one allocation asks the failure injector. */
extern bool mem_fail_armed, mem_fail_spares_user;
bool mem_fail_now(void);

static inline bool mem_should_fail(void)
{
    return unlikely(mem_fail_armed) && mem_fail_now();
}

/** mem_may_wait - may this context run shrinkers? */
bool mem_may_wait(void);
/** mem_reclaim_for - room for @pages was missing. Return: true if trying again makes sense. */
bool mem_reclaim_for(size_t pages);

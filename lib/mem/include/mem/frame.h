// SPDX-License-Identifier: BSD-3-Clause
// Physical memory in page frames: allocation, reference counts, translation to addresses.
#pragma once

#include "arch/pgtable.h"
#include "base/atomic.h"
#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_ORDER_MAX 10u /* 4 MiB */
#define FRAME_ORDER_HUGE 9u /* 2 MiB */
#define FRAME_REGION_MAX 16u

/* What a frame is in; a fresh or reserved one is 0. */
enum frame_state {
    FRAME_RESERVED = 0,
    FRAME_FREE,      /* head of a free block of @order */
    FRAME_ALLOCATED, /* head of an allocated block of @order */
    FRAME_SLAB,      /* head of a slab of room mem */
};

/* Bits of struct frame.flags; they belong to the owner of an allocated frame (atomic ops if shared). */
enum frame_flags_bits {
    FRAME_FLAG_DIRTY = 1u << 0,
    FRAME_FLAG_UPTODATE = 1u << 1,
    FRAME_FLAG_BUSY = 1u << 2,       /* being read or written: wait */
    FRAME_FLAG_REFERENCED = 1u << 3, /* used since reclaim last looked */
    FRAME_FLAG_WRITEBACK = 1u << 4,
    FRAME_FLAG_ERROR = 1u << 5,
    FRAME_FLAG_CACHED = 1u << 6,     /* in a page tree: owner and index are valid */
    FRAME_FLAG_WAITERS = 1u << 7,
    FRAME_FLAG_LOCKED = 1u << 8,     /* mlock */
    FRAME_FLAG_OBJECT = 1u << 9,     /* is or was in a page tree: not a program's private page */
};

/**
 * struct frame - what is known about one page frame. 32 bytes: a 128th of memory.
 * Only the head of a block is valid; frame_split() makes the others so.
 * Legend: a atomic; F zone lock while free; o the owner's
 */
struct frame {
    union {
        uint32_t refs; /* a: allocated blocks */
        struct {
            uint16_t free_index; /* slab: first free object + 1 */
            uint16_t n_used;
        } slab;
    };
    union {
        struct {
            uint8_t state : 4, order : 4; /* F: enum frame_state */
        };
        uint8_t kind; /* both; a: a neighbour that is being freed looks at it */
    };
    uint8_t region; /* F */
    uint16_t flags; /* o */
    union {
        struct list_node node; /* F, or o */
        struct {
            void *owner; /* o: e.g. the vm_object */
            uint64_t index; /* o: page number within it */
        };
    };
    union {
        void *private; /* o */
        struct kmem_cache *cache;
    };
};
_Static_assert(sizeof(struct frame) == 32, "frame metadata is a 128th of memory");

/* A run of RAM whose frames have one array. */
struct frame_region {
    uint64_t first, end;  /* page frame numbers */
    struct frame *frames; /* of @first */
};
extern struct frame_region frame_regions[FRAME_REGION_MAX];
extern unsigned frame_n_regions;

enum frame_alloc_flags {
    FRAME_ZERO = 1u << 0,   /* contents cleared */
    FRAME_NOWAIT = 1u << 1, /* no reclaim: interrupt handlers, or with a spinlock held (assumed then anyway) */
    FRAME_DMA32 = 1u << 2,  /* below 4 GiB */
    FRAME_USER = 1u << 3,   /* for the program: leaves the last pages to the kernel */
};

/**
 * frame_alloc - take a naturally aligned block of 1 << @order frames, with one reference.
 *
 * Context: any. Runs shrinkers unless FRAME_NOWAIT, interrupts off or preemption off.
 * Return: the head; NULL when no memory is left.
 */
struct frame *frame_alloc(unsigned order, unsigned flags) __must_check;

/** frame_free - give a whole block of 1 << @order back; no other references exist. Context: any. */
void frame_free(struct frame *f, unsigned order);

/** frame_split - make 1 << @order independent frames, each with one reference, of an allocated block with one reference. */
void frame_split(struct frame *f, unsigned order);

static inline void frame_get(struct frame *f)
{
    __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
}

/** frame_put - drop a reference; the last one frees the block. */
void frame_put(struct frame *f);

static inline uint32_t frame_refs(const struct frame *f)
{
    return __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE);
}

static inline uint64_t frame_number(const struct frame *f)
{
    const struct frame_region *r = &frame_regions[f->region];

    return r->first + (uint64_t)(f - r->frames);
}

static inline paddr_t frame_to_phys(const struct frame *f)
{
    return frame_number(f) << PAGE_SHIFT;
}

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(uintptr_t)(LINEAR_BASE + pa);
}

/** virt_to_phys - of an address in the linear map. */
static inline paddr_t virt_to_phys(const void *p)
{
    return (uintptr_t)p - LINEAR_BASE;
}

/** virt_to_phys_any - of any mapped kernel address (linear map, image, kernel map). Return: 0 if not mapped. */
paddr_t virt_to_phys_any(const void *p);

static inline void *frame_to_virt(const struct frame *f)
{
    return phys_to_virt(frame_to_phys(f));
}

/** phys_to_frame - the metadata of @pa; NULL if it is not RAM that this room manages. */
static inline struct frame *phys_to_frame(paddr_t pa)
{
    uint64_t number = pa >> PAGE_SHIFT;

    for (unsigned i = 0; i < frame_n_regions; i++) {
        const struct frame_region *r = &frame_regions[i];

        if (number - r->first < r->end - r->first)
            return &r->frames[number - r->first];
    }
    return NULL;
}

static inline struct frame *virt_to_frame(const void *p)
{
    return phys_to_frame(virt_to_phys(p));
}

struct boot_handoff;

/**
 * mem_init - learn the memory map. Work is proportional to the number of regions, not to their size.
 * Everything in @handoff that is not RAM, or is marked in use, is never given away.
 *
 * Return: 0; -ENOMEM if there is no usable RAM.
 */
int mem_init(const struct boot_handoff *handoff) __must_check;

/** frame_release_range - give boot-time memory ([start, end) physical: the initrd) to the allocator. What was given already stays. */
void frame_release_range(paddr_t start, paddr_t end);
/** frame_map_range - make physical memory that nobody allocated (the initrd) readable through phys_to_virt(). Return: 0 or -ENOMEM. */
int frame_map_range(paddr_t start, paddr_t end) __must_check;

struct frame_stats {
    uint64_t total_pages;    /* RAM this room manages, without its own metadata */
    uint64_t free_pages;     /* also in sections that were never opened */
    uint64_t opened_pages;   /* whose metadata is in use */
    uint64_t metadata_bytes; /* reserved for struct frame arrays */
    uint64_t kernel_table_pages;
    uint64_t free_blocks[FRAME_ORDER_MAX + 1]; /* in opened sections, without per-CPU caches */
    uint64_t reserved_pages; /* RAM in use since boot: the image, initrd */
};
void frame_get_stats(struct frame_stats *out);

/** frame_drain - give this CPU's stack of frames back to the lists. Return: how many. */
size_t frame_drain(void);

/** frame_free_pages - fast estimate of free_pages. */
uint64_t frame_free_pages(void);
uint64_t frame_total_pages(void);

/** mem_fail_after - tests: let @n allocations of frames and kernel objects pass, then fail the next @count. Negative @n: off. */
void mem_fail_after(long n, long count);
/** mem_fail_spare_user - tests: FRAME_USER frames do not fail and are not counted. */
void mem_fail_spare_user(bool spare);
/** mem_fail_injected - how many allocations were made to fail so far. */
long mem_fail_injected(void);

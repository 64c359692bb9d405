// SPDX-License-Identifier: BSD-3-Clause
// Device registers, foreign memory and large buffers in the kernel map.

/*
 * Each mapping has an unmapped page before and after it. A range goes back to the window only after its pages are unmapped
 * and every CPU has forgotten the translations, so a stale pointer faults instead of hitting somebody else's memory.
 */

#include "kmap_range.h"
#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <base/atomic.h>
#include <base/panic.h>
#include <mem/frame.h>
#include <mem/kalloc.h>
#include <mem/kmap.h>

enum range_kind { KIND_FOREIGN, KIND_FRAMES };

static struct spinlock window_lock = SPINLOCK_INIT(RANK_KMAP);
static struct kmap_window window = { /* L: window_lock */
    .base = KMAP_BASE,
    .end = KMAP_BASE + KMAP_BYTES,
    .ranges = LIST_INIT(window.ranges),
};
static uint64_t used_bytes; /* a */

static struct kmap_range *range_create(size_t size, enum range_kind kind)
{
    struct kmap_range *r = kmalloc(sizeof(*r));
    irq_flags_t irq;
    int err;

    if (!r)
        return NULL;
    r->kind = kind;
    irq = spin_lock_irqsave(&window_lock);
    err = kmap_range_insert(&window, r, size);
    spin_unlock_irqrestore(&window_lock, irq);
    if (err) {
        kfree(r);
        return NULL;
    }
    atomic_add_relaxed(&used_bytes, size);
    return r;
}

/* Unmap the first @size bytes of @r, free its frames if they are its own, and let go of the range. */
static void range_destroy(struct kmap_range *r, size_t size)
{
    struct list_node frames;
    irq_flags_t irq;

    list_init(&frames);
    for (vaddr_t va = r->start; va < r->start + size; va += PAGE_SIZE) {
        paddr_t pa = kernel_unmap_page(va);

        if (r->kind == KIND_FRAMES && pa)
            list_push_back(&frames, &phys_to_frame(pa)->node);
    }
    if (size)
        kernel_tlb_flush(r->start, size);
    while (!list_empty(&frames))
        frame_put(container_of(list_pop_front(&frames), struct frame, node));
    atomic_sub_relaxed(&used_bytes, r->end - r->start);
    irq = spin_lock_irqsave(&window_lock);
    kmap_range_remove(&window, r);
    spin_unlock_irqrestore(&window_lock, irq);
    kfree(r);
}

static void *map_foreign(paddr_t pa, size_t size, uint64_t bits)
{
    size_t offset = pa % PAGE_SIZE;
    size_t span = ALIGN_UP(offset + size, PAGE_SIZE);
    paddr_t limit = UINT64_C(1) << (cpu_features.physical_address_bits ? cpu_features.physical_address_bits : 46);
    struct kmap_range *r;

    if (size == 0 || span < size || pa >= limit || size > limit - pa)
        return NULL;
    r = range_create(span, KIND_FOREIGN);
    if (!r)
        return NULL;
    for (size_t at = 0; at < span; at += PAGE_SIZE) {
        if (kernel_map_page(r->start + at, pa - offset + at, bits)) {
            range_destroy(r, at);
            return NULL;
        }
    }
    return (void *)(r->start + offset);
}

void *kmap_device(paddr_t pa, size_t size)
{
    return map_foreign(pa, size,
                       ARCH_PTE_WRITE | ARCH_PTE_UNCACHED | ARCH_PTE_WRITE_THROUGH | ARCH_PTE_ACCESSED | ARCH_PTE_DIRTY |
                           ARCH_PTE_NO_EXECUTE);
}

void *kmap_memory(paddr_t pa, size_t size)
{
    return map_foreign(pa, size, ARCH_PTE_WRITE | ARCH_PTE_ACCESSED | ARCH_PTE_DIRTY | ARCH_PTE_NO_EXECUTE);
}

static int map_fresh_page(vaddr_t va)
{
    struct frame *f = frame_alloc(0, FRAME_ZERO);
    int err;

    if (!f)
        return -1;
    err = kernel_map_page(va, frame_to_phys(f), ARCH_PTE_WRITE | ARCH_PTE_ACCESSED | ARCH_PTE_DIRTY | ARCH_PTE_NO_EXECUTE);
    if (err)
        frame_put(f);
    return err;
}

void *kmap_alloc(size_t size)
{
    size_t span = ALIGN_UP(size, PAGE_SIZE);
    struct kmap_range *r;

    if (size == 0 || span < size || span >> PAGE_SHIFT > frame_total_pages())
        return NULL;
    r = range_create(span, KIND_FRAMES);
    if (!r)
        return NULL;
    for (size_t at = 0; at < span; at += PAGE_SIZE) {
        if (map_fresh_page(r->start + at)) {
            range_destroy(r, at);
            return NULL;
        }
    }
    return (void *)r->start;
}

void kmap_free(void *p)
{
    struct kmap_range *r;
    irq_flags_t irq;

    if (!p)
        return;
    irq = spin_lock_irqsave(&window_lock);
    r = kmap_range_find(&window, ALIGN_DOWN((vaddr_t)p, PAGE_SIZE));
    spin_unlock_irqrestore(&window_lock, irq);
    assert(r);
    range_destroy(r, r->end - r->start);
}

uint64_t kmap_used_bytes(void)
{
    return atomic_load_relaxed(&used_bytes);
}

// SPDX-License-Identifier: BSD-3-Clause
// Hosted kernel: kernel ranges and stacks are contiguous frames of the one big mapping.

#include <base/bitmap.h>
#include <mem/frame.h>
#include <mem/kmap.h>
#include <mem/kstack.h>

void *kmap_device(paddr_t pa, size_t size)
{
    return size ? phys_to_virt(pa) : NULL;
}

void *kmap_memory(paddr_t pa, size_t size)
{
    return kmap_device(pa, size);
}

void *kmap_alloc(size_t size)
{
    unsigned order = bits_log2_up(DIV_ROUND_UP(size, PAGE_SIZE));
    struct frame *f = size && order <= FRAME_ORDER_MAX ? frame_alloc(order, FRAME_ZERO) : NULL;

    return f ? frame_to_virt(f) : NULL;
}

void kmap_free(void *p)
{
    struct frame *f = p ? virt_to_frame(p) : NULL;

    if (f && f->state == FRAME_ALLOCATED) /* else: it was a device's or foreign memory */
        frame_put(f);
}

uint64_t kmap_used_bytes(void)
{
    return 0;
}

/* A thread that ended left its last frames' red zones behind. */
extern void __asan_unpoison_memory_region(const volatile void *p, size_t n) __weak;

void *kstack_alloc(void)
{
    void *stack = kmap_alloc(KSTACK_BYTES);

    if (stack && __asan_unpoison_memory_region)
        __asan_unpoison_memory_region(stack, KSTACK_BYTES);
    return stack;
}

void kstack_free(void *base)
{
    kmap_free(base);
}

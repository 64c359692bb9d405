// SPDX-License-Identifier: BSD-3-Clause
// Contiguous memory for devices.

#include <base/bitmap.h>
#include <mem/dma.h>
#include <mem/frame.h>

static unsigned order_for(size_t size)
{
    return bits_log2_up(DIV_ROUND_UP(size, PAGE_SIZE));
}

void *dma_alloc(size_t size, paddr_t mask, paddr_t *pa)
{
    struct frame *f;

    if (size == 0 || size > PAGE_SIZE << FRAME_ORDER_MAX)
        return NULL;
    f = frame_alloc(order_for(size), FRAME_ZERO | (mask <= UINT32_MAX ? FRAME_DMA32 : 0));
    if (!f)
        return NULL;
    if (frame_to_phys(f) + size - 1 > mask) {
        frame_put(f);
        return NULL;
    }
    *pa = frame_to_phys(f);
    return frame_to_virt(f);
}

void dma_free(void *p, size_t size)
{
    if (p)
        frame_free(virt_to_frame(p), order_for(size));
}

paddr_t dma_addr(const void *p)
{
    if ((uintptr_t)p - LINEAR_BASE < LINEAR_BYTES)
        return virt_to_phys(p);
    return virt_to_phys_any(p);
}

// SPDX-License-Identifier: BSD-3-Clause
// Figures about physical memory.

#include "frame_private.h"

void frame_get_stats(struct frame_stats *out)
{
    irq_flags_t irq = spin_lock_irqsave(&frame_lock);

    *out = (struct frame_stats){
        .total_pages = frame_n_total,
        .free_pages = frame_n_free,
        .opened_pages = frame_n_opened,
        .metadata_bytes = frame_metadata_bytes,
        .kernel_table_pages = frame_n_tables,
        .reserved_pages = frame_n_reserved,
    };
    for (unsigned order = 0; order <= FRAME_ORDER_MAX; order++)
        out->free_blocks[order] = frame_free_blocks[0][order] + frame_free_blocks[1][order];
    spin_unlock_irqrestore(&frame_lock, irq);
}

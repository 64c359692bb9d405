// SPDX-License-Identifier: BSD-3-Clause
// The loader's memory map, made sorted and free of overlaps.

#include "early.h"

void boot_region_add(struct boot_handoff *h, paddr_t start, uint64_t bytes, uint32_t kind)
{
    paddr_t end = start + bytes;
    if (end < start || end > 1ull << 46)
        end = 1ull << 46;
    if (kind == BOOT_REGION_RAM) {
        start = ALIGN_UP(start, 4096);
        end = ALIGN_DOWN(end, 4096);
    } else {
        start = ALIGN_DOWN(start, 4096);
        end = ALIGN_UP(end, 4096);
    }
    if (start >= end || h->n_regions == BOOT_REGION_MAX)
        return;
    unsigned i = h->n_regions++;
    while (i > 0 && h->regions[i - 1].start > start) {
        h->regions[i] = h->regions[i - 1];
        i--;
    }
    h->regions[i] = (struct boot_region){start, end, kind};
}

static void remove_at(struct boot_handoff *h, unsigned i)
{
    h->n_regions--;
    for (; i < h->n_regions; i++)
        h->regions[i] = h->regions[i + 1];
}

static void sift(struct boot_handoff *h, unsigned i)
{
    for (; i + 1 < h->n_regions && h->regions[i].start > h->regions[i + 1].start; i++) {
        struct boot_region t = h->regions[i];
        h->regions[i] = h->regions[i + 1];
        h->regions[i + 1] = t;
    }
}

/* Regions @i and @i+1 overlap: let the one that is not RAM have the common part. Every step shortens or removes a region. */
static void cut(struct boot_handoff *h, unsigned i)
{
    struct boot_region *a = &h->regions[i], *b = &h->regions[i + 1];
    bool a_loses = a->kind == BOOT_REGION_RAM && b->kind != BOOT_REGION_RAM;
    if (!a_loses) {
        if (b->end <= a->end) {
            remove_at(h, i + 1);
        } else {
            b->start = a->end;
            sift(h, i + 1);
        }
        return;
    }
    struct boot_region tail = {b->end, a->end, a->kind};
    a->end = b->start;
    if (a->start >= a->end)
        remove_at(h, i);
    if (tail.start < tail.end)
        boot_region_add(h, tail.start, tail.end - tail.start, tail.kind);
}

void boot_regions_finish(struct boot_handoff *h)
{
    for (unsigned i = 0; i + 1 < h->n_regions;) {
        struct boot_region *a = &h->regions[i], *b = &h->regions[i + 1];
        if (b->start < a->end) {
            cut(h, i);
            i = i > 0 ? i - 1 : 0;
        } else if (b->start == a->end && b->kind == a->kind) {
            a->end = b->end;
            remove_at(h, i + 1);
        } else {
            i++;
        }
    }
}

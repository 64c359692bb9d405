// SPDX-License-Identifier: BSD-3-Clause
// From the boot memory map to regions, reserved ranges and sections.

/*
 * The map comes from firmware or a hypervisor and may say anything: unordered, overlapping, unaligned ranges and addresses
 * that the CPU cannot form. RAM counts only if no other kind of range claims it. What is in use at boot (image, initrd, the
 * metadata arrays themselves) stays on a short list of reserved ranges that section opening leaves out.
 */

#include "frame_private.h"
#include <arch/boot_handoff.h>
#include <arch/cpu.h>
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>

enum { RANGE_MAX = BOOT_REGION_MAX * 2, RESERVED_MAX = FRAME_REGION_MAX + 12, REGION_MIN_PAGES = 16 };

/* Page numbers [first, end). */
struct range {
    uint64_t first, end;
};

static struct range reserved[RESERVED_MAX]; /* L: frame_lock */
static unsigned n_reserved;
static uint64_t frontier[FRAME_REGION_MAX]; /* L: first page of each region not yet opened */

static uint64_t page_down(uint64_t address)
{
    return address >> PAGE_SHIFT;
}

static uint64_t page_up(uint64_t address)
{
    return (address >> PAGE_SHIFT) + (address % PAGE_SIZE != 0);
}

static bool reserve(uint64_t first, uint64_t end)
{
    if (first >= end)
        return true;
    if (n_reserved == RESERVED_MAX)
        return false;
    reserved[n_reserved++] = (struct range){first, end};
    return true;
}

/* Take [cut) out of the ranges; one range may become two. Ranges that no longer fit are dropped. */
static unsigned ranges_cut(struct range *ranges, unsigned n, unsigned limit, struct range cut)
{
    for (unsigned i = 0; i < n; i++) {
        struct range r = ranges[i];

        if (cut.first >= r.end || cut.end <= r.first)
            continue;
        ranges[i] = (struct range){r.first, max(r.first, cut.first)};
        if (cut.end >= r.end)
            continue;
        if (ranges[i].first == ranges[i].end)
            ranges[i] = (struct range){cut.end, r.end};
        else if (n < limit)
            ranges[n++] = (struct range){cut.end, r.end};
    }
    return n;
}

static void ranges_sort(struct range *ranges, unsigned n)
{
    for (unsigned i = 1; i < n; i++) {
        struct range r = ranges[i];
        unsigned at = i;

        for (; at > 0 && ranges[at - 1].first > r.first; at--)
            ranges[at] = ranges[at - 1];
        ranges[at] = r;
    }
}

/* Join what touches or overlaps; drop the empty. */
static unsigned ranges_merge(struct range *ranges, unsigned n)
{
    unsigned kept = 0;

    ranges_sort(ranges, n);
    for (unsigned i = 0; i < n; i++) {
        if (ranges[i].first >= ranges[i].end)
            continue;
        if (kept && ranges[i].first <= ranges[kept - 1].end)
            ranges[kept - 1].end = max(ranges[kept - 1].end, ranges[i].end);
        else
            ranges[kept++] = ranges[i];
    }
    return kept;
}

static unsigned collect_ram(const struct boot_handoff *h, struct range *ram)
{
    unsigned bits = cpu_features.physical_address_bits;
    uint64_t limit = UINT64_C(1) << ((bits >= 32 && bits <= 46 ? bits : 46) - PAGE_SHIFT);
    unsigned count = min(h->n_regions, (uint32_t)BOOT_REGION_MAX);
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++) {
        const struct boot_region *b = &h->regions[i];

        if (b->kind == BOOT_REGION_RAM && b->start < b->end)
            ram[n++] = (struct range){page_up(b->start), min(page_down(b->end), limit)};
    }
    n = ranges_merge(ram, n);
    for (unsigned i = 0; i < count; i++) {
        const struct boot_region *b = &h->regions[i];

        if (b->kind != BOOT_REGION_RAM && b->start < b->end)
            n = ranges_cut(ram, n, RANGE_MAX, (struct range){page_down(b->start), page_up(b->end)});
    }
    return ranges_merge(ram, n);
}

/* The reserved range that holds a page of [first, end), lowest first; NULL if none. */
static const struct range *reserved_in(uint64_t first, uint64_t end)
{
    const struct range *found = NULL;

    for (unsigned i = 0; i < n_reserved; i++) {
        const struct range *r = &reserved[i];

        if (r->first < end && r->end > first && (!found || r->first < found->first))
            found = r;
    }
    return found;
}

/* Reserve room for the region's array inside it, as low as possible. */
static bool place_metadata(struct frame_region *r)
{
    uint64_t pages = page_up((r->end - r->first) * sizeof(struct frame));
    uint64_t at = r->first;
    const struct range *hit;

    while (at + pages <= r->end && (hit = reserved_in(at, at + pages)))
        at = hit->end;
    if (at + pages > r->end || !reserve(at, at + pages))
        return false;
    r->frames = phys_to_virt(at << PAGE_SHIFT);
    frame_metadata_bytes += pages << PAGE_SHIFT;
    return true;
}

static void add_region(struct range ram)
{
    struct frame_region *r = &frame_regions[frame_n_regions];

    if (ram.end - ram.first < REGION_MIN_PAGES || frame_n_regions == FRAME_REGION_MAX)
        return;
    *r = (struct frame_region){.first = ram.first, .end = ram.end};
    if (!place_metadata(r))
        return;
    frontier[frame_n_regions++] = r->first;
    frame_n_total += r->end - r->first;
}

/* Pages of [first, end) that are reserved; ranges may overlap each other. */
static uint64_t count_reserved(uint64_t first, uint64_t end)
{
    uint64_t count = 0;
    const struct range *hit;

    while (first < end && (hit = reserved_in(first, end))) {
        first = max(first, hit->first);
        count += min(end, hit->end) - first;
        first = hit->end;
    }
    return count;
}

int mem_init(const struct boot_handoff *h)
{
    struct range ram[RANGE_MAX];
    unsigned n;

    linear_mapped_from_boot = h->linear_mapped_end;
    reserve(0, max(page_up(h->reserved_low_end), UINT64_C(1)));
    reserve(page_down(h->image_start), page_up(h->image_end));
    if (h->initrd_start < h->initrd_end)
        reserve(page_down(h->initrd_start), page_up(h->initrd_end));
    n = collect_ram(h, ram);
    for (unsigned i = 0; i < n; i++)
        add_region(ram[i]);
    for (unsigned i = 0; i < frame_n_regions; i++) {
        const struct frame_region *r = &frame_regions[i];
        uint64_t in_use = count_reserved(r->first, r->end);

        frame_n_reserved += in_use;
        frame_n_free += r->end - r->first - in_use;
    }
    frame_n_reserved -= frame_metadata_bytes >> PAGE_SHIFT;
    frame_n_total -= frame_metadata_bytes >> PAGE_SHIFT;
    return frame_n_free ? 0 : -ENOMEM;
}

/* Free the pages of [first, end), whose metadata is ready, except reserved ones. They were counted as free already. */
static void add_unreserved(unsigned region, uint64_t first, uint64_t end)
{
    while (first < end) {
        const struct range *hit = reserved_in(first, end);
        uint64_t stop = hit ? max(hit->first, first) : end;

        frame_n_free -= stop - first;
        frame_add_range_locked(region, first, stop);
        first = hit ? hit->end : end;
    }
}

static bool open_section(unsigned region, uint64_t first, uint64_t end)
{
    const struct frame_region *r = &frame_regions[region];
    struct frame *frames = &r->frames[first - r->first];
    size_t bytes = (end - first) * sizeof(struct frame);
    bool whole = end - first == SECTION_PAGES && !reserved_in(first, end);

    if (count_reserved(first, end) == end - first)
        return true;
    if (linear_map_locked(virt_to_phys(frames), virt_to_phys(frames) + bytes) ||
        linear_map_locked(first << PAGE_SHIFT, end << PAGE_SHIFT)) {
        /* no table to map it with: these pages do not exist for us */
        frame_n_free -= end - first - count_reserved(first, end);
        return false;
    }
    if (!whole)
        memset(frames, 0, bytes);
    frame_n_opened += end - first;
    add_unreserved(region, first, end);
    return true;
}

bool frame_section_open_locked(uint64_t below)
{
    for (unsigned i = 0; i < frame_n_regions; i++) {
        uint64_t limit = min(frame_regions[i].end, below);

        while (frontier[i] < limit) {
            uint64_t first = frontier[i];
            uint64_t end = min(ALIGN_DOWN(first, SECTION_PAGES) + SECTION_PAGES, frame_regions[i].end);
            uint64_t before = frame_n_opened;

            frontier[i] = end;
            open_section(i, first, end);
            if (frame_n_opened != before)
                return true;
        }
    }
    return false;
}

/* The part of [first, end) in region @i: opened pages become free, unopened ones only lose their reservation. */
static void release_in_region(unsigned i, uint64_t first, uint64_t end)
{
    const struct frame_region *r = &frame_regions[i];

    first = max(first, r->first);
    end = min(end, r->end);
    if (first >= end)
        return;
    frame_n_reserved -= end - first;
    frame_n_free += end - first;
    if (first < frontier[i]) {
        uint64_t stop = min(end, frontier[i]);
        uint64_t section = ALIGN_DOWN(first, SECTION_PAGES);

        /* a section that was reserved as a whole was passed over: its metadata is not ready */
        for (; section < stop; section += SECTION_PAGES) {
            uint64_t from = max(section, r->first), to = min(section + SECTION_PAGES, r->end);
            uint64_t a = max(first, from), b = min(stop, to);

            if (count_reserved(from, to) + (b - a) == to - from) {
                struct frame *frames = &r->frames[from - r->first];
                size_t bytes = (to - from) * sizeof(struct frame);

                if (linear_map_locked(virt_to_phys(frames), virt_to_phys(frames) + bytes) ||
                    linear_map_locked(from << PAGE_SHIFT, to << PAGE_SHIFT)) {
                    frame_n_free -= b - a;
                    continue;
                }
                memset(frames, 0, bytes);
                frame_n_opened += to - from;
            }
            frame_n_free -= b - a;
            frame_add_range_locked(i, a, b);
        }
    }
}

/* The first part of [cut) that is reserved. Return: false if none is. */
static bool next_reserved(struct range cut, struct range *out)
{
    const struct range *r = reserved_in(cut.first, cut.end);

    if (!r)
        return false;
    *out = (struct range){max(r->first, cut.first), min(r->end, cut.end)};
    return true;
}

void frame_release_range(paddr_t start, paddr_t end)
{
    struct range cut = {page_up(start), page_down(end)}, part;
    irq_flags_t irq;

    if (cut.first >= cut.end)
        return;
    irq = spin_lock_irqsave(&frame_lock);
    while (next_reserved(cut, &part)) {
        n_reserved = ranges_cut(reserved, n_reserved, RESERVED_MAX, part);
        for (unsigned i = 0; i < frame_n_regions; i++)
            release_in_region(i, part.first, part.end);
        cut.first = part.end;
    }
    spin_unlock_irqrestore(&frame_lock, irq);
}

int frame_map_range(paddr_t start, paddr_t end)
{
    irq_flags_t irq = spin_lock_irqsave(&frame_lock);
    int err = linear_map_locked(start, end);

    spin_unlock_irqrestore(&frame_lock, irq);
    return err;
}

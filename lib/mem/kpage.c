// SPDX-License-Identifier: BSD-3-Clause
// The kernel half of the page tables: the linear map and single kernel pages.

/*
 * Tables of the kernel half are only ever added, never freed or replaced, so walks need no lock; two CPUs that add the same
 * table at once are told apart by compare-and-swap. The linear map grows under frame_lock when a section is opened; as the
 * lists are empty at that moment, tables for it come from two frames kept aside.
 */

#include "frame_private.h"
#include <arch/cpu.h>
#include <arch/ipi.h>
#include <arch/page.h>
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>
#include <mem/kmap.h>

enum { SPARE_TABLES = 2, FLUSH_PAGES_MAX = 32 };

uint64_t linear_mapped_from_boot;
static struct frame *spare[SPARE_TABLES]; /* L: frame_lock */

static arch_pte_t *table_at(arch_pte_t entry)
{
    return phys_to_virt(arch_pte_address(entry));
}

static struct frame *take_table_locked(void)
{
    struct frame *f = frame_take_locked(0, false);

    for (unsigned i = 0; !f && i < SPARE_TABLES; i++) {
        f = spare[i];
        spare[i] = NULL;
    }
    return f;
}

static void refill_spares_locked(void)
{
    for (unsigned i = 0; i < SPARE_TABLES; i++) {
        if (!spare[i])
            spare[i] = frame_take_locked(0, false);
    }
}

/* The level 2 table for @va of the linear map. */
static arch_pte_t *linear_directory_locked(vaddr_t va)
{
    arch_pte_t *table = phys_to_virt(arch_kernel_root());

    for (unsigned level = ARCH_PT_LEVELS; level > 2; level--) {
        arch_pte_t *entry = &table[arch_pt_index(va, level)];

        if (!arch_pte_present(*entry)) {
            struct frame *f = take_table_locked();

            if (!f)
                return NULL;
            f->refs = 1;
            frame_n_tables++;
            arch_page_clear(frame_to_virt(f));
            atomic_store_release(entry, arch_pte_table(frame_to_phys(f)));
        }
        table = table_at(*entry);
    }
    return table;
}

int linear_map_locked(paddr_t start, paddr_t end)
{
    const uint64_t bits = ARCH_PTE_PRESENT | ARCH_PTE_WRITE | ARCH_PTE_LARGE | ARCH_PTE_GLOBAL | ARCH_PTE_ACCESSED |
                          ARCH_PTE_DIRTY | ARCH_PTE_NO_EXECUTE;

    start = max(ALIGN_DOWN(start, HUGE_PAGE_SIZE), linear_mapped_from_boot);
    if (start >= end)
        return 0;
    refill_spares_locked();
    for (paddr_t pa = start; pa < end; pa += HUGE_PAGE_SIZE) {
        vaddr_t va = LINEAR_BASE + pa;
        arch_pte_t *directory = linear_directory_locked(va);

        if (!directory)
            return -ENOMEM;
        if (!arch_pte_present(directory[arch_pt_index(va, 2)]))
            atomic_store_release(&directory[arch_pt_index(va, 2)], arch_pte_make(pa, bits));
    }
    return 0;
}

/* The same memory as @entry's large page in small ones. */
static arch_pte_t *linear_split(arch_pte_t *entry)
{
    struct frame *f = frame_alloc(0, 0);
    paddr_t pa = arch_pte_address(*entry);
    arch_pte_t *table;

    if (!f)
        return NULL;
    table = frame_to_virt(f);
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++)
        table[i] = arch_pte_make(pa + i * PAGE_SIZE, *entry & ~(ARCH_PTE_ADDRESS | ARCH_PTE_LARGE));
    atomic_add_relaxed(&frame_n_tables, 1);
    atomic_store_release(entry, arch_pte_table(frame_to_phys(f)));
    return table;
}

int linear_make_read_only(paddr_t start, paddr_t end)
{
    for (paddr_t pa = start; pa < end;) {
        unsigned level;
        arch_pte_t *entry = kernel_lookup_page(arch_kernel_root(), LINEAR_BASE + pa, &level);
        paddr_t stop = min(ALIGN_DOWN(pa, HUGE_PAGE_SIZE) + HUGE_PAGE_SIZE, end);

        if (!entry) {
            pa = stop; /* not mapped: nothing to take away */
            continue;
        }
        if (level == 2 && stop - pa < HUGE_PAGE_SIZE) {
            if (!linear_split(entry))
                return -ENOMEM;
            continue;
        }
        *entry &= ~(arch_pte_t)(ARCH_PTE_WRITE | ARCH_PTE_DIRTY);
        pa = level == 2 ? stop : pa + PAGE_SIZE;
    }
    arch_tlb_flush_all();
    return 0;
}

/* The table below @entry, made if missing; NULL when out of memory. */
static arch_pte_t *table_get(arch_pte_t *entry)
{
    arch_pte_t seen = atomic_load_acquire(entry);

    if (!arch_pte_present(seen)) {
        struct frame *f = frame_alloc(0, FRAME_ZERO);
        arch_pte_t fresh;

        if (!f)
            return NULL;
        fresh = arch_pte_table(frame_to_phys(f));
        seen = 0;
        if (atomic_cmpxchg(entry, &seen, fresh)) {
            atomic_add_relaxed(&frame_n_tables, 1);
            seen = fresh;
        } else {
            frame_put(f);
        }
    }
    return table_at(seen);
}

int kernel_map_page(vaddr_t va, paddr_t pa, uint64_t bits)
{
    arch_pte_t *table = phys_to_virt(arch_kernel_root());
    arch_pte_t none = 0;

    for (unsigned level = ARCH_PT_LEVELS; level > 1; level--) {
        table = table_get(&table[arch_pt_index(va, level)]);
        if (!table)
            return -ENOMEM;
    }
    if (!atomic_cmpxchg(&table[arch_pt_index(va, 1)], &none, arch_pte_make(pa, bits | ARCH_PTE_PRESENT)))
        return -EEXIST;
    return 0;
}

arch_pte_t *kernel_lookup_page(paddr_t root, vaddr_t va, unsigned *level)
{
    arch_pte_t *table = phys_to_virt(root);

    for (unsigned l = ARCH_PT_LEVELS;; l--) {
        arch_pte_t *entry = &table[arch_pt_index(va, l)];
        arch_pte_t seen = atomic_load_acquire(entry);

        if (!arch_pte_present(seen))
            return NULL;
        if (l == 1 || (l < ARCH_PT_LEVELS && arch_pte_is_leaf(seen, l))) {
            *level = l;
            return entry;
        }
        table = table_at(seen);
    }
}

paddr_t kernel_unmap_page(vaddr_t va)
{
    unsigned level;
    arch_pte_t *entry = kernel_lookup_page(arch_kernel_root(), va, &level);

    if (!entry || level != 1)
        return 0;
    return arch_pte_address(atomic_exchange(entry, (arch_pte_t)0));
}

paddr_t virt_to_phys_any(const void *p)
{
    unsigned level;
    arch_pte_t *entry = kernel_lookup_page(arch_kernel_root(), (uintptr_t)p, &level);
    uint64_t mask;

    if (!entry)
        return 0;
    mask = (UINT64_C(1) << arch_pt_shift(level)) - 1;
    return (arch_pte_address(*entry) & ~mask) | ((uintptr_t)p & mask);
}

int kernel_roots_prepare(void)
{
    arch_pte_t *root = phys_to_virt(arch_kernel_root());
    const vaddr_t kmap_last = KMAP_BASE + KMAP_BYTES - 1;

    for (unsigned i = arch_pt_index(KMAP_BASE, 4); i <= arch_pt_index(kmap_last, 4); i++) {
        if (!table_get(&root[i]))
            return -ENOMEM;
    }
    for (unsigned i = 0; i < frame_n_regions; i++) {
        vaddr_t first = LINEAR_BASE + (frame_regions[i].first << PAGE_SHIFT);
        vaddr_t last = LINEAR_BASE + (frame_regions[i].end << PAGE_SHIFT) - 1;

        for (unsigned at = arch_pt_index(first, 4); at <= arch_pt_index(last, 4); at++) {
            if (!table_get(&root[at]))
                return -ENOMEM;
        }
    }
    return 0;
}

struct flush {
    vaddr_t start, end;
};

static void flush_here(void *arg)
{
    const struct flush *flush = arg;

    if (flush->end - flush->start > FLUSH_PAGES_MAX * PAGE_SIZE) {
        arch_tlb_flush_all();
        return;
    }
    for (vaddr_t va = flush->start; va < flush->end; va += PAGE_SIZE)
        arch_tlb_flush_page(va);
}

void kernel_tlb_flush(vaddr_t start, size_t size)
{
    struct flush flush = {start, start + size};
    uint64_t everyone[ARCH_CPU_MAX / 64];

    memset(everyone, 0xff, sizeof(everyone));
    ipi_call(everyone, flush_here, &flush);
}

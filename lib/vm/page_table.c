// SPDX-License-Identifier: BSD-3-Clause
// Page tables of an address space: walking, large pages, making and freeing tables.

/*
 * An entry is empty (0), a leaf that the CPU uses (present), or a kept leaf: its frame is remembered but the page may not be
 * touched (PROT_NONE). Entries and tables are installed by compare-and-swap under the space's lock for reading; they are
 * removed by exchange; tables are freed only under the lock for writing.
 *
 * A large page brings the frame for the table that a split will need (struct frame.private of its head), so a split
 * cannot fail.
 *
 * The first address space lives in the tables made at boot; further ones get their own root, which shares the kernel half
 * and the gigabytes that hold the linked image.
 */

#include "space_private.h"
#include <arch/page.h>
#include <base/panic.h>
#include <errno.h>
#include <mem/kmap.h>

enum { IMAGE_FIRST_GIB = 1, IMAGE_END_GIB = 4 };

struct frame *vm_zero_frame;

static arch_pte_t *table_of(arch_pte_t e)
{
    return phys_to_virt(arch_pte_address(e));
}

static arch_pte_t *root_of(const struct address_space *as)
{
    return phys_to_virt(as->root);
}

static bool is_leaf(arch_pte_t e, unsigned level)
{
    return level == 1 || (e & ARCH_PTE_LARGE);
}

paddr_t vm_zero_page(void)
{
    struct frame *f = atomic_load_acquire(&vm_zero_frame);

    if (unlikely(!f)) {
        struct frame *none = NULL;

        f = frame_alloc(0, FRAME_ZERO);
        if (!f)
            return 0;
        if (!atomic_cmpxchg(&vm_zero_frame, &none, f)) {
            frame_put(f);
            f = none;
        }
    }
    return frame_to_phys(f);
}

struct frame *pte_frame(arch_pte_t e)
{
    struct frame *f;

    if (e & PTE_DEVICE)
        return NULL;
    f = phys_to_frame(arch_pte_address(e));
    if (!f || f == atomic_load_relaxed(&vm_zero_frame) || f->state != FRAME_ALLOCATED)
        return NULL;
    return f;
}

uint64_t pte_bits(const struct vm_area *a, bool write)
{
    uint64_t bits = ARCH_PTE_ACCESSED;

    if (a->prot & (PROT_READ | PROT_WRITE | PROT_EXEC))
        bits |= ARCH_PTE_PRESENT;
    else
        bits |= PTE_KEPT;
    if (write)
        bits |= ARCH_PTE_WRITE | ARCH_PTE_DIRTY;
    if (!(a->prot & PROT_EXEC))
        bits |= ARCH_PTE_NO_EXECUTE;
    return bits;
}

/* The table below @entry, made if missing. */
static arch_pte_t *table_get(struct address_space *as, arch_pte_t *entry)
{
    arch_pte_t seen = atomic_load_acquire(entry);
    struct frame *f;
    arch_pte_t fresh;

    if (likely(seen))
        return table_of(seen);
    f = frame_alloc(0, FRAME_ZERO | FRAME_USER);
    if (!f)
        return NULL;
    fresh = arch_pte_table(frame_to_phys(f));
    if (atomic_cmpxchg(entry, &seen, fresh)) {
        atomic_add_relaxed(&as->table_pages, 1);
        return table_of(fresh);
    }
    frame_put(f);
    return table_of(seen);
}

arch_pte_t *pt_huge_entry(struct address_space *as, vaddr_t va)
{
    arch_pte_t *table = root_of(as);

    for (unsigned level = ARCH_PT_LEVELS; level > 2; level--) {
        table = table_get(as, &table[arch_pt_index(va, level)]);
        if (!table)
            return NULL;
    }
    return &table[arch_pt_index(va, 2)];
}

arch_pte_t *pt_entry(struct address_space *as, vaddr_t va, unsigned *level)
{
    arch_pte_t *entry = pt_huge_entry(as, va);
    arch_pte_t *table;

    if (!entry)
        return NULL;
    *level = 2;
    if (atomic_load_acquire(entry) & ARCH_PTE_LARGE)
        return entry;
    table = table_get(as, entry);
    if (!table)
        return NULL;
    if (unlikely(atomic_load_acquire(entry) & ARCH_PTE_LARGE)) /* somebody was faster with a large page */
        return entry;
    *level = 1;
    return &table[arch_pt_index(va, 1)];
}

arch_pte_t *pt_lookup(struct address_space *as, vaddr_t va, unsigned *level)
{
    arch_pte_t *table = root_of(as);

    for (unsigned l = ARCH_PT_LEVELS;; l--) {
        arch_pte_t *entry = &table[arch_pt_index(va, l)];
        arch_pte_t seen = atomic_load_acquire(entry);

        if (!seen)
            return NULL;
        if (l < ARCH_PT_LEVELS && is_leaf(seen, l)) {
            *level = l;
            return entry;
        }
        table = table_of(seen);
    }
}

void pt_split(struct address_space *as, arch_pte_t *entry, vaddr_t va)
{
    arch_pte_t large = *entry;
    struct frame *head = pte_frame(large);
    struct frame *table_frame = head ? head->private : NULL;
    arch_pte_t *table;
    uint64_t bits = large & ~(ARCH_PTE_ADDRESS | ARCH_PTE_LARGE);
    paddr_t pa = arch_pte_address(large);

    if (!table_frame)
        table_frame = frame_alloc(0, 0);
    if (!table_frame)
        panic("no table to split a large page of the boot image");
    if (head)
        frame_split(head, FRAME_ORDER_HUGE);
    table = frame_to_virt(table_frame);
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++)
        table[i] = arch_pte_make(pa + i * PAGE_SIZE, bits);
    atomic_add_relaxed(&as->table_pages, 1);
    atomic_store_release(entry, arch_pte_table(frame_to_phys(table_frame)));
    tlb_flush_range(as, ALIGN_DOWN(va, HUGE_PAGE_SIZE), ALIGN_DOWN(va, HUGE_PAGE_SIZE) + HUGE_PAGE_SIZE);
}

struct walk {
    struct address_space *as;
    pt_walk_fn *fn;
    void *ctx;
};

static vaddr_t span_end(vaddr_t va, vaddr_t end, unsigned level)
{
    uint64_t span = UINT64_C(1) << arch_pt_shift(level);
    vaddr_t next = ALIGN_DOWN(va, span) + span;

    return min(next, end);
}

static int walk_leaves(const struct walk *w, arch_pte_t *table, vaddr_t va, vaddr_t end)
{
    for (; va < end; va += PAGE_SIZE) {
        arch_pte_t *entry = &table[arch_pt_index(va, 1)];
        int r = atomic_load_relaxed(entry) ? w->fn(w->ctx, entry, va, 1) : 0;

        if (r)
            return r;
    }
    return 0;
}

/* Level 2: large pages that do not lie inside [va, end) as a whole are split. */
static int walk_directory(const struct walk *w, arch_pte_t *table, vaddr_t va, vaddr_t end)
{
    while (va < end) {
        arch_pte_t *entry = &table[arch_pt_index(va, 2)];
        arch_pte_t seen = atomic_load_acquire(entry);
        vaddr_t stop = span_end(va, end, 2);
        int r = 0;

        if (seen & ARCH_PTE_LARGE) {
            if (stop - va == HUGE_PAGE_SIZE) {
                r = w->fn(w->ctx, entry, va, 2);
            } else {
                pt_split(w->as, entry, va);
                seen = *entry;
            }
        }
        if (seen && !(seen & ARCH_PTE_LARGE))
            r = walk_leaves(w, table_of(seen), va, stop);
        if (r)
            return r;
        va = stop;
    }
    return 0;
}

int pt_walk(struct address_space *as, vaddr_t start, vaddr_t end, pt_walk_fn *fn, void *ctx)
{
    const struct walk w = {as, fn, ctx};
    vaddr_t va = start;

    while (va < end) {
        arch_pte_t *root = root_of(as);
        arch_pte_t top = root[arch_pt_index(va, 4)];
        arch_pte_t next;
        int r;

        if (!top) {
            va = span_end(va, end, 4);
            continue;
        }
        next = table_of(top)[arch_pt_index(va, 3)];
        if (next && !(next & ARCH_PTE_LARGE)) {
            r = walk_directory(&w, table_of(next), va, span_end(va, end, 3));
            if (r)
                return r;
        }
        va = span_end(va, end, 3);
    }
    return 0;
}

static void put_table(struct address_space *as, arch_pte_t *entry)
{
    struct frame *f = pte_frame(*entry & ~(uint64_t)PTE_DEVICE);

    *entry = 0;
    if (!f)
        return;
    atomic_sub_relaxed(&as->table_pages, 1);
    frame_put(f);
}

/* Free level 1 tables all of whose entries lie in [start, end). CPUs may cache the path to a table: flush before the frames go. */
void pt_free_tables(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct tlb_batch batch;

    start = ALIGN_UP(start, HUGE_PAGE_SIZE);
    end = ALIGN_DOWN(end, HUGE_PAGE_SIZE);
    tlb_batch_init(&batch, as);
    for (vaddr_t va = start; va < end;) {
        arch_pte_t top = root_of(as)[arch_pt_index(va, 4)];
        arch_pte_t next = top ? table_of(top)[arch_pt_index(va, 3)] : 0;
        arch_pte_t *entry;

        if (!next) {
            va = span_end(va, end, top ? 3 : 4);
            continue;
        }
        entry = &table_of(next)[arch_pt_index(va, 2)];
        if (*entry && !(*entry & ARCH_PTE_LARGE)) {
            struct frame *f = pte_frame(*entry);

            *entry = 0;
            tlb_batch_range(&batch, va, va + HUGE_PAGE_SIZE);
            if (f) {
                atomic_sub_relaxed(&as->table_pages, 1);
                tlb_batch_frame(&batch, f);
            }
        }
        va += HUGE_PAGE_SIZE;
    }
    tlb_batch_finish(&batch);
}

int pt_create(struct address_space *as)
{
    static bool boot_tables_taken;
    arch_pte_t *root, *boot, *low;
    struct frame *f, *low_frame;

    if (!atomic_exchange(&boot_tables_taken, true)) {
        as->root = arch_kernel_root();
        return 0;
    }
    if (kernel_roots_prepare())
        return -ENOMEM;
    f = frame_alloc(0, FRAME_ZERO);
    low_frame = f ? frame_alloc(0, FRAME_ZERO) : NULL;
    if (!low_frame) {
        if (f)
            frame_put(f);
        return -ENOMEM;
    }
    as->root = frame_to_phys(f);
    as->owns_root = true;
    as->table_pages = 2;
    root = root_of(as);
    boot = phys_to_virt(arch_kernel_root());
    for (unsigned i = ARCH_PT_ENTRIES / 2; i < ARCH_PT_ENTRIES; i++)
        root[i] = boot[i];
    root[0] = arch_pte_table(frame_to_phys(low_frame));
    low = frame_to_virt(low_frame);
    for (unsigned i = IMAGE_FIRST_GIB; boot[0] && i < IMAGE_END_GIB; i++) {
        if (table_of(boot[0])[i])
            low[i] = table_of(boot[0])[i];
    }
    return 0;
}

/* All pages are unmapped. Frees the tables of the lower half, except those shared with the boot tables. */
void pt_destroy(struct address_space *as)
{
    arch_pte_t *root = root_of(as), *boot = phys_to_virt(arch_kernel_root());

    if (!as->owns_root)
        return;
    for (unsigned i = 0; i < ARCH_PT_ENTRIES / 2; i++) {
        if (!root[i])
            continue;
        for (unsigned j = 0; j < ARCH_PT_ENTRIES; j++) {
            arch_pte_t *next = &table_of(root[i])[j];

            if (!*next || (i == 0 && boot[0] && *next == table_of(boot[0])[j]))
                continue;
            for (unsigned k = 0; k < ARCH_PT_ENTRIES; k++) {
                if (table_of(*next)[k])
                    put_table(as, &table_of(*next)[k]);
            }
            put_table(as, next);
        }
        put_table(as, &root[i]);
    }
    frame_put(phys_to_frame(as->root));
}

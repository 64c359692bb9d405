// SPDX-License-Identifier: BSD-3-Clause
// Address spaces and areas as the files of this room see them.
#pragma once

#include <abi/mman.h>
#include <arch/cpu.h>
#include <arch/pgtable.h>
#include <base/atomic.h>
#include <base/list.h>
#include <base/rbtree.h>
#include <mem/frame.h>
#include <sched/mutex.h>
#include <vm/object.h>
#include <vm/space.h>

enum vm_area_flags {
    AREA_SHARED = 1u << 0,
    AREA_GROWSDOWN = 1u << 1,
    AREA_LOCKED = 1u << 2,
    AREA_LOCK_ONFAULT = 1u << 3,
    AREA_HUGE_HINT = 1u << 4,
    AREA_NO_HUGE = 1u << 5,
    AREA_DONTFORK = 1u << 6,
    AREA_WIPEONFORK = 1u << 7,
    AREA_NORESERVE = 1u << 8,
    AREA_MAY_WRITE = 1u << 9, /* a shared file mapping may be made writable */
    AREA_IMAGE = 1u << 10,    /* mapped by the boot code; frames are not ours */
    AREA_HUGETLB = 1u << 11,  /* MAP_HUGETLB: addresses stay multiples of 2 MiB */
    AREA_DONTDUMP = 1u << 12,
    AREA_STACK = 1u << 13,
    AREA_VDSO = 1u << 14,
    AREA_ACCOUNTED = 1u << 15, /* private and writable once: counts as data */
};

/**
 * struct vm_area - [start, end) with one protection and one backing.
 * Legend: S = the space's lock (write to change, read to look); O = object->lock; a
 */
struct vm_area {
    struct rb_node node; /* S */
    vaddr_t start, end;  /* S */
    /* S: over the subtree: first start, last end, largest hole between two neighbours */
    vaddr_t sub_first, sub_last;
    uint64_t sub_gap;

    struct address_space *as;      /* I */
    int prot;                      /* S: PROT_READ | PROT_WRITE | PROT_EXEC */
    uint32_t flags;                /* S */
    struct vm_object *object;      /* I: reference; NULL: private anonymous */
    uint64_t page_offset;          /* S: of @start in the object; anonymous: start >> PAGE_SHIFT as first mapped */
    void *file;                    /* I: reference, or NULL */
    struct list_node object_link;  /* O */
    char *name;                    /* S: PR_SET_VMA_ANON_NAME or image name; owned */
    bool touched;                  /* a: there may be entries in the page tables; never cleared */
    vaddr_t fault_next;            /* a: where a sequential toucher faults next */
    uint32_t fault_window;         /* a: pages to give it then */
};

/**
 * struct address_space - Legend: I; S = lock; a
 */
struct address_space {
    struct refcount refs;
    struct rwlock lock;
    struct rb_root areas;       /* S */
    struct vm_area *last_found; /* a: cleared when areas change */
    paddr_t root;               /* I */
    bool owns_root;             /* I: false: the boot tables */
    unsigned n_areas;           /* S */
    unsigned n_wx;              /* S: areas writable and executable */
    struct vm_limits limits;    /* S */
    vaddr_t mmap_top;           /* S: mappings are placed below */
    vaddr_t placed_low;         /* S: lowest address chosen for a mapping so far */
    vaddr_t hole_end;           /* S: where the last hole that was used or made ends: tried first */
    vaddr_t idle_table;         /* S: 2 MiB whose last area went and whose table may be there still; 0: none */
    vaddr_t brk_start, brk;     /* S */
    uint64_t mapped_pages, data_pages, stack_pages, text_pages, locked_pages, shared_pages; /* S */
    uint64_t peak_mapped_pages; /* S */
    uint64_t resident_pages;    /* a */
    uint64_t peak_resident_pages; /* a */
    uint64_t table_pages;       /* a */
    bool lock_future;           /* S: mlockall(MCL_FUTURE) */
    bool lock_future_onfault;   /* S */
    uint64_t cpus[ARCH_CPU_MAX / 64]; /* a: CPUs that may hold translations and do not halt */
    uint64_t n_flushes;               /* a: on other CPUs, whether they were told or not */
};

#define USER_BOTTOM PAGE_SIZE
#define PAGES(bytes) ((uint64_t)(bytes) >> PAGE_SHIFT)
#define AREA_GUARD_PAGES 256u /* kept free below a growing stack */

/* --- area.c --- */

/** vm_area_find - the first area that ends above @addr; it may begin above too. */
struct vm_area *vm_area_find(struct address_space *as, vaddr_t addr);
struct vm_area *vm_area_next(const struct vm_area *a);
struct vm_area *vm_area_prev(const struct vm_area *a);
bool vm_range_is_free(struct address_space *as, vaddr_t start, size_t length);
/** vm_gap_find - a free range of @length inside [low, high), the highest (or lowest) there is. Return: its start, or 0. */
vaddr_t vm_gap_find(struct address_space *as, vaddr_t low, vaddr_t high, size_t length, size_t align, bool lowest);
struct vm_area *vm_area_create(struct address_space *as, vaddr_t start, vaddr_t end) __must_check;
/** vm_area_discard - free an area that was never inserted. */
void vm_area_discard(struct vm_area *a);
/** vm_area_insert - enter @a and its counts; it joins equal neighbours, so @a may be gone. Return: the area that now holds the range. */
struct vm_area *vm_area_insert(struct address_space *as, struct vm_area *a);
/** vm_area_remove - take @a and its counts out and free it; its pages are already unmapped. */
void vm_area_remove(struct vm_area *a);
/** vm_area_split - @a ends at @at, a new area holds the rest. Return: 0; -ENOMEM; -EINVAL inside a page of MAP_HUGETLB. */
int vm_area_split(struct vm_area *a, vaddr_t at) __must_check;
/** vm_range_isolate - split so that [start, end) consists of whole areas. Return: 0; -ENOMEM. */
int vm_range_isolate(struct address_space *as, vaddr_t start, vaddr_t end) __must_check;
/** vm_area_merge - join @a with equal neighbours. Return: what holds it now. */
struct vm_area *vm_area_merge(struct vm_area *a);
/** vm_area_change - new protection and flags, with the counts. */
void vm_area_change(struct vm_area *a, int prot, uint32_t flags);
/** vm_area_resize - move an end into free space, with the counts. */
void vm_area_resize(struct vm_area *a, vaddr_t start, vaddr_t end);
/** vm_area_extend - make the free range [start, end) private anonymous memory by growing a neighbour alike. Return: false if there is none. */
bool vm_area_extend(struct address_space *as, vaddr_t start, vaddr_t end, int prot, uint32_t flags);
void vm_file_get(void *file);
void vm_file_put(void *file);
const struct vm_file_ref_ops *vm_file_ops(void);

/* --- page_table.c --- */

/* A page of a PROT_NONE area keeps its frame in an entry that is not present. */
#define PTE_KEPT ARCH_PTE_SOFT2
/* Device memory: there is no frame. */
#define PTE_DEVICE ARCH_PTE_SOFT1

/** pt_entry - the level 1 entry for @va, tables made as needed; a large page is left whole: *@level is 2 then. NULL: out of memory. */
arch_pte_t *pt_entry(struct address_space *as, vaddr_t va, unsigned *level);
/** pt_lookup - the entry that holds @va if it is not empty, with its level; NULL if nothing is there. */
arch_pte_t *pt_lookup(struct address_space *as, vaddr_t va, unsigned *level);
/** pt_huge_entry - the level 2 entry for @va, for a large page; NULL: out of memory. */
arch_pte_t *pt_huge_entry(struct address_space *as, vaddr_t va);
/** pt_split - turn a large page into 512 small ones. */
void pt_split(struct address_space *as, arch_pte_t *entry, vaddr_t va);

/** pt_walk - call @fn for every entry in use in [start, end). Large pages across an end are split first. Stops when @fn returns non-zero. */
typedef int pt_walk_fn(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level);
int pt_walk(struct address_space *as, vaddr_t start, vaddr_t end, pt_walk_fn *fn, void *ctx);
/** pt_free_tables - free the tables that serve only [start, end), which is unmapped and free up to @low and @high. */
void pt_free_tables(struct address_space *as, vaddr_t start, vaddr_t end);
void pt_destroy(struct address_space *as);
int pt_create(struct address_space *as) __must_check;

/** pte_frame - the reference-counted frame an entry maps; NULL: device, zero page, boot image. */
struct frame *pte_frame(arch_pte_t e);
/** pte_for - entry bits for a page of @a. @write: it may be written without a fault. */
uint64_t pte_bits(const struct vm_area *a, bool write);
extern struct frame *vm_zero_frame;
paddr_t vm_zero_page(void);

/* --- tlb.c --- */

/* Pages taken out of the tables; freed once no CPU can reach them. */
struct tlb_batch {
    struct address_space *as;
    vaddr_t start, end;
    unsigned n;
    struct frame *frames[30];
};
void tlb_batch_init(struct tlb_batch *b, struct address_space *as);
void tlb_batch_range(struct tlb_batch *b, vaddr_t start, vaddr_t end);
void tlb_batch_frame(struct tlb_batch *b, struct frame *f);
void tlb_batch_finish(struct tlb_batch *b);
void tlb_flush_range(struct address_space *as, vaddr_t start, vaddr_t end);

/* --- unmap.c --- */

/** vm_zap - drop the pages of [start, end), not the areas. Caller holds the space's lock, for reading at least. */
void vm_zap(struct address_space *as, vaddr_t start, vaddr_t end);
/** vm_unmap_locked - as munmap, for a checked range. Return: 0; -ENOMEM if a split fails or makes too many areas. */
int vm_unmap_locked(struct address_space *as, vaddr_t start, vaddr_t end) __must_check;

/* --- map.c --- */

bool vm_may_map(struct address_space *as, uint64_t pages, bool data);
vaddr_t vm_place(struct address_space *as, vaddr_t hint, size_t length, int flags, size_t align);
/** vm_populate - fault in [start, end) after the lock was dropped. Return: 0, or -errno of the first page that could not come. */
int vm_populate(struct address_space *as, vaddr_t start, vaddr_t end, bool write_where_allowed);

/* --- hugetlb.c --- */

/** vm_hugetlb_fits - has the pool room for a mapping of @bytes? */
bool vm_hugetlb_fits(uint64_t bytes);
/** vm_hugetlb_account - @pages (small ones) more or less are mapped with MAP_HUGETLB. */
void vm_hugetlb_account(int64_t pages);

/* --- object.c --- */

struct frame *page_tree_lookup(struct vm_object *o, uint64_t index);
/** vm_object_map - @a joins the object's mappings. */
void vm_object_map(struct vm_area *a);
void vm_object_unmap(struct vm_area *a);

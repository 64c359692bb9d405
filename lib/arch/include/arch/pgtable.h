// SPDX-License-Identifier: BSD-3-Clause
// Page-table entries, levels, and the translation caches of this CPU.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t arch_pte_t;

#define ARCH_PT_LEVELS 4   /* level 1: 4 KiB leaves; level 2: 2 MiB; level 3: 1 GiB; level 4: root */
#define ARCH_PT_ENTRIES 512u
#ifdef CONFIG_HOSTED
extern uintptr_t arch_host_linear_base; /* where the one mmap of physical memory lies */
#define LINEAR_BASE arch_host_linear_base
#else
#define LINEAR_BASE 0xffff800000000000ul
#endif
#define LINEAR_BYTES (64ul << 40)
#define KMAP_BASE 0xffffc00000000000ul
#define KMAP_BYTES (1ul << 40)
#define IMAGE_OFFSET 0x40000000ul /* virtual = physical + this, for the linked image */
#define USER_TOP 0x7ffffffff000ul /* first byte above application mappings */

enum arch_pte_bits {
    ARCH_PTE_PRESENT = 1u << 0,
    ARCH_PTE_WRITE = 1u << 1,
    ARCH_PTE_WRITE_THROUGH = 1u << 3,
    ARCH_PTE_UNCACHED = 1u << 4,
    ARCH_PTE_ACCESSED = 1u << 5,
    ARCH_PTE_DIRTY = 1u << 6,
    ARCH_PTE_LARGE = 1u << 7, /* leaf at level 2 or 3 */
    ARCH_PTE_GLOBAL = 1u << 8,
    ARCH_PTE_SOFT0 = 1u << 9, /* free for room vm */
    ARCH_PTE_SOFT1 = 1u << 10,
    ARCH_PTE_SOFT2 = 1u << 11,
};
#define ARCH_PTE_NO_EXECUTE (1ull << 63)
#define ARCH_PTE_ADDRESS 0x000ffffffffff000ull

static inline unsigned arch_pt_shift(unsigned level) { return 12 + 9 * (level - 1); }
static inline unsigned arch_pt_index(vaddr_t va, unsigned level) { return (va >> arch_pt_shift(level)) & 511; }
static inline arch_pte_t arch_pte_make(paddr_t pa, uint64_t bits) { return pa | bits; }
/** arch_pte_table - entry that points to the next lower table. */
static inline arch_pte_t arch_pte_table(paddr_t table) { return table | ARCH_PTE_PRESENT | ARCH_PTE_WRITE; }
static inline bool arch_pte_present(arch_pte_t e) { return e & ARCH_PTE_PRESENT; }
static inline bool arch_pte_is_leaf(arch_pte_t e, unsigned level) { return level == 1 || (e & ARCH_PTE_LARGE); }
static inline paddr_t arch_pte_address(arch_pte_t e) { return e & ARCH_PTE_ADDRESS; }
static inline bool arch_pte_writable(arch_pte_t e) { return e & ARCH_PTE_WRITE; }
static inline bool arch_pte_dirty(arch_pte_t e) { return e & ARCH_PTE_DIRTY; }
static inline bool arch_pte_accessed(arch_pte_t e) { return e & ARCH_PTE_ACCESSED; }
static inline bool arch_pte_executable(arch_pte_t e) { return !(e & ARCH_PTE_NO_EXECUTE); }

/** arch_kernel_root - physical address of the root table made at boot; its upper half is shared by every address space. */
paddr_t arch_kernel_root(void);
paddr_t arch_root(void);
/** arch_set_root - switch address space on this CPU (flushes non-global entries). */
void arch_set_root(paddr_t root);

#ifdef CONFIG_HOSTED
void arch_tlb_flush_page(vaddr_t va);
void arch_tlb_flush_all(void);
#else
/** arch_tlb_flush_page, arch_tlb_flush_all - this CPU only; the shoot-down is room vm's. */
static inline void arch_tlb_flush_page(vaddr_t va)
{
    __asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}
void arch_tlb_flush_all(void);
#endif

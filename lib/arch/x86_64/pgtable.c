// SPDX-License-Identifier: BSD-3-Clause
// Address-space roots and whole-TLB flushes.

#include "arch/pgtable.h"
#include "arch/irq.h"

extern arch_pte_t osv_boot_pml4[ARCH_PT_ENTRIES];

paddr_t arch_kernel_root(void)
{
    return (uintptr_t)osv_boot_pml4 - IMAGE_OFFSET;
}

paddr_t arch_root(void)
{
    paddr_t root;
    __asm__ volatile("movq %%cr3, %0" : "=r"(root));
    return root & ARCH_PTE_ADDRESS;
}

void arch_set_root(paddr_t root)
{
    __asm__ volatile("movq %0, %%cr3" ::"r"(root) : "memory");
}

void arch_tlb_flush_all(void)
{
    irq_flags_t flags = irq_save();
    uint64_t cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4; movq %1, %%cr4" ::"r"(cr4 & ~0x80ull), "r"(cr4) : "memory"); /* PGE off and on: global entries go too */
    irq_restore(flags);
}

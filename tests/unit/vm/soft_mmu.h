// SPDX-License-Identifier: BSD-3-Clause
// A CPU's view of an address space, in software: walks the page tables, takes faults.
#pragma once

#include <arch/pgtable.h>
#include <mem/frame.h>
#include <mem/kmap.h>
#include <string.h>
#include <vm/space.h>

/* Address of the root is all a CPU knows; the tests read it from the first bytes they may: through this accessor. */
paddr_t soft_mmu_root(struct address_space *as);

/** soft_mmu_at - the memory behind @va for reading or @write, after at most a few faults; NULL: the access is refused. */
static inline char *soft_mmu_at(struct address_space *as, vaddr_t va, bool write, struct vm_fault_result *why)
{
    for (int attempt = 0; attempt < 4; attempt++) {
        unsigned level;
        arch_pte_t *e = kernel_lookup_page(soft_mmu_root(as), va, &level);

        arch_pte_t seen = e ? __atomic_load_n(e, __ATOMIC_ACQUIRE) : 0;

        if (arch_pte_present(seen) && (!write || arch_pte_writable(seen))) {
            uint64_t mask = (UINT64_C(1) << arch_pt_shift(level)) - 1;

            return (char *)phys_to_virt((arch_pte_address(seen) & ~mask) | (va & mask));
        }
        if (!vm_fault(as, va, write ? VM_WRITE : VM_READ, why))
            return NULL;
    }
    __builtin_trap(); /* the fault says resolved but the access still fails */
}

static inline bool soft_read(struct address_space *as, vaddr_t va, void *buf, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vm_fault_result why;
        const char *p = soft_mmu_at(as, va + i, false, &why);

        if (!p)
            return false;
        ((char *)buf)[i] = *p;
    }
    return true;
}

static inline bool soft_write(struct address_space *as, vaddr_t va, const void *buf, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vm_fault_result why;
        char *p = soft_mmu_at(as, va + i, true, &why);

        if (!p)
            return false;
        *p = ((const char *)buf)[i];
    }
    return true;
}

// SPDX-License-Identifier: BSD-3-Clause
// Hosted kernel: all of physical memory is mapped, so the kernel half of the tables needs no work.

#include "../frame_private.h"
#include <arch/page.h>
#include <errno.h>
#include <mem/kmap.h>

uint64_t linear_mapped_from_boot;

int linear_map_locked(paddr_t start, paddr_t end)
{
    return start <= end && end <= linear_mapped_from_boot ? 0 : -ENOMEM;
}

int kernel_roots_prepare(void)
{
    return 0;
}

void kernel_tlb_flush(vaddr_t start, size_t size) {}

paddr_t virt_to_phys_any(const void *p)
{
    return virt_to_frame(p) ? virt_to_phys(p) : 0;
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
        table = phys_to_virt(arch_pte_address(seen));
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// The one look into the private structure that the software MMU needs.
#include "../../../lib/vm/space_private.h"

paddr_t soft_mmu_root(struct address_space *as);
paddr_t soft_mmu_root(struct address_space *as)
{
    return as->root;
}

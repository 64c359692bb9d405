// SPDX-License-Identifier: BSD-3-Clause
// What must hold of every plan that elf_plan_build() accepts; shared with the fuzzer.
#pragma once
#include "loader/elf_plan.h"
#include <string.h>

static inline const char *elf_load_broken_rule(const struct elf_load *l, uint64_t file_bytes)
{
    if (l->mem_bytes == 0 || l->file_bytes > l->mem_bytes)
        return "a load's file part fits into its memory part";
    if (l->file_bytes != 0 && (l->file_offset > file_bytes || l->file_bytes > file_bytes - l->file_offset))
        return "a load lies inside the file";
    if (l->vaddr >= ELF_USER_END || l->mem_bytes > ELF_USER_END - l->vaddr)
        return "a load lies inside user space";
    if ((l->vaddr ^ l->file_offset) % 4096 != 0)
        return "a load's offset is congruent with its address";
    return NULL;
}

/* Return: the rule that @plan breaks, or NULL. */
static inline const char *elf_plan_broken_rule(const struct elf_plan *plan, uint64_t file_bytes)
{
    if (plan->n_loads == 0 || plan->n_loads > ELF_MAX_LOADS)
        return "between one and ELF_MAX_LOADS loads";
    for (unsigned i = 0; i < plan->n_loads; i++) {
        const struct elf_load *l = &plan->loads[i];
        const char *rule = elf_load_broken_rule(l, file_bytes);
        if (rule)
            return rule;
        if (i > 0 && l->vaddr < l[-1].vaddr + l[-1].mem_bytes)
            return "loads ascend and do not overlap";
        if (l->vaddr < plan->low || l->vaddr + l->mem_bytes > plan->high)
            return "loads lie between low and high";
    }
    if (plan->low % 4096 || plan->high % 4096 || plan->low >= plan->high || plan->high > ELF_USER_END)
        return "low and high are whole pages of user space";
    if (plan->fixed && plan->low < 4096)
        return "page 0 stays unmapped";
    if (plan->align < 4096 || plan->align > 1u << 30 || (plan->align & (plan->align - 1)))
        return "alignment is a power of two, 4 KiB to 1 GiB";
    if (plan->interp_bytes != 0 &&
        (plan->interp_bytes < 2 || plan->interp_bytes > 4096 || plan->interp_offset > file_bytes ||
         plan->interp_bytes > file_bytes - plan->interp_offset))
        return "the interpreter's name lies inside the file";
    return NULL;
}

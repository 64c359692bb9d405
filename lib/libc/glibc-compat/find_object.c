// SPDX-License-Identifier: BSD-3-Clause
// _dl_find_object (glibc 2.35): which object a code address belongs to, and its unwind table, for libgcc.

#include "compat.h"
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

struct dl_find_object {
    unsigned long long flags;
    void *map_start;
    void *map_end;
    void *link_map;
    void *eh_frame; /* the PT_GNU_EH_FRAME segment */
    unsigned long long reserved[7];
};

struct query {
    uintptr_t pc;
    struct dl_find_object *result;
};

static int look(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct query *query = arg;
    uintptr_t low = UINTPTR_MAX, high = 0, eh_frame = 0;
    int hit = 0;

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + ph->p_vaddr, end = start + ph->p_memsz;
        if (ph->p_type == PT_GNU_EH_FRAME)
            eh_frame = start;
        if (ph->p_type != PT_LOAD)
            continue;
        hit |= query->pc >= start && query->pc < end;
        low = start < low ? start : low;
        high = end > high ? end : high;
    }
    if (!hit)
        return 0;
    memset(query->result, 0, sizeof *query->result);
    query->result->map_start = (void *)low;
    query->result->map_end = (void *)high;
    query->result->eh_frame = (void *)eh_frame;
    return eh_frame ? 1 : -1;
}

int _dl_find_object(void *pc, struct dl_find_object *result)
{
    struct query query = {(uintptr_t)pc, result};
    return dl_iterate_phdr(look, &query) == 1 ? 0 : -1;
}

// SPDX-License-Identifier: BSD-3-Clause
// What every boot protocol leaves for the kernel: checked, copied, in one form.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_REGION_MAX 64
#define BOOT_CMDLINE_MAX 8192 /* with the terminator */

enum boot_region_kind { BOOT_REGION_RAM = 1, BOOT_REGION_RESERVED = 2, BOOT_REGION_ACPI = 3, BOOT_REGION_NVS = 4, BOOT_REGION_BAD = 5, BOOT_REGION_PMEM = 7 };

/** struct boot_region - [start, end), page-aligned inwards for RAM; sorted, without overlaps. */
struct boot_region {
    paddr_t start, end;
    uint32_t kind;
};

/** struct boot_handoff - read-only after boot_parse(). Physical ranges hold nothing that the frame allocator may give away. */
struct boot_handoff {
    const char *protocol;      /* "pvh", "linux64" */
    struct boot_region regions[BOOT_REGION_MAX];
    uint32_t n_regions;
    paddr_t image_start, image_end; /* the ELF image with bss and boot page tables */
    paddr_t rsdp;              /* 0: none given */
    paddr_t initrd_start, initrd_end; /* equal: none */
    paddr_t reserved_low_end;  /* page 0 and the AP start-up page are never RAM */
    uint64_t tsc_at_entry;
    uint64_t linear_mapped_end; /* physical addresses below are in the linear map from boot; the rest is mapped by room mem */
    bool cmdline_truncated;    /* longer than BOOT_CMDLINE_MAX: init refuses it */
    char cmdline[BOOT_CMDLINE_MAX];
};

extern struct boot_handoff boot_handoff;

// SPDX-License-Identifier: BSD-3-Clause
// What the readers of the boot protocols share.
#pragma once

#include "arch/boot_handoff.h"
#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>

/** boot_map - physical memory the loader filled, readable through the linear map. Return: NULL if any of it is above 1 GiB or wraps. */
const void *boot_map(paddr_t start, size_t n);

/** boot_region_add - one line of the loader's memory map; any order, any overlap. Silently drops what exceeds BOOT_REGION_MAX. */
void boot_region_add(struct boot_handoff *h, paddr_t start, uint64_t bytes, uint32_t kind);
/** boot_regions_finish - sort, align, cut overlaps in favour of the reserved kinds, merge. */
void boot_regions_finish(struct boot_handoff *h);

/** boot_copy_cmdline - copy a terminated string of at most @max bytes (0: unknown). */
void boot_copy_cmdline(struct boot_handoff *h, paddr_t text, size_t max);

/** boot_set_initrd - believe it only if it lies in RAM. */
void boot_set_initrd(struct boot_handoff *h, paddr_t start, uint64_t bytes);

/* Each protocol's reader. Return: NULL, or what is wrong. */
const char *boot_read_pvh(struct boot_handoff *h, paddr_t info);
const char *boot_read_linux64(struct boot_handoff *h, paddr_t info);

// SPDX-License-Identifier: BSD-3-Clause
// The Linux 64-bit boot protocol: struct boot_params ("zero page") as Firecracker fills it.

#include "early.h"
#include "base/string.h"

/* Offsets of Documentation/x86/zero-page and boot.rst. */
enum {
    BP_ACPI_RSDP = 0x070,
    BP_EXT_RAMDISK_IMAGE = 0x0c0,
    BP_EXT_RAMDISK_SIZE = 0x0c4,
    BP_EXT_CMD_LINE = 0x0c8,
    BP_E820_ENTRIES = 0x1e8,
    BP_HEADER_MAGIC = 0x202,
    BP_RAMDISK_IMAGE = 0x218,
    BP_RAMDISK_SIZE = 0x21c,
    BP_CMD_LINE = 0x228,
    BP_CMDLINE_SIZE = 0x238,
    BP_E820_TABLE = 0x2d0,
    BP_E820_MAX = 128,
    BP_BYTES = 4096,
};

struct __packed e820_entry {
    uint64_t addr, size;
    uint32_t type;
};
_Static_assert(sizeof(struct e820_entry) == 20, "boot.rst");

static uint32_t word(const uint8_t *bp, unsigned offset)
{
    uint32_t v;
    memcpy(&v, bp + offset, sizeof(v));
    return v;
}

static uint64_t wide(const uint8_t *bp, unsigned low, unsigned high)
{
    return word(bp, low) | (uint64_t)word(bp, high) << 32;
}

const char *boot_read_linux64(struct boot_handoff *h, paddr_t info)
{
    const uint8_t *bp = boot_map(info, BP_BYTES);
    if (!bp)
        return "boot_params is out of reach";
    if (word(bp, BP_HEADER_MAGIC) != 0x53726448) /* "HdrS" */
        return "boot_params has no setup header";
    unsigned n = min((unsigned)bp[BP_E820_ENTRIES], (unsigned)BP_E820_MAX);
    if (n == 0)
        return "the loader gave no memory map (e820)";
    for (unsigned i = 0; i < n; i++) {
        struct e820_entry e;
        memcpy(&e, bp + BP_E820_TABLE + i * sizeof(e), sizeof(e));
        boot_region_add(h, e.addr, e.size, e.type);
    }
    boot_regions_finish(h);
    h->rsdp = wide(bp, BP_ACPI_RSDP, BP_ACPI_RSDP + 4);
    paddr_t cmdline = wide(bp, BP_CMD_LINE, BP_EXT_CMD_LINE);
    if (cmdline)
        boot_copy_cmdline(h, cmdline, word(bp, BP_CMDLINE_SIZE));
    paddr_t initrd = wide(bp, BP_RAMDISK_IMAGE, BP_EXT_RAMDISK_IMAGE);
    uint64_t initrd_bytes = wide(bp, BP_RAMDISK_SIZE, BP_EXT_RAMDISK_SIZE);
    if (initrd && initrd_bytes)
        boot_set_initrd(h, initrd, initrd_bytes);
    return NULL;
}

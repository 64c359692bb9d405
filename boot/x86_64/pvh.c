// SPDX-License-Identifier: BSD-3-Clause
// The PVH boot protocol: Xen's struct hvm_start_info as QEMU, Cloud Hypervisor and Firecracker fill it.

#include "early.h"

struct hvm_start_info {
    uint32_t magic, version, flags, nr_modules;
    uint64_t modlist_paddr, cmdline_paddr, rsdp_paddr;
    uint64_t memmap_paddr; /* from version 1 on */
    uint32_t memmap_entries, reserved;
};
_Static_assert(sizeof(struct hvm_start_info) == 56, "xen/arch-x86/hvm/start_info.h");

struct hvm_modlist_entry {
    uint64_t paddr, size, cmdline_paddr, reserved;
};

struct hvm_memmap_entry {
    uint64_t addr, size;
    uint32_t type, reserved;
};
_Static_assert(sizeof(struct hvm_memmap_entry) == 24, "xen/arch-x86/hvm/start_info.h");

#define HVM_START_MAGIC 0x336ec578u

const char *boot_read_pvh(struct boot_handoff *h, paddr_t info)
{
    const struct hvm_start_info *start = boot_map(info, sizeof(*start));
    if (!start || start->magic != HVM_START_MAGIC)
        return "the PVH start information is missing or damaged";
    if (start->version < 1 || start->memmap_entries == 0)
        return "the loader gave no memory map (PVH version 1 is needed)";
    uint32_t n = min(start->memmap_entries, 4096u);
    const struct hvm_memmap_entry *map = boot_map(start->memmap_paddr, n * sizeof(*map));
    if (!map)
        return "the PVH memory map is out of reach";
    for (uint32_t i = 0; i < n; i++)
        boot_region_add(h, map[i].addr, map[i].size, map[i].type);
    boot_regions_finish(h);
    h->rsdp = start->rsdp_paddr;
    if (start->cmdline_paddr)
        boot_copy_cmdline(h, start->cmdline_paddr, 0);
    if (start->nr_modules) {
        const struct hvm_modlist_entry *module = boot_map(start->modlist_paddr, sizeof(*module));
        if (module)
            boot_set_initrd(h, module->paddr, module->size);
    }
    return NULL;
}

// SPDX-License-Identifier: BSD-3-Clause
// Test loader: takes an ELF image from the initrd and starts it by the Linux 64-bit boot protocol, as Firecracker documents it.
#include <stdint.h>

/* Firecracker's layout of low memory. */
enum { ZERO_PAGE = 0x7000, PML4 = 0x9000, PDPT = 0xa000, PD = 0xb000, CMDLINE = 0x20000 };

struct start_info {
    uint32_t magic, version, flags, nr_modules;
    uint64_t modlist, cmdline, rsdp, memmap;
    uint32_t memmap_entries, reserved;
};
struct module {
    uint64_t address, size, cmdline, reserved;
};
struct memmap_entry {
    uint64_t address, size;
    uint32_t type, reserved;
};
struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum;
};
struct program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

uint32_t load(const struct start_info *info);

static void *at(uint64_t address)
{
    return (void *)(uint32_t)address;
}

static void copy(void *to, const void *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
}

static void clear(void *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ((uint8_t *)to)[i] = 0;
}

static void put(uint32_t address, uint64_t value, unsigned bytes)
{
    copy(at(address), &value, bytes);
}

/* Identity map of the first GiB by 2 MiB pages. */
static void make_page_tables(void)
{
    clear(at(PML4), 3 * 4096);
    put(PML4, PDPT | 3, 8);
    put(PDPT, PD | 3, 8);
    for (unsigned i = 0; i < 512; i++)
        put(PD + 8 * i, ((uint64_t)i << 21) + 0x83, 8);
}

static void make_boot_params(const struct start_info *info)
{
    const struct memmap_entry *map = at(info->memmap);
    clear(at(ZERO_PAGE), 4096);
    put(ZERO_PAGE + 0x1e8, info->memmap_entries, 1);
    put(ZERO_PAGE + 0x1fe, 0xaa55, 2);
    put(ZERO_PAGE + 0x202, 0x53726448, 4);
    put(ZERO_PAGE + 0x210, 0xff, 1); /* type_of_loader */
    put(ZERO_PAGE + 0x228, CMDLINE, 4);
    put(ZERO_PAGE + 0x238, 2048, 4);
    put(ZERO_PAGE + 0x230, 0x1000000, 4); /* kernel_alignment */
    for (unsigned i = 0; i < info->memmap_entries && i < 128; i++) {
        put(ZERO_PAGE + 0x2d0 + 20 * i, map[i].address, 8);
        put(ZERO_PAGE + 0x2d8 + 20 * i, map[i].size, 8);
        put(ZERO_PAGE + 0x2e0 + 20 * i, map[i].type, 4);
    }
}

static void copy_cmdline(const char *from)
{
    char *to = at(CMDLINE);
    while ((*to++ = *from++))
        ;
}

uint32_t load(const struct start_info *info)
{
    const struct module *m = at(info->modlist);
    const struct elf_header *elf = at(m->address);
    const struct program_header *p = at(m->address + elf->phoff);
    for (unsigned i = 0; i < elf->phnum; i++) {
        if (p[i].type != 1)
            continue;
        copy(at(p[i].paddr), at(m->address + p[i].offset), (uint32_t)p[i].filesz);
        clear(at(p[i].paddr + p[i].filesz), (uint32_t)(p[i].memsz - p[i].filesz));
    }
    copy_cmdline(at(info->cmdline));
    make_page_tables();
    make_boot_params(info);
    return (uint32_t)elf->entry;
}

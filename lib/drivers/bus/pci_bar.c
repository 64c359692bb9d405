// SPDX-License-Identifier: BSD-3-Clause
// PCI base address registers.
#include "bus/pci.h"
#include "mem/kmap.h"
#include <errno.h>

/* Sizing writes all ones with decoding off and puts the old value back. */
static uint64_t size_bar(const struct pci_function *f, unsigned reg, bool wide, uint64_t mask)
{
    uint16_t command = pci_read16(f, PCI_COMMAND);
    uint32_t low = pci_read32(f, reg), high = wide ? pci_read32(f, reg + 4) : 0;
    pci_write16(f, PCI_COMMAND, command & (uint16_t)~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
    pci_write32(f, reg, ~0u);
    uint64_t size = pci_read32(f, reg);
    if (wide) {
        pci_write32(f, reg + 4, ~0u);
        size |= (uint64_t)pci_read32(f, reg + 4) << 32;
        pci_write32(f, reg + 4, high);
    } else {
        size |= 0xffffffffull << 32;
    }
    pci_write32(f, reg, low);
    pci_write16(f, PCI_COMMAND, command);
    return ~(size & mask) + 1;
}

int pci_map_bar(const struct pci_function *f, unsigned n, struct pci_window *out)
{
    if (n > 5)
        return -ENODEV;
    unsigned reg = PCI_BAR0 + 4 * n;
    uint32_t low = pci_read32(f, reg);
    if (low & 1) {
        uint16_t port = (uint16_t)(low & ~3u);
        if (port == 0)
            return -ENODEV;
        *out = (struct pci_window){.is_port = true, .port = port, .bytes = size_bar(f, reg, false, ~3ull) & 0xffff};
        return 0;
    }
    bool wide = (low & 6) == 4 && n < 5;
    paddr_t base = (low & ~15u) | (wide ? (uint64_t)pci_read32(f, reg + 4) << 32 : 0);
    uint64_t bytes = size_bar(f, reg, wide, ~15ull);
    if (base == 0 || bytes == 0 || bytes > (1ull << 30))
        return -ENODEV;
    volatile uint8_t *mem = kmap_device(base, bytes);
    if (mem == NULL)
        return -ENOMEM;
    *out = (struct pci_window){.mem = mem, .bytes = bytes};
    return 0;
}

void pci_unmap_bar(struct pci_window *w)
{
    if (!w->is_port)
        kmap_free((void *)(uintptr_t)w->mem);
    w->mem = NULL;
}

// SPDX-License-Identifier: BSD-3-Clause
// PCI interrupts: MSI-X entries and the legacy line.
#include "arch/cpu.h"
#include "arch/io.h"
#include "bus/pci.h"
#include "irqchip/gsi.h"
#include <errno.h>

/* Spec: PCI 3.0, 6.8.2 (MSI-X); Intel SDM vol. 3, "Message Signalled Interrupts" (address 0xfeexxxxx, destination in bits 12-19). */
enum { MSIX_CONTROL = 2, MSIX_TABLE = 4, MSIX_ENABLE = 1 << 15, MSIX_MASK_ALL = 1 << 14, ENTRY_DWORDS = 4, ENTRY_MASKED = 1 };

int pci_msix_enable(struct pci_function *f)
{
    uint8_t cap = pci_find_capability(f, PCI_CAP_MSIX, 0);
    if (cap == 0)
        return -ENODEV;
    uint16_t control = pci_read16(f, cap + MSIX_CONTROL);
    unsigned n = (control & 0x7ff) + 1u;
    uint32_t where = pci_read32(f, cap + MSIX_TABLE);
    struct pci_window w;
    int err = pci_map_bar(f, where & 7, &w);
    if (err)
        return err;
    uint64_t offset = where & ~7u;
    if (w.is_port || offset > w.bytes || (uint64_t)n * 16 > w.bytes - offset) {
        pci_unmap_bar(&w);
        return -ENODEV;
    }
    f->msix_table = (volatile uint32_t *)(w.mem + offset);
    f->n_msix = n;
    f->msix_cap = cap;
    pci_enable(f, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF);
    pci_write16(f, cap + MSIX_CONTROL, (uint16_t)(control | MSIX_ENABLE | MSIX_MASK_ALL));
    for (unsigned i = 0; i < n; i++)
        mmio_write32(&f->msix_table[i * ENTRY_DWORDS + 3], ENTRY_MASKED);
    pci_write16(f, cap + MSIX_CONTROL, (uint16_t)((control | MSIX_ENABLE) & ~MSIX_MASK_ALL));
    return (int)n;
}

int pci_msix_connect(struct pci_function *f, unsigned n, unsigned cpu, irq_handler_fn fn, void *arg)
{
    if (n >= f->n_msix)
        return -EINVAL;
    int vector = irq_vector_alloc(fn, arg);
    if (vector < 0)
        return vector;
    volatile uint32_t *entry = &f->msix_table[n * ENTRY_DWORDS];
    mmio_write32(&entry[0], 0xfee00000u | (gsi_cpu_destination(cpu) & 0xff) << 12);
    mmio_write32(&entry[1], 0);
    mmio_write32(&entry[2], (uint32_t)vector);
    mmio_write32(&entry[3], 0);
    return 0;
}

int pci_intx_connect(const struct pci_function *f, irq_handler_fn fn, void *arg)
{
    uint8_t line = pci_read8(f, PCI_INTERRUPT_LINE);
    if (pci_read8(f, PCI_INTERRUPT_PIN) == 0 || line == 0 || line == 0xff)
        return -ENODEV;
    /* Firmware routed the pin to an ISA line; ACPI may say which input that is and how it works. A PCI line is never edge-triggered. */
    enum gsi_mode mode = GSI_LEVEL_LOW;
    unsigned gsi = line < 16 ? gsi_isa_to_gsi(line, &mode) : line;
    return gsi_connect(gsi, mode == GSI_EDGE_HIGH ? GSI_LEVEL_LOW : mode, fn, arg) < 0 ? -ENODEV : 0;
}

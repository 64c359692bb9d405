// SPDX-License-Identifier: BSD-3-Clause
// PCI: configuration space, functions, memory and port windows, capabilities, MSI-X.
#pragma once

#include "arch/trap.h"
#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PCI_VENDOR = 0x00, PCI_DEVICE = 0x02, PCI_COMMAND = 0x04, PCI_STATUS = 0x06, PCI_CLASS_REVISION = 0x08, PCI_HEADER_TYPE = 0x0e,
       PCI_BAR0 = 0x10, PCI_SECONDARY_BUS = 0x19, PCI_SUBSYSTEM_VENDOR = 0x2c, PCI_SUBSYSTEM_ID = 0x2e, PCI_CAPABILITIES = 0x34,
       PCI_INTERRUPT_LINE = 0x3c, PCI_INTERRUPT_PIN = 0x3d };
enum { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4, PCI_COMMAND_INTX_OFF = 1 << 10 };
enum { PCI_CAP_MSI = 0x05, PCI_CAP_VENDOR = 0x09, PCI_CAP_MSIX = 0x11 };

struct pci_function {
    uint8_t bus, device, function;
    uint16_t vendor, device_id, subsystem_vendor, subsystem_id;
    uint32_t class_code; /* class << 16 | subclass << 8 | interface */
    volatile uint32_t *msix_table; /* mapped by pci_msix_enable */
    unsigned n_msix;
    uint8_t msix_cap;
};

/** struct pci_window - a base address register, mapped. */
struct pci_window {
    bool is_port;
    volatile uint8_t *mem; /* memory window */
    uint16_t port;         /* port window */
    uint64_t bytes;
};

uint8_t pci_read8(const struct pci_function *f, unsigned offset);
uint16_t pci_read16(const struct pci_function *f, unsigned offset);
uint32_t pci_read32(const struct pci_function *f, unsigned offset);
void pci_write8(const struct pci_function *f, unsigned offset, uint8_t v);
void pci_write16(const struct pci_function *f, unsigned offset, uint16_t v);
void pci_write32(const struct pci_function *f, unsigned offset, uint32_t v);

extern bool pci_disabled; /* --nopci: pci_scan() finds nothing */

/** pci_scan - call fn for every function on every bus behind the root; stops when fn returns false. Context: may sleep. Return: functions seen. */
unsigned pci_scan(bool (*fn)(const struct pci_function *f, void *arg), void *arg);
/** pci_set_ecam - memory-mapped configuration space from ACPI's MCFG; without it ports 0xcf8/0xcfc serve. */
void pci_set_ecam(paddr_t base, uint8_t first_bus, uint8_t last_bus);
/** pci_find_capability - offset of the next capability @id after @from (0: first); 0 if none. Loops in the list are survived. */
uint8_t pci_find_capability(const struct pci_function *f, uint8_t id, uint8_t from);
/** pci_map_bar - decode and map base address register @n (0..5). Return: 0; -ENODEV: not there or not assigned; -ENOMEM. */
int pci_map_bar(const struct pci_function *f, unsigned n, struct pci_window *out) __must_check;
void pci_unmap_bar(struct pci_window *w);
void pci_enable(const struct pci_function *f, uint16_t command_bits);
/** pci_msix_enable - map the table, mask every entry, turn MSI-X on. Return: number of entries; -ENODEV without MSI-X. */
int pci_msix_enable(struct pci_function *f) __must_check;
/** pci_msix_connect - deliver entry @n to @fn on @cpu. Return: 0; -ENOSPC: no vector left; -EINVAL. */
int pci_msix_connect(struct pci_function *f, unsigned n, unsigned cpu, irq_handler_fn fn, void *arg) __must_check;
/** pci_intx_connect - the legacy interrupt line, shared and level-triggered. Return: 0; -ENODEV. */
int pci_intx_connect(const struct pci_function *f, irq_handler_fn fn, void *arg) __must_check;

// SPDX-License-Identifier: BSD-3-Clause
// PCI configuration space and enumeration.
#include "bus/pci.h"

#include "arch/io.h"
#include "arch/spinlock.h"
#include "mem/kmap.h"

/*
 * Theory. Configuration space is read through ports 0xcf8/0xcfc, which every PC has; a memory-mapped window (ECAM) takes over when ACPI
 * names one. Firmware has assigned the windows and bus numbers (QEMU's and every cloud's does), so enumeration only walks: all 32 devices of a bus,
 * the functions of a multi-function device, and the buses behind bridges, with a bit a bus against loops.
 */

static struct spinlock port_lock = SPINLOCK_INIT(RANK_DEVICE);
static volatile uint8_t *ecam;
bool pci_disabled;
static uint8_t ecam_first, ecam_last;

void pci_set_ecam(paddr_t base, uint8_t first_bus, uint8_t last_bus)
{
    ecam_first = first_bus;
    ecam_last = last_bus;
    ecam = kmap_device(base, ((size_t)last_bus - first_bus + 1) << 20);
}

static volatile uint8_t *ecam_address(const struct pci_function *f, unsigned offset)
{
    if (ecam == NULL || f->bus < ecam_first || f->bus > ecam_last)
        return NULL;
    return ecam + ((size_t)(f->bus - ecam_first) << 20 | (size_t)f->device << 15 | (size_t)f->function << 12 | offset);
}

static uint32_t port_address(const struct pci_function *f, unsigned offset)
{
    return 0x80000000u | (uint32_t)f->bus << 16 | (uint32_t)f->device << 11 | (uint32_t)f->function << 8 | (offset & 0xfc);
}

static uint32_t read_dword(const struct pci_function *f, unsigned offset)
{
    volatile uint8_t *p = ecam_address(f, offset & 0xffc);
    if (p != NULL)
        return mmio_read32(p);
    if (offset > 255)
        return ~0u;
    irq_flags_t flags = spin_lock_irqsave(&port_lock);
    out32(0xcf8, port_address(f, offset));
    uint32_t v = in32(0xcfc);
    spin_unlock_irqrestore(&port_lock, flags);
    return v;
}

static void write_bytes(const struct pci_function *f, unsigned offset, uint32_t v, unsigned n)
{
    volatile uint8_t *p = ecam_address(f, offset);
    irq_flags_t flags = spin_lock_irqsave(&port_lock);
    if (p == NULL)
        out32(0xcf8, port_address(f, offset));
    uint16_t port = (uint16_t)(0xcfc + (offset & 3));
    if (n == 4)
        p != NULL ? mmio_write32(p, v) : out32(port, v);
    else if (n == 2)
        p != NULL ? mmio_write16(p, (uint16_t)v) : out16(port, (uint16_t)v);
    else
        p != NULL ? mmio_write8(p, (uint8_t)v) : out8(port, (uint8_t)v);
    spin_unlock_irqrestore(&port_lock, flags);
}

uint8_t pci_read8(const struct pci_function *f, unsigned offset) { return (uint8_t)(read_dword(f, offset) >> (offset & 3) * 8); }
uint16_t pci_read16(const struct pci_function *f, unsigned offset) { return (uint16_t)(read_dword(f, offset) >> (offset & 2) * 8); }
uint32_t pci_read32(const struct pci_function *f, unsigned offset) { return read_dword(f, offset); }
void pci_write8(const struct pci_function *f, unsigned offset, uint8_t v) { write_bytes(f, offset, v, 1); }
void pci_write16(const struct pci_function *f, unsigned offset, uint16_t v) { write_bytes(f, offset, v, 2); }
void pci_write32(const struct pci_function *f, unsigned offset, uint32_t v) { write_bytes(f, offset, v, 4); }

struct scan {
    bool (*fn)(const struct pci_function *f, void *arg);
    void *arg;
    unsigned seen;
    bool stop;
    uint64_t pending[4], done[4]; /* buses still to visit; visited */
};

static void scan_function(struct scan *s, struct pci_function *f)
{
    f->vendor = pci_read16(f, PCI_VENDOR);
    if (f->vendor == 0xffff)
        return;
    f->device_id = pci_read16(f, PCI_DEVICE);
    f->class_code = pci_read32(f, PCI_CLASS_REVISION) >> 8;
    uint8_t type = pci_read8(f, PCI_HEADER_TYPE) & 0x7f;
    if (type == 1) { /* a bridge */
        uint8_t bus = pci_read8(f, PCI_SECONDARY_BUS);
        if (!(s->done[bus / 64] >> bus % 64 & 1))
            s->pending[bus / 64] |= 1ull << bus % 64;
    } else if (type == 0) {
        f->subsystem_vendor = pci_read16(f, PCI_SUBSYSTEM_VENDOR);
        f->subsystem_id = pci_read16(f, PCI_SUBSYSTEM_ID);
    }
    s->seen++;
    s->stop = !s->fn(f, s->arg);
}

static void scan_bus(struct scan *s, uint8_t bus)
{
    for (uint8_t device = 0; device < 32 && !s->stop; device++) {
        struct pci_function f = {.bus = bus, .device = device};
        if (pci_read16(&f, PCI_VENDOR) == 0xffff)
            continue;
        unsigned functions = pci_read8(&f, PCI_HEADER_TYPE) & 0x80 ? 8 : 1;
        for (uint8_t n = 0; n < functions && !s->stop; n++) {
            f = (struct pci_function){.bus = bus, .device = device, .function = n};
            scan_function(s, &f);
        }
    }
}

unsigned pci_scan(bool (*fn)(const struct pci_function *f, void *arg), void *arg)
{
    struct scan s = {.fn = fn, .arg = arg, .pending = {1}};
    if (pci_disabled)
        return 0;
    for (;;) {
        unsigned bus = 0;
        while (bus < 256 && !(s.pending[bus / 64] >> bus % 64 & 1))
            bus++;
        if (bus == 256 || s.stop)
            return s.seen;
        s.pending[bus / 64] &= ~(1ull << bus % 64);
        s.done[bus / 64] |= 1ull << bus % 64;
        scan_bus(&s, (uint8_t)bus);
    }
}

uint8_t pci_find_capability(const struct pci_function *f, uint8_t id, uint8_t from)
{
    if (!(pci_read16(f, PCI_STATUS) & 0x10))
        return 0;
    uint8_t at = from ? pci_read8(f, from + 1u) : pci_read8(f, PCI_CAPABILITIES);
    for (unsigned steps = 0; steps < 48; steps++) { /* 48 is all that fits; a longer list is a loop */
        at &= 0xfc;
        if (at < 0x40)
            return 0;
        if (pci_read8(f, at) == id)
            return at;
        at = pci_read8(f, at + 1u);
    }
    return 0;
}

void pci_enable(const struct pci_function *f, uint16_t command_bits)
{
    pci_write16(f, PCI_COMMAND, pci_read16(f, PCI_COMMAND) | command_bits);
}

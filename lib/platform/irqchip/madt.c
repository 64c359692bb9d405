// SPDX-License-Identifier: BSD-3-Clause
// The MADT: CPUs, I/O APICs and where ISA interrupts went (ACPI 6.4, 5.2.12).

#include "acpi/acpi.h"
#include "arch/cpu.h"
#include "base/string.h"
#include "topology.h"

enum madt_kind { MADT_LAPIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_LAPIC_ADDRESS = 5, MADT_X2APIC = 9 };
#define CPU_ENABLED 1u

static uint32_t word(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static void read_override(const uint8_t *e)
{
    unsigned irq = e[3] & 15, flags = e[8];
    bool low = (flags & 3) == 3, level = (flags >> 2 & 3) == 3;
    irq_topology.isa_gsi[irq] = word(e + 4);
    irq_topology.isa_mode[irq] = level ? (low ? GSI_LEVEL_LOW : GSI_LEVEL_HIGH) : GSI_EDGE_HIGH;
}

static void read_entry(const uint8_t *e, unsigned n)
{
    struct irq_topology *t = &irq_topology;
    switch (e[0]) {
    case MADT_LAPIC:
        if (n >= 8 && word(e + 4) & CPU_ENABLED)
            arch_cpu_register(e[3]);
        break;
    case MADT_X2APIC:
        if (n >= 16 && word(e + 8) & CPU_ENABLED)
            arch_cpu_register(word(e + 4));
        break;
    case MADT_IOAPIC:
        if (n >= 12 && t->n_ioapics < IOAPIC_MAX)
            t->ioapics[t->n_ioapics++] = (struct ioapic){.address = word(e + 4), .gsi_base = word(e + 8)};
        break;
    case MADT_OVERRIDE:
        if (n >= 10)
            read_override(e);
        break;
    case MADT_LAPIC_ADDRESS:
        if (n >= 12)
            t->lapic_address = word(e + 4) | (uint64_t)word(e + 8) << 32;
        break;
    default:
        break;
    }
}

bool irq_read_madt(void)
{
    const struct acpi_header *h = acpi_find_table("APIC");
    if (!h || h->length < 44)
        return false;
    const uint8_t *p = (const uint8_t *)h + 44, *end = (const uint8_t *)h + h->length;
    irq_topology.lapic_address = word((const uint8_t *)h + 36);
    while (end - p >= 2 && p[1] >= 2 && p[1] <= end - p) {
        read_entry(p, p[1]);
        p += p[1];
    }
    return true;
}

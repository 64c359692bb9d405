// SPDX-License-Identifier: BSD-3-Clause
// The MultiProcessor table of machines without ACPI (Intel MP specification 1.4; Firecracker, microvm with acpi=off).

#include "arch/cpu.h"
#include "base/string.h"
#include "mem/kmap.h"
#include "topology.h"

enum mp_kind { MP_CPU = 0, MP_BUS = 1, MP_IOAPIC = 2, MP_INTERRUPT = 3 };

static const uint8_t *search(paddr_t start, size_t n)
{
    const uint8_t *area = kmap_memory(start, n), *found = NULL;
    for (size_t i = 0; area && i + 16 <= n && !found; i += 16)
        if (memcmp(area + i, "_MP_", 4) == 0)
            found = area + i;
    if (!found && area)
        kmap_free((void *)(uintptr_t)area);
    return found;
}

static uint32_t word(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static void read_cpu(const uint8_t *e)
{
    if (e[3] & 1)
        arch_cpu_register(e[1]);
}

static void read_ioapic(const uint8_t *e)
{
    struct irq_topology *t = &irq_topology;
    if (e[3] & 1 && t->n_ioapics < IOAPIC_MAX) {
        uint32_t base = t->n_ioapics ? t->ioapics[t->n_ioapics - 1].gsi_base + 24 : 0;
        t->ioapics[t->n_ioapics++] = (struct ioapic){.address = word(e + 4), .gsi_base = base};
    }
}

bool irq_read_mp_table(void)
{
    const uint8_t *pointer = search(0x9fc00, 0x400);
    if (!pointer)
        pointer = search(0xf0000, 0x10000);
    paddr_t table = pointer ? word(pointer + 4) : 0;
    const uint8_t *t = table ? kmap_memory(table, 44) : NULL;
    if (!t || memcmp(t, "PCMP", 4) != 0)
        return false;
    unsigned length = t[4] | (unsigned)t[5] << 8; /* the entry count is not to be relied on: qboot leaves it 0 */
    irq_topology.lapic_address = word(t + 36);
    t = kmap_memory(table, length);
    if (!t)
        return false;
    const uint8_t *p = t + 44, *end = t + length;
    while (end - p >= 8) {
        unsigned bytes = *p == MP_CPU ? 20 : 8;
        if (end - p < bytes)
            break;
        if (*p == MP_CPU)
            read_cpu(p);
        else if (*p == MP_IOAPIC)
            read_ioapic(p);
        p += bytes;
    }
    return irq_topology.n_ioapics != 0;
}

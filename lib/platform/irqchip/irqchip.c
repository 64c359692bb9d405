// SPDX-License-Identifier: BSD-3-Clause
// Start of the interrupt controllers.

#include "irqchip/irqchip.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "topology.h"

struct irq_topology irq_topology = {.lapic_address = 0xfee00000};

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1

/* The PIC's vectors would be those of exceptions; it stays masked from here on. */
static void mask_pic(void)
{
    out8(PIC_MASTER_DATA, 0xff);
    out8(PIC_SLAVE_DATA, 0xff);
}

static void assume_pc(void)
{
    irq_topology.ioapics[0] = (struct ioapic){.address = 0xfec00000};
    irq_topology.n_ioapics = 1;
}

void irqchip_init(void)
{
    for (unsigned i = 0; i < 16; i++)
        irq_topology.isa_gsi[i] = i;
    if (!irq_read_madt() && !irq_read_mp_table())
        assume_pc();
    mask_pic();
    lapic_setup();
}

unsigned gsi_isa_to_gsi(unsigned irq, enum gsi_mode *mode)
{
    *mode = (enum gsi_mode)irq_topology.isa_mode[irq & 15];
    return irq_topology.isa_gsi[irq & 15];
}

// SPDX-License-Identifier: BSD-3-Clause
// What the firmware tables tell about CPUs and interrupt lines.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "irqchip/gsi.h"
#include <stdbool.h>
#include <stdint.h>

#define IOAPIC_MAX 8

struct ioapic {
    paddr_t address;
    uint32_t gsi_base;
    uint32_t n_lines;           /* 0 until first used */
    volatile uint32_t *registers;
};

struct irq_topology {
    paddr_t lapic_address;
    struct ioapic ioapics[IOAPIC_MAX];
    unsigned n_ioapics;
    uint32_t isa_gsi[16];
    uint8_t isa_mode[16]; /* enum gsi_mode */
};
extern struct irq_topology irq_topology;

/** irq_read_madt, irq_read_mp_table - fill irq_topology and register CPUs. Return: false if there is no such table. */
bool irq_read_madt(void);
bool irq_read_mp_table(void);

void lapic_init_cpu(void);
void lapic_setup(void);

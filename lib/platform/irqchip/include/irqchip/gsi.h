// SPDX-License-Identifier: BSD-3-Clause
// Global system interrupts: the lines of I/O APICs, connected to handlers.
#pragma once

#include "arch/trap.h"
#include "base/compiler.h"
#include <stdint.h>

enum gsi_mode { GSI_EDGE_HIGH, GSI_LEVEL_HIGH, GSI_LEVEL_LOW };

/**
 * gsi_connect - route line @gsi to @fn(@vector, @arg) on CPU 0. Several handlers may share a line (all are called).
 * Context: may sleep. Return: 0; -ENODEV: no I/O APIC has that line; -ENOSPC: no vector left; -ENOMEM.
 */
int gsi_connect(unsigned gsi, enum gsi_mode mode, irq_handler_fn fn, void *arg) __must_check;
/** gsi_disconnect - undo it; nothing happens if it was not connected. The line is masked when its last handler goes. */
void gsi_disconnect(unsigned gsi, irq_handler_fn fn, void *arg);
/** gsi_isa_to_gsi - where ACPI's overrides put ISA interrupt @irq (0..15), with its mode. */
unsigned gsi_isa_to_gsi(unsigned irq, enum gsi_mode *mode);
/** gsi_cpu_destination - the APIC id that message-signalled interrupts for logical CPU @cpu carry. */
uint32_t gsi_cpu_destination(unsigned cpu);

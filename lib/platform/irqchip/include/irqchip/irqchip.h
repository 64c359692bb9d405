// SPDX-License-Identifier: BSD-3-Clause
// Setting up the interrupt controllers.
#pragma once

#include "base/compiler.h"

/** irqchip_init - find CPUs and I/O APICs (MADT, else MP table, else a PC's defaults), mask everything, local APIC of CPU 0 on. Interrupts off. */
void irqchip_init(void);

// SPDX-License-Identifier: BSD-3-Clause
// Registers of the calling CPU's local APIC, in either mode; room platform/clock drives the timer through them.
#pragma once

#include "base/compiler.h"
#include <stdint.h>

/* Offsets of the memory-mapped form (Intel SDM vol. 3, table 10-1); x2APIC uses MSR 0x800 + offset / 16. */
#define LAPIC_LVT_TIMER 0x320u
#define LAPIC_TIMER_INITIAL 0x380u
#define LAPIC_TIMER_CURRENT 0x390u
#define LAPIC_TIMER_DIVIDE 0x3e0u

/** lapic_read, lapic_write - Context: any, interrupts off or preemption off; after the interrupt controller was set up (before interrupts go on). */
uint32_t lapic_read(unsigned offset);
void lapic_write(unsigned offset, uint32_t value);

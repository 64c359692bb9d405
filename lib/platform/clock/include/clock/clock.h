// SPDX-License-Identifier: BSD-3-Clause
// The machine's clocks: set up by init, found out about when the time is first asked for.
#pragma once

#include "base/types.h"

/** platform_clock_init - start the reference counters and name the probe; a few dozen instructions. After the interrupt controller, interrupts off. */
void platform_clock_init(void);

/** Found in firmware tables, before the time is asked for: address of the HPET's registers; port of the ACPI PM timer (24 or 32 bits wide). */
void platform_clock_set_hpet(paddr_t registers);
void platform_clock_set_pm_timer(uint16_t port, bool is_32_bit);

// SPDX-License-Identifier: BSD-3-Clause
// The machine's last moments: exit with status, power-off, reset, halt.
#pragma once

#include "base/compiler.h"
#include <stdint.h>

/** Ways to end, tried in this order; each returns if it did not work. Registered by platform rooms (ACPI) before they are needed. */
void arch_power_set_off(void (*fn)(void));
void arch_power_set_reset(void (*fn)(void));

/** arch_exit_status - end with @status (0-255) visible to the host: isa-debug-exit, else power-off. Never returns. */
void arch_exit_status(int status) __noreturn;
/** arch_power_off, arch_reset - never return; last resort is a triple fault. */
void arch_power_off(void) __noreturn;
void arch_reset(void) __noreturn;
/** arch_power_last_resort - reset by port, then triple fault; nothing is asked before. */
void arch_power_last_resort(void) __noreturn;
/** arch_exit_report - set by init: called once before the end with the full status (the line of --report-exit). */
void arch_power_set_report(void (*fn)(int status));

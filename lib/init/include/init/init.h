// SPDX-License-Identifier: BSD-3-Clause
// The start of the kernel and the options it was given.
#pragma once

#include "base/compiler.h"
#include "init/command_line.h"

/** osv_start - from a filled boot_handoff to the program. Runs on the boot stack with interrupts off. */
void osv_start(void) __noreturn;

/** init_options - as parsed; valid from the first init step on. */
extern struct command_line init_options;

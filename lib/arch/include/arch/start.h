// SPDX-License-Identifier: BSD-3-Clause
// Bringing up the CPU that boots.
#pragma once

#include "base/compiler.h"

/** arch_init_early - CPU 0: per-CPU base, descriptor tables, traps, control registers. From here on a crash is reported. Needs no memory. */
void arch_init_early(void);

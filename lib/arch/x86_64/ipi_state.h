// SPDX-License-Identifier: BSD-3-Clause
// What sending interrupts and starting CPUs share.
#pragma once

#include "arch/ipi.h"
#include <stdint.h>

extern const struct ipi_ops *arch_ipi_ops;
extern uint64_t arch_started_cpus[]; /* a: one bit a CPU */

// SPDX-License-Identifier: BSD-3-Clause
// Backtrace of application code.
#pragma once

#include "arch/frame.h"

/** arch_unwind - code addresses from @f's instruction outwards. Return: how many. */
unsigned arch_unwind(const struct arch_frame *f, uintptr_t *out, unsigned n);

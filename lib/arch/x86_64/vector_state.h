// SPDX-License-Identifier: BSD-3-Clause
// Vector state at a thread switch.
#pragma once

#include "arch/thread.h"

/** arch_fpu_switch_out, arch_fpu_switch_in - registers to and from @t->fpu. Interrupts off. */
void arch_fpu_switch_out(struct arch_thread *t);
void arch_fpu_switch_in(struct arch_thread *t);

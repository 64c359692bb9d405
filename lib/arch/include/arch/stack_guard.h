// SPDX-License-Identifier: BSD-3-Clause
// The stack protector's canary.
#pragma once

#include "base/compiler.h"
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
void __stack_chk_fail(void) __noreturn;

/** arch_stack_guard_randomize - choose the canary. Called once from a function that never returns and is built without the protector. */
void arch_stack_guard_randomize(void);

// SPDX-License-Identifier: BSD-3-Clause
// The stack protector's canary and what happens when it died.

#include "arch/stack_guard.h"
#include "arch/cpu.h"
#include "base/panic.h"

uintptr_t __stack_chk_guard = 0x2f6d8a17c3b59e00;

void __stack_chk_fail(void)
{
    panic("a function overran its stack frame");
}

void arch_stack_guard_randomize(void)
{
    uint64_t r;
    if (!cpu_hw_random(&r))
        r = cpu_cycles() * 0x9e3779b97f4a7c15ull;
    __stack_chk_guard = r & ~0xfful;
}

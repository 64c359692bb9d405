// SPDX-License-Identifier: BSD-3-Clause
// A fresh hosted machine with memory up, for tests of upper rooms.
#pragma once

#include <arch/host.h>
#include <mem/frame.h>

/** machine_start - @bytes of memory, frame allocator ready. Once a process: the rooms keep static state. */
static inline void machine_start(size_t bytes)
{
    if (mem_init(host_machine_create(bytes)) != 0)
        __builtin_trap();
}

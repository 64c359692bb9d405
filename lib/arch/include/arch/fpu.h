// SPDX-License-Identifier: BSD-3-Clause
// Vector and x87 state: who saves it and when.
#pragma once

#include "arch/thread.h"
#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel is built with general registers only, so application state stays in the registers until a switch finds THREAD_FPU_LIVE. A thread
 * entering by trap or syscall instruction has the flag; one entering by the gate has not (a C call leaves those registers dead).
 * arch_fpu_set_allocator: how arch gets the area (64-byte aligned, zeroed) when a thread first needs it; called with interrupts off,
 * must not sleep; NULL stops the machine, so room sched allocates at thread creation (arch_fpu_area_bytes) when it can.
 */
size_t arch_fpu_area_bytes(void);
void arch_fpu_set_allocator(void *(*alloc)(size_t bytes));

/** arch_fpu_save_current - write the registers to @area in XSAVE standard format. arch_fpu_load_current - the reverse; -EINVAL for a malformed header. */
void arch_fpu_save_current(void *area);
int arch_fpu_load_current(void *area) __must_check;
/** arch_fpu_reset_current - the state a new program starts with (MXCSR 0x1f80, FCW 0x37f). */
void arch_fpu_reset_current(void);
/** arch_fpu_copy - give @to a copy of the current thread's state (fork). */
int arch_fpu_copy(struct arch_thread *to) __must_check;

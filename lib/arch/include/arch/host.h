// SPDX-License-Identifier: BSD-3-Clause
// The hosted kernel: control of the virtual machine that kernel rooms run in when they are compiled for the host.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct boot_handoff;

/**
 * host_machine_create - physical memory of @bytes at physical address 0 and CPU 0 on the calling thread. May be called again: it
 * starts over, with per-CPU data of CPU 0 zeroed.
 *
 * Return: the hand-over that a boot protocol would make, for mem_init(): all RAM but page 0 is free.
 */
const struct boot_handoff *host_machine_create(size_t bytes);

/** host_cpu_enter - the calling host thread becomes virtual CPU @cpu (1..63); host_cpu_leave - and no longer. */
void host_cpu_enter(unsigned cpu);
void host_cpu_leave(void);

/**
 * host_simulate_cpus - instead: @n CPUs (arch_cpu_count_possible()) take turns on this host thread, when @seed says so; arch_cpu_start() starts
 * them, interrupts between them work. One and the same seed gives one and the same order of events. Right after host_machine_create().
 */
void host_simulate_cpus(unsigned n, uint64_t seed);
/** host_irq_raise_on - on simulated CPU @cpu, when it next has the turn and interrupts on. */
void host_irq_raise_on(unsigned cpu, unsigned vector);

/** The virtual clock, in nanoseconds; cpu_cycles() reads it. It moves only when told to. */
nsec_t host_clock_now(void);
void host_clock_advance(nsec_t ns);

/** host_irq_raise - as a device would: run the handler of @vector now, or when interrupts come on again. */
void host_irq_raise(unsigned vector);

/** host_set_idle_hook - what cpu_halt() does besides turning interrupts on: e.g. advance the clock to the next timer. */
void host_set_idle_hook(void (*fn)(void));

/** host_set_io - model of port input/output; without one reads give all ones. */
void host_set_io(uint32_t (*in)(uint16_t port, unsigned bytes), void (*out)(uint16_t port, unsigned bytes, uint32_t v));

/**
 * host_set_user_access - how copy_in() and its kin reach application memory. By default user addresses are host addresses. @fn: the host
 * address of byte @user for reading or @write, resolving faults; NULL: -EFAULT. One call a page.
 */
void host_set_user_access(void *(*fn)(uintptr_t user, bool write));

/** host_set_kernel_root - the root table that arch_kernel_root() names: a frame of the machine. */
void host_set_kernel_root(paddr_t root);

/** host_tlb_flushes - flushes of single pages and of everything, since start. */
void host_tlb_flushes(uint64_t *pages, uint64_t *all);

extern uintptr_t arch_host_linear_base;

// SPDX-License-Identifier: BSD-3-Clause
// Per-CPU variables: one zeroed copy for each CPU, reached through the GS base.
#pragma once

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

/*
 * A per-CPU variable lives in section .bss.osv_percpu (bss-like: always starts as zeros). CPU 0 uses the section itself, so its offset is 0; each
 * other CPU has a zeroed copy at `section + offset`, and its GS base is that offset: %gs:variable is the CPU's own.
 * Interrupts or preemption must be off between taking the pointer and using it.
 */
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name
#ifdef CONFIG_HOSTED
#define DEFINE_PER_CPU(type, name) __attribute__((section("osv_percpu"))) __typeof__(type) name
uintptr_t arch_percpu_offset(unsigned cpu);
uintptr_t arch_percpu_this_offset(void);
#else
#define DEFINE_PER_CPU(type, name) __attribute__((section(".bss.osv_percpu"))) __typeof__(type) name

/** arch_percpu_offset - of @cpu, which must have been started (or be 0). */
extern uintptr_t arch_percpu_offsets[];
static inline uintptr_t arch_percpu_offset(unsigned cpu)
{
    return arch_percpu_offsets[cpu];
}

static inline uintptr_t arch_percpu_this_offset(void)
{
    uintptr_t offset;
    __asm__ volatile("movq %%gs:arch_percpu_self, %0" : "=r"(offset));
    return offset;
}
#endif

#define per_cpu_ptr(name, cpu) ((__typeof__(&(name)))((uintptr_t)&(name) + arch_percpu_offset(cpu)))
#define this_cpu_ptr(name) ((__typeof__(&(name)))((uintptr_t)&(name) + arch_percpu_this_offset()))

/** arch_percpu_size - bytes of one CPU's copy. arch_percpu_attach - give @cpu, not yet started, its zeroed copy of that size (64-byte aligned). */
size_t arch_percpu_size(void);
void arch_percpu_attach(unsigned cpu, void *zeroed_copy);

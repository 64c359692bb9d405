// SPDX-License-Identifier: BSD-3-Clause
// The CPU itself: identity, cycle counter, pause, halt, features, start-up.
#pragma once

#include "arch/percpu.h"
#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

#define ARCH_CPU_MAX 256
#define ARCH_PAGE_SIZE 4096ul
#define ARCH_PAGE_SHIFT 12
#ifdef CONFIG_HOSTED
#define ARCH_KERNEL_STACK_BYTES 262144ul /* sanitizers and the host's libc need more */
#else
#define ARCH_KERNEL_STACK_BYTES 16384ul
#endif

/** What CPUID told at boot. */
struct cpu_features {
    bool tsc_deadline, x2apic, rdrand, rdseed, fsgsbase, smep, umip, xsave, xsaveopt, pdpe1gb, pcid, invariant_tsc, rdtscp, erms;
    bool hypervisor;
    uint32_t xsave_bytes;      /* area for every component in @xcr0; 512 without XSAVE */
    uint64_t xcr0;             /* enabled state components */
    uint32_t max_leaf, hypervisor_leaf;
    char hypervisor_signature[13]; /* "KVMKVMKVM", "TCGTCGTCGTCG", ... or "" */
    uint8_t physical_address_bits;
    uint32_t hwcap;            /* AT_HWCAP: CPUID.1:EDX */
    uint32_t hwcap2;           /* AT_HWCAP2 */
};
extern struct cpu_features cpu_features;

void arch_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out_eax_ebx_ecx_edx[4]);
uint64_t arch_msr_read(uint32_t msr);
void arch_msr_write(uint32_t msr, uint64_t value);

#ifdef CONFIG_HOSTED
void cpu_relax(void);
void cpu_halt(void);
unsigned cpu_id(void);
uint64_t cpu_cycles(void);
#else
DECLARE_PER_CPU(uint32_t, arch_cpu_number);

static inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/** cpu_halt - turn interrupts on and sleep until the next one, without a gap between the two. Called with interrupts off. */
static inline void cpu_halt(void)
{
    __asm__ volatile("sti; hlt" ::: "memory");
}

/** cpu_id - logical number, 0..; stable only while preemption is off. */
static inline unsigned cpu_id(void)
{
    unsigned n;
    __asm__ volatile("movl %%gs:arch_cpu_number, %0" : "=r"(n));
    return n;
}

static inline uint64_t cpu_cycles(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}
#endif

/** cpu_hw_random - one word of RDSEED, else RDRAND. Return: false if the CPU has neither or refuses for now. */
bool cpu_hw_random(uint64_t *out);

/** arch_cpu_count_possible - CPUs the firmware tables name (>= 1), at most ARCH_CPU_MAX. */
unsigned arch_cpu_count_possible(void);

/**
 * arch_cpu_start - start logical CPU @cpu (1..possible-1): it runs @entry(@arg) on @idle's kernel stack with interrupts off, its per-CPU area
 * (arch_percpu_attach), GDT, IDT, TSS, FPU and local APIC ready and @idle as its current thread.
 * Context: preemptible thread. Return: 0; -ENODEV no such CPU; -ETIMEDOUT it did not answer in 1 s; -ENOSYS no way to start CPUs.
 */
struct arch_thread;
int arch_cpu_start(unsigned cpu, struct arch_thread *idle, void (*entry)(void *), void *arg) __must_check;

/** arch_cpu_stop_others - park every other CPU for good (shutdown, panic). Never waits longer than 100 ms. */
void arch_cpu_stop_others(void);

/**
 * What the firmware tables tell, by room platform/irqchip: arch_cpu_register - a CPU with local APIC @apic_id exists (the boot CPU too, in any
 * order); arch_cpu_set_boot_apic_id - which one runs now: it becomes logical CPU 0. arch_cpu_apic_id - the reverse.
 */
void arch_cpu_register(uint32_t apic_id);
void arch_cpu_set_boot_apic_id(uint32_t apic_id);
uint32_t arch_cpu_apic_id(unsigned cpu);

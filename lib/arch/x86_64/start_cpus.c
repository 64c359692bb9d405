// SPDX-License-Identifier: BSD-3-Clause
// The other CPUs: which exist.

#include "arch/cpu.h"
#include "state.h"

static uint32_t apic_ids[ARCH_CPU_MAX];
static unsigned n_cpus;

void arch_cpu_register(uint32_t apic_id)
{
    for (unsigned i = 0; i < n_cpus; i++)
        if (apic_ids[i] == apic_id)
            return;
    if (n_cpus < ARCH_CPU_MAX)
        apic_ids[n_cpus++] = apic_id;
}

void arch_cpu_set_boot_apic_id(uint32_t apic_id)
{
    arch_cpu_register(apic_id);
    for (unsigned i = 0; i < n_cpus; i++) {
        if (apic_ids[i] == apic_id) {
            apic_ids[i] = apic_ids[0];
            apic_ids[0] = apic_id;
        }
    }
    *this_cpu_ptr(arch_apic_id) = apic_id;
}

uint32_t arch_cpu_apic_id(unsigned cpu)
{
    return apic_ids[cpu];
}

unsigned arch_cpu_count_possible(void)
{
    return n_cpus ? n_cpus : 1;
}

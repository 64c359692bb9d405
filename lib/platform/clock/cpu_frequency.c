// SPDX-License-Identifier: BSD-3-Clause
// Rates that the CPU or the hypervisor tells: then nothing has to be measured.
#include "arch/cpu.h"
#include "base/compiler.h"
#include "base/string.h"
#include "reference.h"

#define MSR_HYPERV_TSC_HZ 0x40000022
#define MSR_HYPERV_APIC_HZ 0x40000023
#define HYPERV_FREQUENCY_MSRS (1u << 11)

static bool hypervisor_is(const char *signature)
{
    return cpu_features.hypervisor && strcmp(cpu_features.hypervisor_signature, signature) == 0;
}

static bool hyperv_tells(void)
{
    uint32_t r[4];

    if (!hypervisor_is("Microsoft Hv"))
        return false;
    arch_cpuid(0x40000003, 0, r);
    return r[0] & HYPERV_FREQUENCY_MSRS;
}

/* Leaf 0x40000010, invented by VMware, also given by KVM and QEMU: TSC and bus rates in kHz. */
static bool timing_leaf(uint32_t r[4])
{
    if (!cpu_features.hypervisor || cpu_features.hypervisor_leaf < 0x40000010)
        return false;
    arch_cpuid(0x40000010, 0, r);
    return true;
}

/* SDM vol. 2, CPUID leaf 15H: TSC = crystal * EBX / EAX. */
static uint64_t crystal_hz(uint32_t r[4])
{
    if (cpu_features.max_leaf < 0x15)
        return 0;
    arch_cpuid(0x15, 0, r);
    return r[0] != 0 && r[1] != 0 ? r[2] : 0;
}

uint64_t cpu_told_tsc_hz(void)
{
    uint32_t r[4];

    if (hyperv_tells())
        return arch_msr_read(MSR_HYPERV_TSC_HZ);
    if (timing_leaf(r) && r[0] != 0)
        return r[0] * 1000ull;
    uint64_t crystal = crystal_hz(r);
    if (crystal != 0)
        return crystal * r[1] / r[0];
    return hypervisor_clock_tsc_hz(); /* leaf 16H gives a nominal value only: measured is better */
}

uint64_t cpu_told_apic_timer_hz(void)
{
    uint32_t r[4];

    if (hyperv_tells())
        return arch_msr_read(MSR_HYPERV_APIC_HZ);
    if (timing_leaf(r) && r[1] != 0)
        return r[1] * 1000ull;
    return crystal_hz(r);
}

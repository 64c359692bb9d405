// SPDX-License-Identifier: BSD-3-Clause
// Rates that the CPU or the hypervisor tells: then nothing has to be measured.
#include "arch/cpu.h"
#include "arch/pgtable.h"
#include "base/compiler.h"
#include "base/string.h"
#include "reference.h"

#define MSR_HYPERV_TSC_HZ 0x40000022
#define MSR_HYPERV_APIC_HZ 0x40000023
#define HYPERV_FREQUENCY_MSRS (1u << 11)
#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define KVM_FEATURES_LEAF 0x40000001
#define KVM_FEATURE_CLOCKSOURCE2 (1u << 3)

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

/* KVM's clock page: the host fills it in when its address is written to the MSR. Only the rate is used. */
struct pvclock_time {
    uint32_t version, pad0;
    uint64_t tsc_timestamp, system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags, pad[2];
};
_Static_assert(sizeof(struct pvclock_time) == 32, "KVM ABI");

static uint64_t kvm_tsc_hz(void)
{
    static struct pvclock_time page __aligned(64);
    uint32_t r[4];

    if (!hypervisor_is("KVMKVMKVM"))
        return 0;
    arch_cpuid(KVM_FEATURES_LEAF, 0, r);
    if (!(r[0] & KVM_FEATURE_CLOCKSOURCE2))
        return 0;
    arch_msr_write(MSR_KVM_SYSTEM_TIME_NEW, ((uintptr_t)&page - IMAGE_OFFSET) | 1);
    uint32_t mul = *(volatile uint32_t *)&page.tsc_to_system_mul;
    int shift = *(volatile int8_t *)&page.tsc_shift;
    arch_msr_write(MSR_KVM_SYSTEM_TIME_NEW, 0);
    if (mul == 0 || shift < -31 || shift > 31)
        return 0;
    /* ns = (cycles << shift) * mul / 2^32 */
    uint64_t khz = (UINT64_C(1000000) << 32) / mul;
    return (shift < 0 ? khz << -shift : khz >> shift) * 1000;
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
    return kvm_tsc_hz(); /* leaf 16H gives a nominal value only: measured is better */
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

// SPDX-License-Identifier: BSD-3-Clause
// KVM's and Hyper-V's clocks as clock sources.
#include "arch/cpu.h"
#include "arch/percpu.h"
#include "base/string.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "paravirtual.h"
#include "reference.h"
#include "sched/time.h"

/*
 * A guest whose cycle counter is invariant reads that one: programs need no call for it. Otherwise the host may change the
 * counter's rate under the guest (migration, old hosts), and only the host's page follows.
 */

#define RANK_BELOW_TSC 250
#define KVM_FEATURES_LEAF 0x40000001
#define KVM_FEATURE_CLOCKSOURCE2 (1u << 3)
#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define HYPERV_FEATURES_LEAF 0x40000003
#define HYPERV_REFERENCE_COUNTER (1u << 1)
#define HYPERV_REFERENCE_PAGE (1u << 9)
#define MSR_HYPERV_COUNTER 0x40000020
#define MSR_HYPERV_REFERENCE_TSC 0x40000021

static bool hypervisor_is(const char *signature)
{
    return cpu_features.hypervisor && strcmp(cpu_features.hypervisor_signature, signature) == 0;
}

static uint64_t read_tsc(void)
{
    return cpu_cycles();
}

/* One page of records, so that none crosses a page's end; each CPU names its own to the host when it first reads. */
static struct kvm_clock_page *kvm_pages;
static DEFINE_PER_CPU(bool, kvm_page_named);

static struct kvm_clock_page *kvm_page(void)
{
    struct kvm_clock_page *p = &kvm_pages[cpu_id()];

    if (!*this_cpu_ptr(kvm_page_named)) {
        *this_cpu_ptr(kvm_page_named) = true;
        arch_msr_write(MSR_KVM_SYSTEM_TIME_NEW, virt_to_phys(p) | 1);
    }
    return p;
}

static uint64_t kvm_read(void)
{
    return kvm_clock_read(kvm_page(), read_tsc);
}

static struct clock_source kvm_source = {.name = "kvm-clock", .rank = 400, .read = kvm_read, .mask = ~0ull};

static void kvm_find(void)
{
    uint32_t r[4];

    if (!hypervisor_is("KVMKVMKVM"))
        return;
    arch_cpuid(KVM_FEATURES_LEAF, 0, r);
    if (!(r[0] & KVM_FEATURE_CLOCKSOURCE2))
        return;
    kvm_pages = kzalloc(sizeof(*kvm_pages) * ARCH_CPU_MAX);
    if (kvm_pages == NULL)
        return;
    if (cpu_features.invariant_tsc)
        kvm_source.rank = RANK_BELOW_TSC;
    clock_source_register(&kvm_source);
}

uint64_t hypervisor_clock_tsc_hz(void)
{
    return kvm_pages != NULL ? kvm_clock_tsc_hz(kvm_page()) : 0;
}

static struct hyperv_clock_page *hyperv_page;

static uint64_t hyperv_read(void)
{
    uint64_t ticks;

    if (hyperv_page != NULL && hyperv_clock_read(hyperv_page, read_tsc, &ticks))
        return ticks;
    return arch_msr_read(MSR_HYPERV_COUNTER);
}

static struct clock_source hyperv_source = {
    .name = "hyperv_clocksource_tsc_page", .rank = 390, .read = hyperv_read, .frequency_hz = HYPERV_CLOCK_HZ, .mask = ~0ull};

static void hyperv_find(void)
{
    uint32_t r[4];

    if (!hypervisor_is("Microsoft Hv"))
        return;
    arch_cpuid(HYPERV_FEATURES_LEAF, 0, r);
    if (!(r[0] & HYPERV_REFERENCE_COUNTER))
        return;
    if (r[0] & HYPERV_REFERENCE_PAGE) {
        hyperv_page = kzalloc(4096);
        if (hyperv_page != NULL)
            arch_msr_write(MSR_HYPERV_REFERENCE_TSC, virt_to_phys(hyperv_page) | 1);
    }
    if (cpu_features.invariant_tsc)
        hyperv_source.rank = RANK_BELOW_TSC;
    clock_source_register(&hyperv_source);
}

void hypervisor_clock_find(void)
{
    kvm_find();
    hyperv_find();
}

// SPDX-License-Identifier: BSD-3-Clause
// CPUID, model-specific registers, control-register features, hardware random numbers.

#include "arch/cpu.h"
#include "base/string.h"
#include "state.h"

struct cpu_features cpu_features;

#define CR4_UMIP (1u << 11)
#define CR4_FSGSBASE (1u << 16)
#define CR4_OSXSAVE (1u << 18)
#define CR4_SMEP (1u << 20)
#define XCR0_KNOWN 0xe7u /* x87, SSE, AVX, AVX-512 */

void arch_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
}

uint64_t arch_msr_read(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

void arch_msr_write(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(msr) : "memory");
}

static bool bit(uint32_t word, unsigned n)
{
    return word >> n & 1;
}

static void detect_extended(struct cpu_features *c)
{
    uint32_t r[4];
    arch_cpuid(0x80000000, 0, r);
    uint32_t max = r[0];
    arch_cpuid(0x80000001, 0, r);
    c->pdpe1gb = bit(r[3], 26);
    c->rdtscp = bit(r[3], 27);
    c->physical_address_bits = 36;
    if (max >= 0x80000007) {
        arch_cpuid(0x80000007, 0, r);
        c->invariant_tsc = bit(r[3], 8);
    }
    if (max >= 0x80000008) {
        arch_cpuid(0x80000008, 0, r);
        c->physical_address_bits = (uint8_t)r[0];
    }
}

static void detect_xsave(struct cpu_features *c)
{
    uint32_t r[4];
    c->xsave_bytes = 512;
    c->xcr0 = 3;
    if (!c->xsave || c->max_leaf < 0xd) {
        c->xsave = false;
        return;
    }
    arch_cpuid(0xd, 0, r);
    c->xcr0 = r[0] & XCR0_KNOWN;
    c->xsave_bytes = r[2]; /* of all supported components: an upper bound */
    arch_cpuid(0xd, 1, r);
    c->xsaveopt = bit(r[0], 0);
}

void arch_cpu_detect(void)
{
    struct cpu_features *c = &cpu_features;
    uint32_t r[4];
    arch_cpuid(0, 0, r);
    c->max_leaf = r[0];
    arch_cpuid(1, 0, r);
    c->hwcap = r[3];
    c->x2apic = bit(r[2], 21);
    c->tsc_deadline = bit(r[2], 24);
    c->xsave = bit(r[2], 26);
    c->rdrand = bit(r[2], 30);
    c->hypervisor = bit(r[2], 31);
    c->pcid = bit(r[2], 17);
    if (c->max_leaf >= 7) {
        arch_cpuid(7, 0, r);
        c->fsgsbase = bit(r[1], 0);
        c->smep = bit(r[1], 7);
        c->erms = bit(r[1], 9);
        c->rdseed = bit(r[1], 18);
        c->umip = bit(r[2], 2);
    }
    if (c->hypervisor) {
        arch_cpuid(0x40000000, 0, r);
        c->hypervisor_leaf = r[0];
        memcpy(c->hypervisor_signature, &r[1], 12);
    }
    detect_extended(c);
    detect_xsave(c);
}

void arch_cpu_enable_features(void)
{
    const struct cpu_features *c = &cpu_features;
    uint64_t cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    if (c->umip)
        cr4 |= CR4_UMIP;
    if (c->smep)
        cr4 |= CR4_SMEP;
    if (c->fsgsbase)
        cr4 |= CR4_FSGSBASE;
    if (c->xsave)
        cr4 |= CR4_OSXSAVE;
    __asm__ volatile("movq %0, %%cr4" ::"r"(cr4) : "memory");
    if (c->xsave)
        __asm__ volatile("xsetbv" ::"a"((uint32_t)c->xcr0), "d"((uint32_t)(c->xcr0 >> 32)), "c"(0));
}

bool cpu_hw_random(uint64_t *out)
{
    bool ok = false;
    uint64_t v = 0;
    if (cpu_features.rdseed)
        __asm__ volatile("rdseed %0" : "=r"(v), "=@ccc"(ok));
    if (!ok && cpu_features.rdrand)
        __asm__ volatile("rdrand %0" : "=r"(v), "=@ccc"(ok));
    if (ok)
        *out = v;
    return ok;
}

// SPDX-License-Identifier: BSD-3-Clause
// /proc/cpuinfo.
#include "arch/cpu.h"
#include "base/string.h"
#include "procfs_private.h"
#include "sched/sched.h"

struct flag {
    uint8_t reg; /* index into the words below */
    uint8_t bit;
    const char *name;
};

/* words: leaf 1 edx, leaf 1 ecx, leaf 7 ebx, leaf 7 ecx, 0x80000001 edx, 0x80000001 ecx */
static const struct flag flags[] = {
    {0, 0, "fpu"},      {0, 1, "vme"},     {0, 2, "de"},     {0, 3, "pse"},      {0, 4, "tsc"},      {0, 5, "msr"},
    {0, 6, "pae"},      {0, 7, "mce"},     {0, 8, "cx8"},    {0, 9, "apic"},     {0, 11, "sep"},     {0, 12, "mtrr"},
    {0, 13, "pge"},     {0, 14, "mca"},    {0, 15, "cmov"},  {0, 16, "pat"},     {0, 17, "pse36"},   {0, 19, "clflush"},
    {0, 23, "mmx"},     {0, 24, "fxsr"},   {0, 25, "sse"},   {0, 26, "sse2"},    {0, 28, "ht"},      {4, 11, "syscall"},
    {4, 20, "nx"},      {4, 26, "pdpe1gb"}, {4, 27, "rdtscp"}, {4, 29, "lm"},    {1, 0, "pni"},      {1, 1, "pclmulqdq"},
    {1, 9, "ssse3"},    {1, 12, "fma"},    {1, 13, "cx16"},  {1, 19, "sse4_1"},  {1, 20, "sse4_2"},  {1, 21, "x2apic"},
    {1, 22, "movbe"},   {1, 23, "popcnt"}, {1, 25, "aes"},   {1, 26, "xsave"},   {1, 28, "avx"},     {1, 29, "f16c"},
    {1, 30, "rdrand"},  {1, 31, "hypervisor"}, {5, 0, "lahf_lm"}, {5, 5, "abm"}, {2, 0, "fsgsbase"}, {2, 3, "bmi1"},
    {2, 5, "avx2"},     {2, 7, "smep"},    {2, 8, "bmi2"},   {2, 9, "erms"},     {2, 18, "rdseed"},  {2, 19, "adx"},
    {2, 20, "smap"},    {2, 23, "clflushopt"}, {2, 29, "sha_ni"}, {3, 2, "umip"}, {3, 22, "rdpid"},
};

static void brand(char out[49])
{
    uint32_t r[4];

    memset(out, 0, 49);
    arch_cpuid(0x80000000, 0, r);
    for (uint32_t k = 0; r[0] >= 0x80000004 && k < 3; k++) {
        uint32_t part[4];
        arch_cpuid(0x80000002 + k, 0, part);
        memcpy(out + k * 16, part, 16);
    }
}

static void show_one(struct text *t, unsigned cpu)
{
    uint32_t id[4], one[4], seven[4] = {0}, ext[4];
    char vendor[13] = {0}, name[49];

    arch_cpuid(0, 0, id);
    arch_cpuid(1, 0, one);
    if (id[0] >= 7)
        arch_cpuid(7, 0, seven);
    arch_cpuid(0x80000001, 0, ext);
    memcpy(vendor, &id[1], 4);
    memcpy(vendor + 4, &id[3], 4);
    memcpy(vendor + 8, &id[2], 4);
    brand(name);
    unsigned family = (one[0] >> 8 & 15) + (one[0] >> 20 & 255), model = (one[0] >> 4 & 15) | (one[0] >> 12 & 0xf0);
    uint32_t words[6] = {one[3], one[2], seven[1], seven[2], ext[3], ext[2]};
    text_add(t, "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\nmodel name\t: %s\nstepping\t: %u\n", cpu, vendor,
             family, model, name, one[0] & 15);
    text_add(t, "cpu MHz\t\t: 1000.000\ncache size\t: 4096 KB\nphysical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\ncpu cores\t: %u\n",
             sched_cpu_count(), cpu, sched_cpu_count());
    text_add(t, "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\nflags\t\t:", id[0]);
    for (unsigned k = 0; k < ARRAY_SIZE(flags); k++)
        if (words[flags[k].reg] >> flags[k].bit & 1)
            text_add(t, " %s", flags[k].name);
    text_add(t, "\nbugs\t\t:\nbogomips\t: 2000.00\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: %u bits physical, 48 bits virtual\n\n",
             cpu_features.physical_address_bits);
}

int proc_show_cpuinfo(struct text *t, const struct pseudo_context *c)
{
    for (unsigned cpu = 0; cpu < sched_cpu_count(); cpu++)
        show_one(t, cpu);
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// The HPET's main counter as a reference counter and clock source.
#include "arch/io.h"
#include "clock/clock.h"
#include "mem/kmap.h"
#include "reference.h"
#include "sched/time.h"

#define HPET_CAPABILITIES 0x000 /* bits 63-32: femtoseconds a tick */
#define HPET_CONFIGURATION 0x010
#define HPET_COUNTER 0x0f0
#define FEMTOSECONDS 1000000000000000ull

static volatile char *registers;

static uint64_t hpet_read(void)
{
    return mmio_read32(registers + HPET_COUNTER);
}

static struct clock_source hpet_source = {.name = "hpet", .rank = 200, .read = hpet_read, .mask = 0xffffffff};
static struct reference hpet = {.name = "HPET", .mask = 0xffffffff, .read = hpet_read};

bool hpet_present(void)
{
    return registers != NULL;
}

const struct reference *hpet_get(void)
{
    return &hpet;
}

void platform_clock_set_hpet(paddr_t address)
{
    volatile char *r = kmap_device(address, 0x400);

    if (r == NULL)
        return;
    uint64_t period = mmio_read32(r + HPET_CAPABILITIES + 4);
    if (period == 0 || period > 100000000) /* more than 100 ns: not an HPET (specification 1.0a, 2.3.4) */
        return;
    mmio_write32(r + HPET_CONFIGURATION, mmio_read32(r + HPET_CONFIGURATION) | 1);
    registers = r;
    hpet.hz_times_3 = FEMTOSECONDS * 3 / period;
    hpet_source.frequency_hz = FEMTOSECONDS / period;
    clock_source_register(&hpet_source);
}

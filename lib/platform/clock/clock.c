// SPDX-License-Identifier: BSD-3-Clause
// Choosing the machine's clocks when the time is first asked for.
#include "clock/clock.h"

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "reference.h"
#include "sched/time.h"

static uint64_t read_tsc(void)
{
    return cpu_cycles();
}

static struct clock_source tsc_source = {.name = "tsc", .rank = 300, .read = read_tsc, .mask = ~0ull, .is_cycles = true};

/*
 * The cycle counter is believed if it says that its rate never changes, or where a hypervisor stands behind it (then the host's own clock, if it
 * shows one, is better still). On an old machine it may stand still with the CPU: HPET and PM timer come first.
 */
static void rank_tsc(void)
{
    hypervisor_clock_find();
    if (cpu_features.invariant_tsc || cpu_features.hypervisor)
        return;
    tsc_source.rank = 100;
    tsc_source.is_cycles = false;
    firmware_clocks_find();
}

/* The CPUs' counters differ: what else is there? */
static void tsc_differs(void)
{
    firmware_clocks_find();
}

static void probe(void)
{
    rank_tsc();
    uint64_t tsc_hz = cpu_told_tsc_hz(), apic_hz = cpu_told_apic_timer_hz();
    bool measured = tsc_hz == 0;

    if (cpu_features.tsc_deadline && tsc_hz != 0)
        apic_hz = 0;
    else if (tsc_hz == 0 || apic_hz == 0)
        calibrate_measure(measured ? &tsc_hz : &(uint64_t){0}, &apic_hz);
    if (cpu_features.tsc_deadline)
        apic_hz = 0;
    clock_set_cycles(tsc_hz, boot_handoff.tsc_at_entry);
    tsc_source.frequency_hz = tsc_hz;
    clock_source_register(&tsc_source);
    apic_timer_register(apic_hz, tsc_hz);
    if (measured)
        calibrate_refine_later();
}

void platform_clock_init(void)
{
    calibrate_start();
    clock_set_wall_reader(rtc_read_ns);
    clock_set_probe(probe);
    clock_set_cycles_differ(tsc_differs);
}

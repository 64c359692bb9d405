// SPDX-License-Identifier: BSD-3-Clause
// The local APIC's timer as each CPU's clock event: TSC deadline where there is one, else one-shot.
#include "arch/cpu.h"
#include "arch/percpu.h"
#include "arch/trap.h"
#include "irqchip/lapic.h"
#include "reference.h"
#include "sched/time.h"

#define LVT_MASKED 0x10000u
#define LVT_TSC_DEADLINE 0x40000u
#define DIVIDE_BY_1 0xbu
#define MSR_TSC_DEADLINE 0x6e0
#define LARGEST 0xffffffffu
#define LONGEST_NS (NSEC_PER_SEC * 1)

static DEFINE_PER_CPU(bool, timer_mode_set);
static uint64_t ticks_per_ns_32; /* 2^32 * rate / 10^9 */

static void timer_interrupt(unsigned vector, void *arg)
{
    clock_event_fired();
}

void apic_timer_count_down(void)
{
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | ARCH_VECTOR_TIMER);
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(LAPIC_TIMER_INITIAL, LARGEST);
}

uint32_t apic_timer_elapsed(void)
{
    return LARGEST - lapic_read(LAPIC_TIMER_CURRENT);
}

static void set_mode(uint32_t mode)
{
    bool *set = this_cpu_ptr(timer_mode_set);

    if (likely(*set))
        return;
    *set = true;
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(LAPIC_LVT_TIMER, mode | ARCH_VECTOR_TIMER);
}

/* An interrupt too early is harmless: the timer code looks at the clock and sets the rest. */
static void set_one_shot(nsec_t deadline_ns)
{
    nsec_t delta = deadline_ns - clock_monotonic_ns();
    uint64_t ticks = 1;

    set_mode(0);
    if (delta > LONGEST_NS)
        delta = LONGEST_NS;
    if (delta > 0)
        ticks = (((unsigned __int128)(uint64_t)delta * ticks_per_ns_32) >> 32) + 1;
    lapic_write(LAPIC_TIMER_INITIAL, ticks > LARGEST ? LARGEST : (uint32_t)ticks);
}

static void stop_one_shot(void)
{
    lapic_write(LAPIC_TIMER_INITIAL, 0);
}

static void set_tsc_deadline(nsec_t deadline_ns)
{
    nsec_t delta = deadline_ns - clock_monotonic_ns();

    set_mode(LVT_TSC_DEADLINE);
    if (delta < 0)
        delta = 0;
    if (delta > 3600 * NSEC_PER_SEC)
        delta = 3600 * NSEC_PER_SEC;
    arch_msr_write(MSR_TSC_DEADLINE, cpu_cycles() + clock_ns_to_cycles(delta));
}

static void stop_tsc_deadline(void)
{
    arch_msr_write(MSR_TSC_DEADLINE, 0);
}

static const struct clock_event_ops one_shot = {.name = "lapic", .set_deadline = set_one_shot, .stop = stop_one_shot};
static const struct clock_event_ops tsc_deadline = {
    .name = "lapic-deadline", .set_deadline = set_tsc_deadline, .stop = stop_tsc_deadline};

void apic_timer_register(uint64_t hz)
{
    irq_handler_set(ARCH_VECTOR_TIMER, timer_interrupt, NULL);
    if (hz == 0) {
        clock_event_register(&tsc_deadline);
        return;
    }
    ticks_per_ns_32 = (hz / 1000 << 32) / 1000000;
    clock_event_register(&one_shot);
}

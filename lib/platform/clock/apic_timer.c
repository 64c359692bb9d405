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
#define LONGEST_NS (2 * NSEC_PER_SEC)
#define LEARN_FROM_TICKS 1000000u /* shorter spans say too little about the rate */
#define LEARN_COUNT 4

/*
 * The rate measured at boot may be off: a virtual CPU loses its host CPU at the wrong moment. Each interrupt tells how many cycles
 * the ticks that were set really took. Whatever holds an interrupt up makes that longer, so the fastest of some observations is the
 * rate. An interrupt that comes too early is harmless: the timer code looks at the clock and sets the rest.
 */
struct timer_state {
    bool mode_set;
    uint32_t ticks; /* set last; 0: nothing to learn */
    uint64_t set_at;
};
static DEFINE_PER_CPU(struct timer_state, timer_state);
static uint64_t ticks_per_cycle_32; /* a: 2^32 * ticks / cycles */
static uint64_t fastest_32;         /* a: observed */
static unsigned n_observed;         /* a */
static uint64_t first_set_at;       /* when the calibration's count began */

static void learn(const struct timer_state *s)
{
    uint64_t rate = ((uint64_t)s->ticks << 32) / (cpu_cycles() - s->set_at);

    if (rate > fastest_32)
        fastest_32 = rate;
    if (++n_observed >= LEARN_COUNT)
        ticks_per_cycle_32 = fastest_32;
}

static void timer_interrupt(unsigned vector, void *arg)
{
    struct timer_state *s = this_cpu_ptr(timer_state);

    if (s->ticks >= LEARN_FROM_TICKS)
        learn(s);
    s->ticks = 0;
    clock_event_fired();
}

void apic_timer_count_down(void)
{
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | ARCH_VECTOR_TIMER);
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(LAPIC_TIMER_INITIAL, LARGEST);
    first_set_at = cpu_cycles();
}

uint64_t apic_timer_measure(uint64_t tsc_hz)
{
    uint64_t ticks = LARGEST - lapic_read(LAPIC_TIMER_CURRENT), cycles = cpu_cycles() - first_set_at;

    /* ticks < 2^32, so the product fits when the rate is counted in kHz */
    return cycles != 0 ? ticks * (tsc_hz / 1000) / cycles * 1000 : 0;
}

static void set_mode(uint32_t mode)
{
    struct timer_state *s = this_cpu_ptr(timer_state);

    if (likely(s->mode_set))
        return;
    s->mode_set = true;
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(LAPIC_LVT_TIMER, mode | ARCH_VECTOR_TIMER);
}

static void set_one_shot(nsec_t deadline_ns)
{
    struct timer_state *s = this_cpu_ptr(timer_state);
    nsec_t delta = deadline_ns - clock_monotonic_ns();
    uint64_t ticks = 1;

    set_mode(0);
    if (delta > LONGEST_NS)
        delta = LONGEST_NS;
    if (delta > 0)
        ticks = (uint64_t)(((unsigned __int128)clock_ns_to_cycles(delta) * ticks_per_cycle_32) >> 32) + 1;
    if (ticks > LARGEST)
        ticks = LARGEST;
    s->ticks = (uint32_t)ticks;
    s->set_at = cpu_cycles();
    lapic_write(LAPIC_TIMER_INITIAL, (uint32_t)ticks);
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

void apic_timer_register(uint64_t hz, uint64_t tsc_hz)
{
    irq_handler_set(ARCH_VECTOR_TIMER, timer_interrupt, NULL);
    if (hz == 0) {
        clock_event_register(&tsc_deadline);
        return;
    }
    ticks_per_cycle_32 = ((hz >> 4) << 32) / (tsc_hz >> 4);
    clock_event_register(&one_shot);
}

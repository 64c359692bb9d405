// SPDX-License-Identifier: BSD-3-Clause
// Measuring the cycle counter and the APIC timer against a reference counter.
#include "arch/cpu.h"
#include "arch/irq.h"
#include "base/log.h"
#include "reference.h"
#include "sched/time.h"

/*
 * The counters are started at boot and only read again when the time is first asked for, so usually no waiting is needed. A pair
 * of readings is good to about a microsecond (the best of some tries is taken), so even a first answer after a tenth of a millisecond
 * is good to a few per cent. Timers then measure again over 2 ms, 20 ms, 0.2 s, 2 s and 20 s. Each span is short enough, for the rate
 * as it is known by then, that the number of wraps of the reference counter is certain.
 */

#define MINIMUM_NS (100 * NSEC_PER_USEC)
#define FIRST_SPAN_NS (2 * NSEC_PER_MSEC)
#define LAST_SPAN_NS (20 * NSEC_PER_SEC)
#define TRIES 4
#define STUCK_READS 10000
#define START_WIDTH_CYCLES 60000

struct reading {
    uint64_t cycles, reference;
};

static const struct reference *ref;
static struct reading first;
static struct timer refine_timer;
static nsec_t refine_span_ns;
static uint64_t known_hz;

static struct reading read_once(uint64_t *width)
{
    struct reading r;
    uint64_t before = cpu_cycles();

    r.reference = ref->read();
    uint64_t after = cpu_cycles();
    r.cycles = before + (after - before) / 2;
    *width = after - before;
    return r;
}

static struct reading read_well(void)
{
    uint64_t best_width, width;
    struct reading best = read_once(&best_width);

    for (int i = 1; i < TRIES; i++) { /* an interrupted virtual CPU makes a reading wide */
        struct reading r = read_once(&width);
        if (width < best_width) {
            best = r;
            best_width = width;
        }
    }
    return best;
}

/* From zero, known to some microseconds: once more if the virtual CPU was away in between. */
static void start_reference(void)
{
    uint64_t before, after;
    int tries = 0;

    do {
        before = cpu_cycles();
        ref->start();
        after = cpu_cycles();
    } while (after - before > START_WIDTH_CYCLES && ++tries < 8);
    first.cycles = before + (after - before) / 2;
    first.reference = 0;
}

void calibrate_start(void)
{
    ref = &pit_reference;
    start_reference();
    apic_timer_count_down();
}

static uint64_t ticks_of(nsec_t ns)
{
    return (uint64_t)ns / 1000 * ref->hz_times_3 / 3000000;
}

/* hz = cycles * (hz_times_3 / 3) / ticks, without overflow for spans up to hours. */
static uint64_t rate(uint64_t counted, uint64_t ticks)
{
    unsigned __int128 product = (unsigned __int128)counted * ref->hz_times_3;
    uint64_t divisor = ticks * 3;

    while (product >> 64 != 0) {
        product >>= 1;
        divisor >>= 1;
    }
    return (uint64_t)product / divisor;
}

static bool choose_another(void)
{
    firmware_clocks_find();
    if (ref == &pm_reference) /* the last resort was used already */
        return false;
    if (hpet_present() && ref != hpet_get())
        ref = hpet_get();
    else if (pm_present())
        ref = &pm_reference;
    else
        return false;
    first = read_well();
    apic_timer_count_down();
    return true;
}

static void restart(void)
{
    if (ref->start != NULL)
        start_reference();
    else
        first = read_well();
    apic_timer_count_down();
}

/* Until the reference has counted @ticks since the first reading. Return: false if it does not count. */
static bool wait_for(uint64_t ticks, struct reading *out)
{
    uint64_t last = ~0ull;
    unsigned same = 0;

    for (;;) {
        uint64_t width;
        *out = read_once(&width);
        if (((out->reference - first.reference) & ref->mask) >= ticks) {
            *out = read_well();
            return true;
        }
        same = out->reference == last ? same + 1 : 0;
        if (same > STUCK_READS)
            return false;
        last = out->reference;
    }
}

void calibrate_measure(uint64_t *tsc_hz, uint64_t *apic_hz)
{
    struct reading now;

    if (ref->wrapped == NULL || ref->wrapped())
        restart();
    while (!wait_for(ticks_of(MINIMUM_NS), &now)) {
        if (!choose_another()) {
            log_warn("no counter of known rate: assuming a 1 GHz clock");
            *tsc_hz = *apic_hz = 1000000000;
            ref = NULL;
            return;
        }
    }
    uint64_t ticks = (now.reference - first.reference) & ref->mask;
    *tsc_hz = known_hz = rate(now.cycles - first.cycles, ticks);
    *apic_hz = apic_timer_measure(known_hz);
}

static void refine(struct timer *t)
{
    struct reading now = read_well();
    uint64_t span = now.cycles - first.cycles, wrap = ref->mask + 1;
    uint64_t ticks = (now.reference - first.reference) & ref->mask;
    int64_t missing = (int64_t)(rate(span, known_hz) - ticks); /* rate() also turns a span into the ticks expected in it */

    if (missing > (int64_t)(wrap / 2))
        ticks += ((uint64_t)missing + wrap / 2) / wrap * wrap;
    if (ticks == 0)
        return;
    known_hz = rate(span, ticks);
    clock_set_cycles(known_hz, 0);
    refine_span_ns *= 10;
    if (refine_span_ns <= LAST_SPAN_NS)
        timer_arm(t, clock_monotonic_ns() + refine_span_ns);
}

void calibrate_refine_later(void)
{
    if (ref == NULL)
        return;
    refine_span_ns = FIRST_SPAN_NS;
    timer_init(&refine_timer, refine, NULL);
    timer_arm(&refine_timer, clock_monotonic_ns() + refine_span_ns);
}

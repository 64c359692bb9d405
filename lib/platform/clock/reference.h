// SPDX-License-Identifier: BSD-3-Clause
// Reference counters of known rate, against which the CPU's counters are measured.
#pragma once

#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * struct reference - a counter of known rate.
 * @start: make it count from a known point (may be NULL if it always runs).
 * @read:  its value, growing, within @mask; called with interrupts off.
 */
struct reference {
    const char *name;
    uint64_t hz_times_3; /* thirds of a hertz, so that the PIT's 1193181 2/3 is exact */
    uint64_t mask;
    void (*start)(void);
    uint64_t (*read)(void);
    bool (*wrapped)(void); /* has it passed @mask since start? NULL: cannot tell */
};

extern const struct reference pit_reference, pm_reference;
const struct reference *hpet_get(void);
bool pm_present(void);
bool hpet_present(void);

/* cpu_frequency.c: what CPUID, MSRs and hypervisors say; 0: nothing. */
uint64_t cpu_told_tsc_hz(void);
uint64_t cpu_told_apic_timer_hz(void);

/* hypervisor_clock.c: the host's clock as a clock source, if there is one; the cycle counter's rate as its page has it, 0: unknown. */
void hypervisor_clock_find(void);
uint64_t hypervisor_clock_tsc_hz(void);

/** firmware_clocks_find - register HPET and PM timer as clock sources; at the first call only. */
void firmware_clocks_find(void);

/* calibrate.c */
void calibrate_start(void);
/** calibrate_measure - cycle counter and APIC timer (0 if it does not count) in Hz. Waits up to 2 ms unless enough time has passed since start. */
void calibrate_measure(uint64_t *tsc_hz, uint64_t *apic_hz);
/** calibrate_refine_later - arm a timer that measures the cycle counter over ever longer spans. */
void calibrate_refine_later(void);

/* apic_timer.c */
void apic_timer_count_down(void);      /* masked, from the largest value, for calibration */
uint64_t apic_timer_measure(uint64_t tsc_hz); /* its rate, from the count since then */
void apic_timer_register(uint64_t hz, uint64_t tsc_hz); /* as the clock event; @hz 0: TSC deadline mode */

/* rtc.c */
nsec_t rtc_read_ns(void);

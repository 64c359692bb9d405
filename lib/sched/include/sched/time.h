// SPDX-License-Identifier: BSD-3-Clause
// Clocks and timers: nanoseconds since boot, wall-clock time, and callbacks at a deadline.
#pragma once

#include "base/list.h"
#include "base/rbtree.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

/** struct clock_source - a counter a platform registers; the highest rank wins. Counter reads may happen in any context. */
struct clock_source {
    const char *name;
    unsigned rank;            /* kvmclock 400, Hyper-V 390 (both 250 beside an invariant TSC), TSC 300 (100: neither invariant nor a hypervisor's), HPET 200, ACPI PM 150, PIT 100 */
    uint64_t (*read)(void);   /* counter value, monotonic */
    uint64_t frequency_hz;    /* 0: read() returns nanoseconds */
    uint64_t mask;            /* counter width; ~0 for 64 bits */
    bool is_cycles;           /* read() is cpu_cycles() on every CPU alike: programs may read the time without a call */
    struct list_node link;
};
void clock_source_register(struct clock_source *cs); /* at the same rank the first stays */
const struct clock_source *clock_source_current(void);

/** struct clock_event - how a CPU is interrupted at a point in time (TSC deadline, APIC one-shot, host virtual clock). */
struct clock_event_ops {
    const char *name;
    void (*set_deadline)(nsec_t monotonic_ns); /* own CPU; a deadline in the past fires at once */
    void (*stop)(void);
};
void clock_event_register(const struct clock_event_ops *ops);
const struct clock_event_ops *clock_event_current(void);
void clock_event_fired(void); /* from the timer interrupt, interrupts off */

/** clock_set_probe - @fn is called once, when the time is first asked for: it registers sources and events. Keeps boot free of it. */
void clock_set_probe(void (*fn)(void));
/** clock_set_cycles_differ - @fn is called when cpu_cycles() turns out to differ between CPUs: it registers what else there is. */
void clock_set_cycles_differ(void (*fn)(void));
/** clock_cycles_differ - programs do not read the counter any more; without another source it is read under a lock, which keeps time from going back. */
void clock_cycles_differ(void);
/** clock_set_cycles - @hz: how fast cpu_cycles() counts; called by the probe, again whenever it is known better. @boot: its value at time 0. */
void clock_set_cycles(uint64_t hz, uint64_t boot);
/** clock_set_wall_reader - @fn: seconds and nanoseconds since 1970 from a battery clock or the hypervisor, as one number; called once, when first asked for. */
void clock_set_wall_reader(nsec_t (*fn)(void));
nsec_t clock_cycles_to_ns(uint64_t cycles);  /* a span of cpu_cycles() */
uint64_t clock_ns_to_cycles(nsec_t ns);
nsec_t clock_monotonic_ns(void);     /* since boot; never goes back on any CPU */
nsec_t clock_realtime_ns(void);      /* since 1970 */
nsec_t clock_resolution_ns(void);    /* of the current source, at least 1 */
nsec_t clock_boottime_ns(void);      /* monotonic + time the VM was paused */
nsec_t clock_realtime_offset_ns(void);
/** clock_set_realtime - step the wall clock; timers on CLOCK_REALTIME are re-evaluated and TFD_TIMER_CANCEL_ON_SET listeners told. */
void clock_set_realtime(nsec_t realtime_ns);
void clock_adjust_realtime(nsec_t delta_ns);
int64_t clock_tai_offset_s(void);
void clock_set_tai_offset_s(int64_t seconds);
/** clock_set_listener_add - called after each step of the wall clock; must not sleep. */
struct clock_set_listener {
    void (*fn)(struct clock_set_listener *);
    struct list_node link;
};
void clock_set_listener_add(struct clock_set_listener *l);
void clock_set_listener_remove(struct clock_set_listener *l);

/**
 * struct timer - one callback. @fn runs in interrupt context on the CPU that armed it, with no locks held; it must not sleep and
 * may re-arm its own timer.
 */
struct timer {
    struct rb_node node;
    nsec_t deadline_ns;
    void (*fn)(struct timer *);
    void *arg;
    int32_t cpu; /* where it is armed; -1 when idle */
};
void timer_init(struct timer *t, void (*fn)(struct timer *), void *arg);
void timer_arm(struct timer *t, nsec_t deadline_ns); /* replaces an earlier deadline */
bool timer_cancel(struct timer *t);      /* true if it was armed and will not run */
bool timer_cancel_sync(struct timer *t); /* and waits until a running callback has ended; not from the callback */

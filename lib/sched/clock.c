// SPDX-License-Identifier: BSD-3-Clause
// Monotonic time: clock sources, the page that programs read, cycles to nanoseconds.
#include "run_queue.h"

#include "arch/cpu.h"
#include "base/log.h"
#include "sched/clock_page.h"
#include "sched/time.h"

/*
 * Theory. Nothing is probed until somebody asks for the time: then the platform's probe registers counters, the best rank wins,
 * and if that is the CPU's cycle counter the page osv_clock_page is published and every later reader, kernel or program, scales
 * the counter itself without a lock. Other counters are read through clock_monotonic_ns() under a lock that also keeps time from
 * going back between CPUs. The page's base moves only when the counter's rate becomes known better, so that the slope changes
 * but the time does not jump.
 *
 * Run times of threads are counted in cycles and scaled by the rate known at the time of asking; times.c sees to it that they never shrink.
 */

#define GUESSED_HZ 2000000000ull

struct clock_page osv_clock_page __aligned(4096) = {.tai_offset_s = 0};

static struct spinlock clock_lock = SPINLOCK_INIT(RANK_RCU + 1); /* innermost but for memory and output: time is asked for anywhere */
static void (*probe)(void);
static uint32_t probe_state; /* a: 0 not yet, 1 running, 2 done */
static unsigned probing_cpu; /* valid while 1 */
static void (*cycles_differ)(void);
static struct timer keep_alive; /* a narrow counter is read before it wraps */
static struct list_node sources = LIST_INIT(sources);
static const struct clock_source *current;
static uint64_t count_base, count_mult; /* clock_lock: other sources; as the page's */
static nsec_t count_base_ns, last_ns;   /* clock_lock */
static uint64_t run_mult;               /* ns = cycles * run_mult / 2^32 */
static uint64_t run_inverse;            /* cycles = ns * run_inverse / 2^20 */

#ifdef CONFIG_HOSTED
uint64_t clock_page_cycles(void)
{
    return cpu_cycles();
}
#endif

static uint64_t mul_shift(uint64_t a, uint64_t b, unsigned shift)
{
    return (uint64_t)(((unsigned __int128)a * b) >> shift);
}

/* 2^32 * 10^9 / hz without a 128-bit division: the remainder is under 2^30. */
static uint64_t mult_of(uint64_t hz)
{
    uint64_t whole = NSEC_PER_SEC / hz, rest = NSEC_PER_SEC % hz;

    return (whole << 32) + (rest << 32) / hz;
}

static void page_begin(void)
{
    __atomic_store_n(&osv_clock_page.sequence, osv_clock_page.sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void page_end(void)
{
    __atomic_store_n(&osv_clock_page.sequence, osv_clock_page.sequence + 1, __ATOMIC_RELEASE); /* pairs with clock_page_read() */
}

static void set_run_rate(uint64_t hz)
{
    run_mult = mult_of(hz);
    run_inverse = ((hz / 1000) << 20) / 1000000;
    sched_slice_cycles = clock_ns_to_cycles(SCHED_SLICE_NS);
    sched_rr_slice_cycles = clock_ns_to_cycles(SCHED_RR_SLICE_NS);
    sched_wake_granularity_cycles = clock_ns_to_cycles(SCHED_WAKE_GRANULARITY_NS);
}

void clock_set_cycles(uint64_t hz, uint64_t boot)
{
    struct clock_page *p = &osv_clock_page;
    irq_flags_t flags = spin_lock_irqsave(&clock_lock);
    uint64_t now = clock_page_cycles();

    page_begin();
    if (p->mult == 0) {
        p->base_cycles = boot;
    } else if ((int64_t)(now - p->base_cycles) > 0) {
        p->base_ns += (int64_t)mul_shift(now - p->base_cycles, p->mult, 32);
        p->base_cycles = now;
    }
    p->mult = mult_of(hz);
    page_end();
    set_run_rate(hz);
    spin_unlock_irqrestore(&clock_lock, flags);
}

/* What the source in use, read by programs or not, has come to. */
static nsec_t now_locked(void)
{
    int64_t offset, ns = last_ns;

    if (osv_clock_page.flags & CLOCK_PAGE_CYCLES)
        ns = clock_page_read(CLOCK_PAGE_CYCLES, &offset);
    else if (current != NULL)
        ns = count_base_ns + (nsec_t)mul_shift((current->read() - count_base) & current->mask, count_mult, 32);
    return ns > last_ns ? ns : last_ns;
}

static void select_locked(const struct clock_source *cs)
{
    nsec_t ns = current != NULL ? now_locked() : 0;

    last_ns = ns;
    page_begin();
    if (cs->is_cycles)
        osv_clock_page.flags |= CLOCK_PAGE_CYCLES;
    else
        osv_clock_page.flags &= ~CLOCK_PAGE_CYCLES;
    page_end();
    count_base = cs->read();
    count_mult = cs->frequency_hz != 0 ? mult_of(cs->frequency_hz) : 1ull << 32;
    count_base_ns = ns;
    current = cs;
}

void clock_source_register(struct clock_source *cs)
{
    irq_flags_t flags = spin_lock_irqsave(&clock_lock);

    list_push_back(&sources, &cs->link);
    if (current == NULL || cs->rank > current->rank)
        select_locked(cs);
    spin_unlock_irqrestore(&clock_lock, flags);
}

void clock_set_cycles_differ(void (*fn)(void))
{
    cycles_differ = fn;
}

static void disbelieve_cycles(void)
{
    struct clock_source *cs, *best = NULL;
    irq_flags_t flags = spin_lock_irqsave(&clock_lock);

    LIST_FOR_EACH(cs, &sources, link) {
        if (cs->is_cycles) {
            cs->is_cycles = false;
            cs->rank = 1;
        }
        if (best == NULL || cs->rank > best->rank)
            best = cs;
    }
    if (best != NULL)
        select_locked(best);
    spin_unlock_irqrestore(&clock_lock, flags);
}

static void look_at_counter(struct timer *t)
{
    timer_arm(t, clock_monotonic_ns() + (nsec_t)(uintptr_t)t->arg);
}

/* A counter that wraps within hours is read four times a turn, also when nobody asks for the time. */
static void keep_counter_alive(void)
{
    if (current == NULL || current->frequency_hz == 0 || current->mask / current->frequency_hz > 3600)
        return;
    uint64_t turn_ns = current->mask / 4 * 1000 / (current->frequency_hz / 1000000 + 1);
    (void)timer_cancel(&keep_alive);
    timer_init(&keep_alive, look_at_counter, (void *)(uintptr_t)turn_ns);
    look_at_counter(&keep_alive);
}

void clock_cycles_differ(void)
{
    if (!(osv_clock_page.flags & CLOCK_PAGE_CYCLES))
        return;
    if (cycles_differ != NULL)
        cycles_differ();
    disbelieve_cycles();
    keep_counter_alive();
    log_warn("the CPUs' cycle counters differ: the time comes from %s", current != NULL ? current->name : "nowhere");
}

const struct clock_source *clock_source_current(void)
{
    return current;
}

void clock_set_probe(void (*fn)(void))
{
    probe = fn;
}

void clock_probe_once(void)
{
    uint32_t expected = 0;

    if (likely(__atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) == 2))
        return;
    irq_flags_t flags = irq_save();
    if (__atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) == 1 && probing_cpu == cpu_id()) { /* the probe asks for the time */
        irq_restore(flags);
        return;
    }
    if (__atomic_compare_exchange_n(&probe_state, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        probing_cpu = cpu_id();
        if (probe != NULL)
            probe();
        if (run_mult == 0)
            set_run_rate(GUESSED_HZ);
        __atomic_store_n(&probe_state, 2, __ATOMIC_RELEASE);
        keep_counter_alive();
    }
    irq_restore(flags);
    while (__atomic_load_n(&probe_state, __ATOMIC_ACQUIRE) != 2)
        cpu_relax();
}

/* A counter that programs cannot read, or none at all. */
static nsec_t read_counter(void)
{
    irq_flags_t flags = spin_lock_irqsave(&clock_lock);

    if (current != NULL) {
        uint64_t count = current->read(), delta = (count - count_base) & current->mask;
        nsec_t ns = count_base_ns + (nsec_t)mul_shift(delta, count_mult, 32);
        if (delta > current->mask / 4 && current->mask != UINT64_MAX) { /* well before the counter wraps */
            count_base = count;
            count_base_ns = ns;
        }
        if (ns > last_ns)
            last_ns = ns;
    } else {
        last_ns++;
    }
    nsec_t ns = last_ns;
    spin_unlock_irqrestore(&clock_lock, flags);
    return ns;
}

static __noinline nsec_t monotonic_slow(void)
{
    int64_t offset;

    clock_probe_once();
    while (osv_clock_page.flags & CLOCK_PAGE_CYCLES) {
        int64_t ns = clock_page_read(CLOCK_PAGE_CYCLES, &offset);
        if (ns >= 0)
            return ns;
        cpu_relax(); /* the page is being changed */
    }
    return read_counter();
}

nsec_t clock_monotonic_ns(void)
{
    int64_t offset, ns = clock_page_read(CLOCK_PAGE_CYCLES, &offset);

    return likely(ns >= 0) ? ns : monotonic_slow();
}

nsec_t clock_boottime_ns(void)
{
    return clock_monotonic_ns() + osv_clock_page.boottime_offset_ns;
}

nsec_t clock_resolution_ns(void)
{
    clock_probe_once();
    uint64_t hz = current != NULL ? current->frequency_hz : 0;
    return hz != 0 && hz < (uint64_t)NSEC_PER_SEC ? (nsec_t)((NSEC_PER_SEC + hz - 1) / hz) : 1;
}

nsec_t clock_cycles_to_ns(uint64_t cycles)
{
    if (unlikely(run_mult == 0))
        clock_probe_once();
    return (nsec_t)mul_shift(cycles, run_mult, 32);
}

uint64_t clock_ns_to_cycles(nsec_t ns)
{
    if (unlikely(run_mult == 0))
        clock_probe_once();
    return mul_shift((uint64_t)ns, run_inverse, 20);
}

void clock_page_set_realtime(nsec_t offset_ns, int64_t tai_offset_s)
{
    irq_flags_t flags = spin_lock_irqsave(&clock_lock);

    page_begin();
    osv_clock_page.realtime_offset_ns = offset_ns;
    osv_clock_page.tai_offset_s = tai_offset_s;
    osv_clock_page.flags |= CLOCK_PAGE_REALTIME;
    page_end();
    spin_unlock_irqrestore(&clock_lock, flags);
}

// SPDX-License-Identifier: BSD-3-Clause
// Load averages over 1, 5 and 15 minutes, computed when somebody asks.
#include "run_queue.h"

#include "sched/time.h"

/*
 * There is no periodic tick to sample the queues. So the load of the span since the last question is taken as the average number of
 * busy CPUs in it plus the threads that wait now, and fed into the three averages for each 5 s of the span.
 */

#define PERIOD_NS (5 * NSEC_PER_SEC)
#define FIXED_BITS 16
#define PERIODS_MAX 2000 /* after that nothing is left of the past */

/* exp(-5 s / 1, 5, 15 min) * 65536 */
static const uint32_t decay[3] = {60296, 64453, 65173};

static struct spinlock load_lock = SPINLOCK_INIT(RANK_TIMER - 1);
static uint64_t average[3];     /* load_lock: fixed point */
static nsec_t last_ns, last_idle_ns; /* load_lock */

static nsec_t all_idle_ns(void)
{
    nsec_t sum = 0;

    for (unsigned cpu = 0; cpu < sched_online(); cpu++)
        sum += sched_idle_ns(cpu);
    return sum;
}

static uint64_t load_of_span(nsec_t span_ns, nsec_t idle_ns)
{
    nsec_t all = span_ns * (nsec_t)sched_online(), busy = all > idle_ns ? all - idle_ns : 0;
    unsigned runnable = thread_runnable_count();
    unsigned waiting = runnable > sched_online() ? runnable - sched_online() : 0;

    return ((uint64_t)busy << FIXED_BITS) / (uint64_t)span_ns + ((uint64_t)waiting << FIXED_BITS);
}

void sched_load_average(uint64_t out[3])
{
    nsec_t now = clock_monotonic_ns(), idle = all_idle_ns();
    irq_flags_t flags = spin_lock_irqsave(&load_lock);
    nsec_t span = now - last_ns, periods = span / PERIOD_NS;

    if (periods > 0) {
        uint64_t load = load_of_span(span, idle - last_idle_ns);
        for (nsec_t n = periods < PERIODS_MAX ? periods : PERIODS_MAX; n > 0; n--)
            for (unsigned i = 0; i < 3; i++)
                average[i] = (average[i] * decay[i] + load * (65536 - decay[i])) >> FIXED_BITS;
        last_ns = now;
        last_idle_ns = idle;
    }
    for (unsigned i = 0; i < 3; i++)
        out[i] = average[i];
    spin_unlock_irqrestore(&load_lock, flags);
}

// SPDX-License-Identifier: BSD-3-Clause
// mimalloc's clock, and no statistics, in place of its stats.c.

#include "mimalloc.h"
#include "mimalloc-internal.h"

#include <time.h>

void _mi_stat_increase(mi_stat_count_t *stat, size_t amount)
{
}

void _mi_stat_decrease(mi_stat_count_t *stat, size_t amount)
{
}

void _mi_stat_counter_increase(mi_stat_counter_t *stat, size_t amount)
{
}

void _mi_stats_done(mi_stats_t *stats)
{
}

void mi_stats_reset(void)
{
}

void mi_stats_print(void *out)
{
}

mi_msecs_t _mi_clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

mi_msecs_t _mi_clock_start(void)
{
    return _mi_clock_now();
}

mi_msecs_t _mi_clock_end(mi_msecs_t start)
{
    return _mi_clock_now() - start;
}

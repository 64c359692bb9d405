// SPDX-License-Identifier: BSD-3-Clause
// Clock sources: choice by rank, counters that wrap, CPUs whose cycle counters differ.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MACHINE_WITHOUT_THREADS
#include "machine.h"

#undef assert

static int start(void **state)
{
    sched_machine_start();
    (void)clock_monotonic_ns();
    return 0;
}

static uint64_t narrow_read(void) /* 1 MHz, 16 bits: wraps each 65.5 ms */
{
    return (uint64_t)(host_clock_now() / 1000) & 0xffff;
}

static struct clock_source narrow = {.name = "narrow", .rank = 0, .read = narrow_read, .frequency_hz = 1000000, .mask = 0xffff};

static void better_rank_wins_and_equal_rank_does_not(void **state)
{
    static struct clock_source worse = {.name = "worse", .rank = 1, .read = narrow_read, .frequency_hz = 1000000, .mask = 0xffff};

    assert_string_equal(clock_source_current()->name, "virtual");
    clock_source_register(&worse);
    assert_string_equal(clock_source_current()->name, "virtual");
    worse.rank = 0;
}

static void cpus_that_differ_make_another_source_current(void **state)
{
    machine_compute(3 * NSEC_PER_MSEC);
    nsec_t before = clock_monotonic_ns();

    narrow.rank = 50;
    clock_source_register(&narrow);
    assert_string_equal(clock_source_current()->name, "narrow");
    clock_cycles_differ(); /* nothing to do any more */
    assert_true(clock_monotonic_ns() >= before);
    machine_compute(2 * NSEC_PER_MSEC);
    assert_in_range(clock_monotonic_ns() - before, 2 * NSEC_PER_MSEC - 2000, 2 * NSEC_PER_MSEC + 2000);
}

static void a_narrow_counter_survives_its_wraps(void **state)
{
    nsec_t before = clock_monotonic_ns(), host_before = host_clock_now();

    for (int i = 0; i < 100; i++) {
        machine_compute(10 * NSEC_PER_MSEC);
        (void)clock_monotonic_ns();
    }
    assert_in_range(clock_monotonic_ns() - before, host_clock_now() - host_before - 2000, host_clock_now() - host_before + 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(better_rank_wins_and_equal_rank_does_not),
        cmocka_unit_test(cpus_that_differ_make_another_source_current),
        cmocka_unit_test(a_narrow_counter_survives_its_wraps),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

// SPDX-License-Identifier: BSD-3-Clause
// Hypervisors' clock pages, fabricated: rates, shifts, updates while they are read, nonsense.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../../lib/platform/clock/paravirtual.h"

static uint64_t cycles;
static struct kvm_clock_page kvm;
static struct hyperv_clock_page hyperv;
static int updates_left;

static uint64_t tsc(void)
{
    return cycles;
}

/* The host changes the page between the reader's two looks at its number. */
static uint64_t tsc_with_update(void)
{
    if (updates_left > 0 && updates_left-- > 0) {
        kvm.version += 2;
        kvm.system_time_ns += 1000000;
        hyperv.sequence++;
        hyperv.offset += 1000;
    }
    return cycles;
}

static void kvm_clock_read_scales_cycles(void **state)
{
    /* 2.5 GHz: 0.4 ns a cycle = 0.8 / 2 */
    kvm = (struct kvm_clock_page){.version = 2, .tsc_timestamp = 1000, .system_time_ns = 5000, .tsc_to_system_mul = 0xcccccccd, .tsc_shift = -1};
    cycles = 1000 + 2500000000ull;
    assert_in_range(kvm_clock_read(&kvm, tsc), 1000005000 - 2, 1000005000 + 2);
    kvm.tsc_shift = 1; /* 625 MHz */
    cycles = 1000 + 625000000;
    assert_in_range(kvm_clock_read(&kvm, tsc), 1000005000 - 2, 1000005000 + 2);
}

static void kvm_clock_read_before_its_timestamp_gives_its_time(void **state)
{
    kvm = (struct kvm_clock_page){.version = 2, .tsc_timestamp = 1000, .system_time_ns = 5000, .tsc_to_system_mul = 0x80000000u, .tsc_shift = 1};
    cycles = 900; /* the counter of this CPU lags the one the host used */
    assert_int_equal(kvm_clock_read(&kvm, tsc), 5000);
}

static void kvm_clock_read_during_update_retries(void **state)
{
    kvm = (struct kvm_clock_page){.version = 2, .system_time_ns = 0, .tsc_to_system_mul = 0x80000000u, .tsc_shift = 1};
    cycles = 0;
    updates_left = 3;
    assert_int_equal(kvm_clock_read(&kvm, tsc_with_update), 3000000);
    assert_int_equal(updates_left, 0);
}

static void kvm_clock_with_nonsense_shift_does_not_trap(void **state)
{
    kvm = (struct kvm_clock_page){.version = 2, .system_time_ns = 7, .tsc_to_system_mul = 1, .tsc_shift = -128};
    cycles = 100;
    assert_int_equal(kvm_clock_read(&kvm, tsc), 7);
    assert_int_equal(kvm_clock_tsc_hz(&kvm), 0);
}

static void kvm_clock_tsc_hz_of_common_rates(void **state)
{
    kvm = (struct kvm_clock_page){.tsc_to_system_mul = 0xcccccccd, .tsc_shift = -1};
    assert_in_range(kvm_clock_tsc_hz(&kvm), 2499990000ull, 2500010000ull);
    kvm = (struct kvm_clock_page){.tsc_to_system_mul = 0x80000000u, .tsc_shift = 1};
    assert_int_equal(kvm_clock_tsc_hz(&kvm), 1000000000);
    kvm.tsc_to_system_mul = 0;
    assert_int_equal(kvm_clock_tsc_hz(&kvm), 0);
}

static void hyperv_clock_read_counts_100_ns(void **state)
{
    uint64_t ticks = 0;

    hyperv = (struct hyperv_clock_page){.sequence = 1, .scale = UINT64_MAX / 250, .offset = 10}; /* 2.5 GHz */
    cycles = 2500000000ull;
    assert_true(hyperv_clock_read(&hyperv, tsc, &ticks));
    assert_in_range(ticks, 10000009, 10000010);
    hyperv.offset = -5000000;
    assert_true(hyperv_clock_read(&hyperv, tsc, &ticks));
    assert_in_range(ticks, 4999999, 5000000);
}

static void hyperv_clock_read_without_sequence_refuses(void **state)
{
    uint64_t ticks = 42;

    hyperv = (struct hyperv_clock_page){.sequence = 0, .scale = 1ull << 60};
    assert_false(hyperv_clock_read(&hyperv, tsc, &ticks));
    assert_int_equal(ticks, 42);
}

static void hyperv_clock_read_during_update_retries(void **state)
{
    uint64_t ticks = 0;

    hyperv = (struct hyperv_clock_page){.sequence = 1, .scale = 0, .offset = 0};
    updates_left = 2;
    assert_true(hyperv_clock_read(&hyperv, tsc_with_update, &ticks));
    assert_int_equal(ticks, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kvm_clock_read_scales_cycles),
        cmocka_unit_test(kvm_clock_read_before_its_timestamp_gives_its_time),
        cmocka_unit_test(kvm_clock_read_during_update_retries),
        cmocka_unit_test(kvm_clock_with_nonsense_shift_does_not_trap),
        cmocka_unit_test(kvm_clock_tsc_hz_of_common_rates),
        cmocka_unit_test(hyperv_clock_read_counts_100_ns),
        cmocka_unit_test(hyperv_clock_read_without_sequence_refuses),
        cmocka_unit_test(hyperv_clock_read_during_update_retries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

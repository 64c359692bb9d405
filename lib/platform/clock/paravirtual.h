// SPDX-License-Identifier: BSD-3-Clause
// The pages in which hypervisors publish how their clock follows the cycle counter.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** struct kvm_clock_page - KVM's, one a CPU; the host writes it. @version is odd while it does. */
struct kvm_clock_page {
    uint32_t version, pad0;
    uint64_t tsc_timestamp, system_time_ns;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags, pad[2];
};
_Static_assert(sizeof(struct kvm_clock_page) == 32, "KVM ABI");
#define KVM_CLOCK_STABLE 1u /* the same time on every CPU */

/** kvm_clock_read - nanoseconds at cycle count *@tsc(); retries while the host writes. A nonsense shift counts as 0. */
uint64_t kvm_clock_read(const volatile struct kvm_clock_page *p, uint64_t (*tsc)(void));
/** kvm_clock_tsc_hz - the counter's rate as the page has it; 0: it makes no sense. */
uint64_t kvm_clock_tsc_hz(const volatile struct kvm_clock_page *p);

/** struct hyperv_clock_page - Hyper-V's reference TSC page (TLFS 12.7.3), one for all CPUs. @sequence 0: use the counter MSR. */
struct hyperv_clock_page {
    uint32_t sequence, reserved;
    uint64_t scale;
    int64_t offset;
};
_Static_assert(sizeof(struct hyperv_clock_page) == 24, "Hyper-V TLFS 12.7.3");
#define HYPERV_CLOCK_HZ 10000000ull

/** hyperv_clock_read - *@out gets units of 100 ns. Return: false if the page tells nothing at present. */
bool hyperv_clock_read(const volatile struct hyperv_clock_page *p, uint64_t (*tsc)(void), uint64_t *out);

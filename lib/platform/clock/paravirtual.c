// SPDX-License-Identifier: BSD-3-Clause
// Reading hypervisors' clock pages.
#include "paravirtual.h"

static uint64_t scale(uint64_t cycles, int shift, uint32_t mul)
{
    if (shift < -63 || shift > 63)
        shift = 0;
    cycles = shift < 0 ? cycles >> -shift : cycles << shift;
    return (uint64_t)(((unsigned __int128)cycles * mul) >> 32);
}

uint64_t kvm_clock_read(const volatile struct kvm_clock_page *p, uint64_t (*tsc)(void))
{
    uint32_t version;
    uint64_t ns;

    do {
        version = __atomic_load_n(&p->version, __ATOMIC_ACQUIRE);
        uint64_t now = tsc(), from = p->tsc_timestamp;
        ns = p->system_time_ns + scale(now > from ? now - from : 0, p->tsc_shift, p->tsc_to_system_mul);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while ((version & 1) || __atomic_load_n(&p->version, __ATOMIC_RELAXED) != version);
    return ns;
}

uint64_t kvm_clock_tsc_hz(const volatile struct kvm_clock_page *p)
{
    uint32_t mul = p->tsc_to_system_mul;
    int shift = p->tsc_shift;

    if (mul == 0 || shift < -31 || shift > 31)
        return 0;
    /* ns = (cycles << shift) * mul / 2^32 */
    uint64_t khz = (UINT64_C(1000000) << 32) / mul;
    return (shift < 0 ? khz << -shift : khz >> shift) * 1000;
}

bool hyperv_clock_read(const volatile struct hyperv_clock_page *p, uint64_t (*tsc)(void), uint64_t *out)
{
    uint32_t sequence;
    uint64_t ticks;

    do {
        sequence = __atomic_load_n(&p->sequence, __ATOMIC_ACQUIRE);
        if (sequence == 0)
            return false;
        ticks = (uint64_t)(((unsigned __int128)tsc() * p->scale) >> 64) + (uint64_t)p->offset;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&p->sequence, __ATOMIC_RELAXED) != sequence);
    *out = ticks;
    return true;
}

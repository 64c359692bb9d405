// SPDX-License-Identifier: BSD-3-Clause
// The page from which programs read the time without entering the kernel.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stddef.h>
#include <stdint.h>

#define CLOCK_PAGE_CYCLES 1u   /* monotonic time follows cpu_cycles(): read it as clock_page_read() does */
#define CLOCK_PAGE_REALTIME 2u /* @realtime_offset_ns is known */

/**
 * struct clock_page - written by room sched, read by libc, the vDSO and the kernel; page-aligned, alone in its page.
 * A reader retries while @sequence is odd or has changed.
 */
struct clock_page {
    uint32_t sequence;
    uint32_t flags;              /* CLOCK_PAGE_*; a missing flag means: make the system call */
    uint64_t base_cycles;        /* monotonic = base_ns + (cycles - base_cycles) * mult / 2^32 */
    uint64_t mult;
    int64_t base_ns;
    int64_t realtime_offset_ns;  /* realtime = monotonic + this */
    int64_t boottime_offset_ns;
    int64_t tai_offset_s;
};
_Static_assert(offsetof(struct clock_page, realtime_offset_ns) == 32, "the vDSO knows the layout");

extern struct clock_page osv_clock_page;

#ifndef CONFIG_HOSTED
static inline uint64_t clock_page_cycles(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}
#else
uint64_t clock_page_cycles(void);
#endif

/**
 * clock_page_read - monotonic nanoseconds.
 * @need: CLOCK_PAGE_* the caller relies on. *@realtime_offset_ns gets the matching offset.
 * Return: the time, or -1 if the page cannot tell: make the system call.
 */
static __always_inline int64_t clock_page_read(uint32_t need, int64_t *realtime_offset_ns)
{
    const struct clock_page *p = &osv_clock_page;
    const uint64_t want = (uint64_t)need << 32, mask = want | 1; /* sequence and flags in one load */
    uint64_t head;
    int64_t ns;

    do {
        head = __atomic_load_n((const uint64_t *)p, __ATOMIC_ACQUIRE); /* pairs with release in page_end() */
        if (unlikely((head & mask) != want))
            return -1;
        uint64_t delta = clock_page_cycles() - p->base_cycles;
        if (unlikely((int64_t)delta < 0)) /* this CPU's counter lags the one that published */
            delta = 0;
        ns = p->base_ns + (int64_t)(uint64_t)(((unsigned __int128)delta * p->mult) >> 32);
        *realtime_offset_ns = p->realtime_offset_ns;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (unlikely(__atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED) != head));
    return ns;
}

// SPDX-License-Identifier: BSD-3-Clause
// Do two CPUs' cycle counters tell the same time?
#include "run_queue.h"

#include "arch/cpu.h"
#include "sched/clock_page.h"

/*
 * A CPU that starts and the one that starts it take a lock in turns and read their counters inside: each reading comes after the one
 * before, so it may not be smaller. If it is, programs must not read the counter themselves (clock_cycles_differ()).
 */

#define ROUNDS 200

static struct spinlock turn = SPINLOCK_INIT(RANK_NONE);
static uint64_t last; /* turn */
static bool differ;   /* turn */
static unsigned met;  /* a: how many have come, then how many have finished */

static void meet(unsigned all)
{
    __atomic_fetch_add(&met, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&met, __ATOMIC_SEQ_CST) < all)
        cpu_relax();
}

void warp_prepare(void)
{
    last = 0;
    __atomic_store_n(&met, 0, __ATOMIC_SEQ_CST);
}

bool warp_found(void)
{
    meet(2);
    for (int i = 0; i < ROUNDS; i++) {
        spin_lock(&turn);
        uint64_t now = clock_page_cycles();
        if (now < last)
            differ = true;
        last = now;
        spin_unlock(&turn);
    }
    meet(4);
    return differ;
}

// SPDX-License-Identifier: BSD-3-Clause
// Spinlocks with ranks: the only lock that interrupt handlers may take.
#pragma once

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/preempt.h"
#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/** Ranks, from outer to inner: while one is held only locks of a greater rank may be taken. Gaps are for rooms' own needs. */
enum spinlock_rank {
    RANK_NONE = 0, /* unchecked */
    RANK_DEVICE = 10,
    RANK_NET = 20,
    RANK_PROCESS = 25,
    RANK_SIGNAL = 30,
    RANK_FUTEX = 35,
    RANK_FILE = 40,
    RANK_READINESS = 50,
    RANK_WAIT_QUEUE = 60,
    RANK_TIMER = 70,
    RANK_THREAD = 75,
    RANK_RUN_QUEUE = 80,
    RANK_RCU = 85,
    RANK_SLAB = 90,
    RANK_FRAME = 100,
    RANK_KMAP = 105,
    RANK_CONSOLE = 110,
    RANK_LOG = 120,
};

struct spinlock {
    _Atomic uint32_t locked; /* 0 free, else 1 + CPU number of the holder */
    uint32_t rank;
};

#define SPINLOCK_INIT(r) {.locked = 0, .rank = (r)}

static inline void spin_init(struct spinlock *l, unsigned rank)
{
    l->locked = 0;
    l->rank = rank;
}

/* Debug builds (CONFIG_LOCK_RANKS) keep a per-CPU list of held ranks and panic on an inversion or a recursion. */
void spin_rank_acquire(struct spinlock *l);
void spin_rank_release(struct spinlock *l);
void spin_wait(struct spinlock *l); /* the contended path of spin_lock() */
#ifndef CONFIG_LOCK_RANKS
#define CONFIG_LOCK_RANKS 0
#endif

/** spin_lock - take it with preemption off. An interrupt handler's lock needs spin_lock_irqsave() everywhere else. */
static inline void spin_lock(struct spinlock *l)
{
    preempt_disable();
    if (CONFIG_LOCK_RANKS)
        spin_rank_acquire(l);
    if (unlikely(__atomic_exchange_n((uint32_t *)&l->locked, 1, __ATOMIC_ACQUIRE) != 0))
        spin_wait(l);
}

static inline bool spin_trylock(struct spinlock *l)
{
    preempt_disable();
    if (__atomic_exchange_n((uint32_t *)&l->locked, 1, __ATOMIC_ACQUIRE) == 0) {
        if (CONFIG_LOCK_RANKS)
            spin_rank_acquire(l);
        return true;
    }
    preempt_enable();
    return false;
}

/** spin_unlock_no_resched - release and leave preemption off (the scheduler's own hand-over). */
static inline void spin_unlock_no_preempt(struct spinlock *l)
{
    if (CONFIG_LOCK_RANKS)
        spin_rank_release(l);
    __atomic_store_n((uint32_t *)&l->locked, 0, __ATOMIC_RELEASE);
}

static inline void spin_unlock(struct spinlock *l)
{
    spin_unlock_no_preempt(l);
    preempt_enable();
}

static inline irq_flags_t spin_lock_irqsave(struct spinlock *l)
{
    irq_flags_t flags = irq_save();
    spin_lock(l);
    return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, irq_flags_t flags)
{
    spin_unlock_no_preempt(l);
    irq_restore(flags);
    preempt_enable();
}

static inline bool spin_is_locked(const struct spinlock *l)
{
    return __atomic_load_n((const uint32_t *)&l->locked, __ATOMIC_RELAXED) != 0;
}

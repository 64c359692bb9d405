// SPDX-License-Identifier: BSD-3-Clause
// Waiting for a contended spinlock.

#include "arch/spinlock.h"

void spin_wait(struct spinlock *l)
{
    do {
        while (spin_is_locked(l))
            cpu_relax();
    } while (__atomic_exchange_n((uint32_t *)&l->locked, 1, __ATOMIC_ACQUIRE) != 0);
}

// SPDX-License-Identifier: BSD-3-Clause
// Lock ranks, checked in debug builds: a CPU may only take locks of greater rank than those it holds.

#include "arch/percpu.h"
#include "arch/spinlock.h"
#include "base/panic.h"

#define HELD_MAX 16u

struct held_locks {
    struct spinlock *locks[HELD_MAX];
    unsigned n;
};
static DEFINE_PER_CPU(struct held_locks, held);

void spin_rank_acquire(struct spinlock *l)
{
    irq_flags_t flags = irq_save();
    struct held_locks *h = this_cpu_ptr(held);
    for (unsigned i = 0; i < h->n; i++) {
        if (h->locks[i] == l)
            panic("spinlock %p (rank %u) taken twice by one CPU", (void *)l, l->rank);
        if (l->rank != RANK_NONE && h->locks[i]->rank > l->rank)
            panic("lock order: rank %u taken while rank %u is held", l->rank, h->locks[i]->rank);
    }
    if (h->n < HELD_MAX)
        h->locks[h->n++] = l;
    irq_restore(flags);
}

void spin_rank_release(struct spinlock *l)
{
    irq_flags_t flags = irq_save();
    struct held_locks *h = this_cpu_ptr(held);
    for (unsigned i = h->n; i-- > 0;) {
        if (h->locks[i] == l) {
            h->locks[i] = h->locks[--h->n];
            break;
        }
    }
    irq_restore(flags);
}

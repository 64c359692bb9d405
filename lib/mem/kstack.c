// SPDX-License-Identifier: BSD-3-Clause
// Kernel stacks with a guard page, kept mapped while they wait for the next thread.

/*
 * A stack that is given back goes on a list linked through its own top word and is handed out again as it is: no page-table
 * work, no flush. A shrinker unmaps what has piled up.
 */

#include <arch/spinlock.h>
#include <base/atomic.h>
#include <mem/kmap.h>
#include <mem/kstack.h>
#include <mem/shrinker.h>

struct idle_stack {
    struct idle_stack *next;
};

static struct spinlock idle_lock = SPINLOCK_INIT(RANK_SLAB);
static struct idle_stack *idle; /* L: idle_lock */
static bool shrinker_known;     /* a */

static void *pop_idle(void)
{
    irq_flags_t irq = spin_lock_irqsave(&idle_lock);
    struct idle_stack *s = idle;

    if (s)
        idle = s->next;
    spin_unlock_irqrestore(&idle_lock, irq);
    return s;
}

static size_t shrink_stacks(struct shrinker *self, size_t want)
{
    size_t freed = 0;
    void *s;

    while (freed < want && (s = pop_idle())) {
        kmap_free(s);
        freed += KSTACK_BYTES / 4096;
    }
    return freed;
}

static struct shrinker stack_shrinker = {.shrink = shrink_stacks, .priority = SHRINK_KERNEL_CACHES, .name = "kernel stacks"};

void *kstack_alloc(void)
{
    void *s = pop_idle();

    if (s)
        return s;
    if (!atomic_exchange(&shrinker_known, true))
        shrinker_register(&stack_shrinker);
    return kmap_alloc(KSTACK_BYTES);
}

void kstack_free(void *base)
{
    struct idle_stack *s = base;
    irq_flags_t irq;

    if (!s)
        return;
    irq = spin_lock_irqsave(&idle_lock);
    s->next = idle;
    idle = s;
    spin_unlock_irqrestore(&idle_lock, irq);
}

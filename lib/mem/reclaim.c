// SPDX-License-Identifier: BSD-3-Clause
// What happens when memory runs short: shrinkers, the pressure hook, injected failures.

#include "frame_private.h"
#include <arch/thread.h>
#include <mem/kalloc.h>
#include <mem/shrinker.h>

enum { SHRINKING_MAX = 16, SHRINK_BATCH = 32 };

static struct spinlock list_lock = SPINLOCK_INIT(RANK_LOG);
static struct list_node shrinkers = LIST_INIT(shrinkers); /* L: list_lock, by priority */
static struct arch_thread *shrinking[SHRINKING_MAX];      /* a: threads inside shrink_memory() */
static unsigned n_shrinking;                              /* a */

static void (*pressure_hook)(size_t free_pages);
static bool pressure_told; /* a */

bool mem_fail_armed, mem_fail_spares_user;
static long fail_after, fail_count, fail_injected; /* a */

bool mem_fail_now(void)
{
    if (atomic_sub(&fail_after, 1L) >= 0)
        return false;
    if (atomic_sub(&fail_count, 1L) >= 0) {
        atomic_add_relaxed(&fail_injected, 1L);
        return true;
    }
    mem_fail_armed = false;
    return false;
}

void mem_fail_after(long n, long count)
{
    mem_fail_armed = false;
    fail_after = n;
    fail_count = count;
    mem_fail_armed = n >= 0;
}

void mem_fail_spare_user(bool spare)
{
    mem_fail_spares_user = spare;
}

long mem_fail_injected(void)
{
    return atomic_load_relaxed(&fail_injected);
}

void shrinker_register(struct shrinker *s)
{
    irq_flags_t irq = spin_lock_irqsave(&list_lock);
    struct shrinker *other;

    LIST_FOR_EACH(other, &shrinkers, link) {
        if (other->priority > s->priority)
            break;
    }
    list_insert_before(&other->link, &s->link);
    spin_unlock_irqrestore(&list_lock, irq);
}

void shrinker_unregister(struct shrinker *s)
{
    irq_flags_t irq = spin_lock_irqsave(&list_lock);

    list_remove(&s->link);
    spin_unlock_irqrestore(&list_lock, irq);
    while (atomic_load_acquire(&n_shrinking))
        cpu_relax();
}

/* The shrinker after @s (NULL: the first). A removed one stays readable until no thread is shrinking. */
static struct shrinker *shrinker_after(struct shrinker *s)
{
    irq_flags_t irq = spin_lock_irqsave(&list_lock);
    struct list_node *next = s ? s->link.next : shrinkers.next;

    if (s && next == &s->link)
        next = &shrinkers; /* it was removed meanwhile */
    spin_unlock_irqrestore(&list_lock, irq);
    return next == &shrinkers ? NULL : container_of(next, struct shrinker, link);
}

/* A thread enters once, so that a shrinker's own allocations do not shrink again. Return: slot, or -1. */
static int enter(struct arch_thread *self)
{
    for (unsigned i = 0; i < SHRINKING_MAX; i++) {
        if (atomic_load_relaxed(&shrinking[i]) == self)
            return -1;
    }
    for (unsigned i = 0; i < SHRINKING_MAX; i++) {
        struct arch_thread *none = NULL;

        if (atomic_cmpxchg(&shrinking[i], &none, self)) {
            atomic_add(&n_shrinking, 1u);
            return (int)i;
        }
    }
    return -1;
}

size_t shrink_memory(size_t want)
{
    int slot = enter(arch_current());
    size_t freed = 0;

    if (slot < 0)
        return 0;
    for (struct shrinker *s = NULL; freed < want && (s = shrinker_after(s));)
        freed += s->shrink(s, want - freed);
    if (freed < want)
        freed += kalloc_drain();
    atomic_store_release(&shrinking[slot], (struct arch_thread *)NULL);
    atomic_sub(&n_shrinking, 1u);
    return freed;
}

void mem_set_pressure_hook(void (*fn)(size_t free_pages))
{
    pressure_hook = fn;
}

bool mem_may_wait(void)
{
    return irq_enabled() && !preempt_is_off();
}

bool mem_reclaim_for(size_t pages)
{
    size_t freed = shrink_memory(max(pages, (size_t)SHRINK_BATCH));

    if (pressure_hook && !atomic_exchange(&pressure_told, true))
        pressure_hook(frame_free_pages());
    if (frame_free_pages() > frame_total_pages() / 16)
        atomic_store_relaxed(&pressure_told, false);
    return freed != 0;
}

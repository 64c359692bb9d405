// SPDX-License-Identifier: BSD-3-Clause
// All threads: numbers, look-up by number, iteration, limits.
#include "run_queue.h"

#include "base/hash.h"
#include "mem/kalloc.h"
#include <errno.h>

/*
 * A hash table by tid and a list in creation order, under one spinlock that is held for a few instructions. A thread stays in
 * both until its last reference goes, so a number is not used again while somebody may still mean its old owner; look-up and
 * iteration skip the dead. The table starts small in the image and doubles.
 */

#define FIRST_BITS 4

static struct spinlock registry_lock = SPINLOCK_INIT(RANK_THREAD);
static struct thread *first_table[1 << FIRST_BITS];
static struct thread **table = first_table;
static unsigned table_bits = FIRST_BITS;
static unsigned n_registered, n_alive;
static uint64_t n_created;
/* 1 is left free: it stands for the kernel as init, and a program whose group is 1 could not signal it: kill(-1) means everybody. */
static uint32_t last_tid = 1;
static uint32_t max_tid = 4194304;
static unsigned max_threads = 65536;
static struct list_node all = LIST_INIT(all);

static struct thread **bucket(uint32_t tid)
{
    return &table[hash_bits(tid, table_bits)];
}

static struct thread *find_locked(uint32_t tid)
{
    struct thread *t = *bucket(tid);

    while (t != NULL && t->tid != tid)
        t = t->hash_next;
    return t;
}

static void link_locked(struct thread *t)
{
    struct thread **b = bucket(t->tid);

    t->hash_next = *b;
    *b = t;
}

static void rehash_locked(struct thread **fresh, unsigned bits)
{
    struct thread *t;

    table = fresh;
    __atomic_store_n(&table_bits, bits, __ATOMIC_RELAXED);
    LIST_FOR_EACH(t, &all, all_link)
        link_locked(t);
}

/* Double the table; without memory the chains just get longer. */
static void grow(void)
{
    unsigned bits = __atomic_load_n(&table_bits, __ATOMIC_RELAXED) + 1;
    struct thread **fresh = kzalloc(sizeof(*fresh) << bits), **old = NULL;

    if (fresh == NULL)
        return;
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);
    if (table_bits + 1 == bits) {
        old = table;
        rehash_locked(fresh, bits);
        fresh = NULL;
    }
    spin_unlock_irqrestore(&registry_lock, flags);
    kfree(fresh);
    if (old != first_table)
        kfree(old);
}

static uint32_t next_tid_locked(void)
{
    do {
        last_tid = last_tid >= max_tid - 1 ? 300 : last_tid + 1;
    } while (find_locked(last_tid) != NULL);
    return last_tid;
}

static void add_locked(struct thread *t)
{
    t->tid = next_tid_locked();
    link_locked(t);
    list_push_back(&all, &t->all_link);
    n_registered++;
    __atomic_store_n(&n_alive, n_alive + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&n_created, n_created + 1, __ATOMIC_RELAXED);
}

void registry_add_boot(struct thread *t)
{
    add_locked(t);
}

int registry_add(struct thread *t)
{
    int r = 0;

    irq_flags_t flags = spin_lock_irqsave(&registry_lock);
    bool crowded = n_registered > 2u << table_bits;
    if (n_alive >= max_threads || n_registered >= max_tid - 301)
        r = -EAGAIN;
    else
        add_locked(t);
    spin_unlock_irqrestore(&registry_lock, flags);
    if (unlikely(crowded))
        grow();
    return r;
}

void registry_exit(struct thread *t)
{
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);

    __atomic_store_n(&n_alive, n_alive - 1, __ATOMIC_RELAXED);
    spin_unlock_irqrestore(&registry_lock, flags);
}

static bool alive(const struct thread *t)
{
    return atomic_load_relaxed(&t->state) != THREAD_DEAD;
}

static void unlink_locked(struct thread *t)
{
    struct thread **p = bucket(t->tid);

    while (*p != t)
        p = &(*p)->hash_next;
    *p = t->hash_next;
}

static void renumber_locked(struct thread *t, uint32_t tid)
{
    unlink_locked(t);
    t->tid = tid;
    link_locked(t);
}

void thread_take_tid(struct thread *t, uint32_t tid)
{
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);
    struct thread *owner = find_locked(tid);
    uint32_t old = t->tid;

    renumber_locked(t, 0); /* no thread's number: out of the way */
    if (owner != NULL)
        renumber_locked(owner, old);
    renumber_locked(t, tid);
    spin_unlock_irqrestore(&registry_lock, flags);
}

void registry_remove(struct thread *t)
{
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);

    unlink_locked(t);
    list_remove(&t->all_link);
    n_registered--;
    if (alive(t))
        __atomic_store_n(&n_alive, n_alive - 1, __ATOMIC_RELAXED); /* it was never started */
    spin_unlock_irqrestore(&registry_lock, flags);
}

/* A reference unless the last one is gone already. */
static bool try_get(struct thread *t)
{
    uint32_t n = atomic_load_relaxed(&t->refs);

    while (n != 0)
        if (atomic_cmpxchg(&t->refs, &n, n + 1))
            return true;
    return false;
}

struct thread *thread_lookup(uint32_t tid)
{
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);
    struct thread *t = find_locked(tid);

    if (t != NULL && (!alive(t) || !try_get(t)))
        t = NULL;
    spin_unlock_irqrestore(&registry_lock, flags);
    return t;
}

/* The next living thread behind @node, with a reference. */
static struct thread *next_alive(struct list_node *node)
{
    irq_flags_t flags = spin_lock_irqsave(&registry_lock);
    struct thread *found = NULL;

    for (struct list_node *n = node->next; n != &all && found == NULL; n = n->next) {
        struct thread *t = container_of(n, struct thread, all_link);
        if (alive(t) && try_get(t))
            found = t;
    }
    spin_unlock_irqrestore(&registry_lock, flags);
    return found;
}

int thread_iterate(int (*fn)(struct thread *, void *), void *arg)
{
    struct thread *t = next_alive(&all);
    int r = 0;

    while (t != NULL) {
        r = fn(t, arg);
        struct thread *next = r == 0 ? next_alive(&t->all_link) : NULL;
        thread_put(t);
        t = next;
    }
    return r;
}

unsigned thread_count(void)
{
    return __atomic_load_n(&n_alive, __ATOMIC_RELAXED);
}

uint64_t thread_created_total(void)
{
    return __atomic_load_n(&n_created, __ATOMIC_RELAXED);
}

void thread_set_limits(unsigned threads, uint32_t tid)
{
    if (threads != 0)
        max_threads = threads;
    if (tid != 0)
        max_tid = tid;
}

void thread_get_limits(unsigned *threads, uint32_t *tid)
{
    *threads = max_threads;
    *tid = max_tid;
}

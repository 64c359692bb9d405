// SPDX-License-Identifier: BSD-3-Clause
// Slab caches: objects of one size cut from blocks of frames, with a list of free ones on each CPU.

/*
 * A slab is a block of frames; what is known about it lies in the struct frame of its head: the cache, the number of
 * objects in use, the first free object (linked through their own first words), and in `flags` how many objects were ever
 * handed out, so that a fresh slab need not be written. Every frame of a slab names cache and order, so any object finds
 * its slab by arithmetic.
 *
 * Each CPU keeps a list of free objects per cache (a magazine, linked through the objects): allocation and release touch
 * nothing shared until it is empty or over-full; then half a magazine moves at once under the cache's lock. Caches beyond
 * KMEM_CACHE_MAGAZINES always take the lock.
 *
 * A slab is on the partial list while it has a free object. One empty slab is kept; more go back to the frame allocator.
 */

#include "frame_private.h"
#include "kalloc_private.h"
#include <arch/percpu.h>
#include <base/atomic.h>
#include <base/panic.h>
#include <base/string.h>

enum { MAGAZINE_MAX = 32, MAGAZINE_BYTES = 4096, SLAB_ORDER_MAX = 3, EMPTY_KEEP = 1 };

/* A free object. */
struct link {
    struct link *next;
};

struct magazine {
    struct link *head; /* c */
    uint32_t n;        /* c */
};

static DEFINE_PER_CPU(struct magazine[KMEM_CACHE_MAGAZINES], magazines);

static struct spinlock caches_lock = SPINLOCK_INIT(RANK_SLAB - 1);
static struct list_node caches = LIST_INIT(caches); /* L: caches_lock */
static unsigned n_magazines;                        /* L: caches_lock */

static void choose_geometry(struct kmem_cache *c, uint32_t stride)
{
    for (c->order = 0; c->order < SLAB_ORDER_MAX; c->order++) {
        size_t bytes = PAGE_SIZE << c->order;

        if (bytes / stride >= 2 && bytes % stride <= bytes / 8)
            break;
    }
    c->per_slab = (uint16_t)((PAGE_SIZE << c->order) / stride);
    assert(c->per_slab != 0);
}

/* First use of a cache, possibly on several CPUs at once. */
static __noinline void cache_set_up(struct kmem_cache *c)
{
    irq_flags_t irq = spin_lock_irqsave(&caches_lock);

    if (c->stride == 0) {
        uint32_t stride;

        if (!c->align)
            c->align = c->size < 16 ? 8 : 16;
        stride = ALIGN_UP(max(c->size, (uint32_t)sizeof(struct link)) + KALLOC_RED_BYTES, c->align);
        if (c->size < sizeof(struct link))
            c->size = sizeof(struct link);
        choose_geometry(c, stride);
        list_init(&c->partial);
        list_push_back(&caches, &c->link);
        if (n_magazines < KMEM_CACHE_MAGAZINES)
            c->magazine = (uint8_t)++n_magazines;
        atomic_store_release(&c->stride, stride); /* pairs with the acquire in the entry functions */
    }
    spin_unlock_irqrestore(&caches_lock, irq);
}

static inline void ensure_set_up(struct kmem_cache *c)
{
    if (unlikely(atomic_load_acquire(&c->stride) == 0))
        cache_set_up(c);
}

static struct frame *slab_of(const void *p)
{
    struct frame *f = virt_to_frame(p);

    return f - (frame_number(f) & ((1u << f->order) - 1));
}

static struct frame *slab_create(struct kmem_cache *c, unsigned flags)
{
    struct frame *f = frame_alloc(c->order, flags);

    if (!f)
        return NULL;
    for (unsigned i = 0; i < 1u << c->order; i++) {
        frame_init_head(&f[i], f->region, FRAME_SLAB, c->order);
        f[i].cache = c;
    }
    list_init(&f->node);
    return f;
}

static void slab_destroy(struct kmem_cache *c, struct frame *f)
{
    frame_init_head(f, f->region, FRAME_ALLOCATED, c->order);
    f->refs = 1;
    frame_put(f);
}

static struct link *slab_take_locked(struct kmem_cache *c, struct frame *f)
{
    char *base = frame_to_virt(f);
    struct link *p;

    if (f->slab.n_used == 0)
        c->n_empty--;
    if (f->slab.free_index) {
        p = (struct link *)(base + (size_t)(f->slab.free_index - 1) * c->stride);
        f->slab.free_index = (uint16_t)(uintptr_t)p->next;
    } else {
        p = (struct link *)(base + (size_t)f->flags++ * c->stride);
        if (CONFIG_DEBUG)
            kalloc_debug_fresh(c, p);
    }
    if (++f->slab.n_used == c->per_slab)
        list_remove(&f->node);
    return p;
}

/* Return: a slab that became superfluous and must be destroyed without the lock, or NULL. */
static struct frame *slab_give_locked(struct kmem_cache *c, struct link *p)
{
    struct frame *f = slab_of(p);
    size_t index = (size_t)((char *)p - (char *)frame_to_virt(f)) / c->stride;

    assert(f->state == FRAME_SLAB && f->cache == c);
    p->next = (struct link *)(uintptr_t)f->slab.free_index;
    f->slab.free_index = (uint16_t)(index + 1);
    if (f->slab.n_used-- == c->per_slab)
        list_push_front(&c->partial, &f->node);
    if (f->slab.n_used != 0)
        return NULL;
    if (c->n_empty < EMPTY_KEEP) {
        c->n_empty++;
        return NULL;
    }
    list_remove(&f->node);
    c->n_slabs--;
    return f;
}

/* Move up to @want objects out of slabs into a chain. Return: how many. */
static unsigned take_chain(struct kmem_cache *c, unsigned want, struct link **chain)
{
    unsigned n = 0;
    irq_flags_t irq = spin_lock_irqsave(&c->lock);

    while (n < want && !list_empty(&c->partial)) {
        struct link *p = slab_take_locked(c, container_of(c->partial.next, struct frame, node));

        p->next = *chain;
        *chain = p;
        n++;
    }
    c->n_used += n;
    spin_unlock_irqrestore(&c->lock, irq);
    return n;
}

static void give_chain(struct kmem_cache *c, struct link *chain)
{
    struct list_node doomed;
    irq_flags_t irq;

    list_init(&doomed);
    irq = spin_lock_irqsave(&c->lock);
    while (chain) {
        struct link *next = chain->next;
        struct frame *f = slab_give_locked(c, chain);

        c->n_used--;
        if (f)
            list_push_back(&doomed, &f->node);
        chain = next;
    }
    spin_unlock_irqrestore(&c->lock, irq);
    while (!list_empty(&doomed))
        slab_destroy(c, container_of(list_pop_front(&doomed), struct frame, node));
}

/* One more slab, whose objects anybody may take. */
static bool grow(struct kmem_cache *c)
{
    struct frame *f = slab_create(c, 0);
    irq_flags_t irq;

    if (!f)
        return false;
    irq = spin_lock_irqsave(&c->lock);
    list_push_front(&c->partial, &f->node);
    c->n_slabs++;
    c->n_empty++;
    spin_unlock_irqrestore(&c->lock, irq);
    return true;
}

static unsigned magazine_limit(const struct kmem_cache *c)
{
    return clamp((unsigned)MAGAZINE_BYTES / c->stride, 2u, (unsigned)MAGAZINE_MAX);
}

static __noinline struct link *alloc_slowly(struct kmem_cache *c)
{
    unsigned want = c->magazine ? magazine_limit(c) / 2 : 1;
    struct link *chain = NULL, *p;
    unsigned n;

    while ((n = take_chain(c, want, &chain)) == 0) {
        if (!grow(c))
            return NULL;
    }
    p = chain;
    if (n > 1) {
        irq_flags_t irq = irq_save();
        struct magazine *m = &(*this_cpu_ptr(magazines))[c->magazine - 1];
        struct link *rest = p->next, *last = rest;

        while (last->next)
            last = last->next;
        last->next = m->head;
        m->head = rest;
        m->n += n - 1;
        irq_restore(irq);
    }
    return p;
}

void *kmem_cache_alloc(struct kmem_cache *c)
{
    struct link *p = NULL;

    ensure_set_up(c);
    if (mem_should_fail())
        return NULL;
    if (likely(c->magazine)) {
        irq_flags_t irq = irq_save();
        struct magazine *m = &(*this_cpu_ptr(magazines))[c->magazine - 1];

        p = m->head;
        if (likely(p)) {
            m->head = p->next;
            m->n--;
        }
        irq_restore(irq);
    }
    if (unlikely(!p))
        p = alloc_slowly(c);
    if (CONFIG_DEBUG && p)
        kalloc_debug_alloc(c, p);
    return p;
}

void *kmem_cache_zalloc(struct kmem_cache *c)
{
    void *p = kmem_cache_alloc(c);

    if (p)
        memset(p, 0, c->size);
    return p;
}

/* Take all but @keep objects out of a magazine. Interrupts are off. */
static struct link *magazine_cut(struct magazine *m, unsigned keep)
{
    struct link **at = &m->head;
    struct link *rest;

    for (unsigned i = 0; i < keep && *at; i++)
        at = &(*at)->next;
    rest = *at;
    *at = NULL;
    m->n = min(m->n, keep);
    return rest;
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
    struct link *object = p, *overflow = NULL;

    if (!p)
        return;
    if (CONFIG_DEBUG)
        kalloc_debug_free(c, p);
    if (likely(c->magazine)) {
        irq_flags_t irq = irq_save();
        struct magazine *m = &(*this_cpu_ptr(magazines))[c->magazine - 1];

        object->next = m->head;
        m->head = object;
        if (unlikely(++m->n > MAGAZINE_MAX || m->n * c->stride > 2 * MAGAZINE_BYTES))
            overflow = magazine_cut(m, magazine_limit(c) / 2);
        irq_restore(irq);
    } else {
        object->next = NULL;
        overflow = object;
    }
    if (unlikely(overflow))
        give_chain(c, overflow);
}

size_t kmem_cache_trim(struct kmem_cache *c)
{
    struct list_node doomed;
    struct frame *f, *next;
    size_t pages = 0;
    irq_flags_t irq;

    list_init(&doomed);
    irq = irq_save();
    if (c->magazine) {
        struct link *chain = magazine_cut(&(*this_cpu_ptr(magazines))[c->magazine - 1], 0);

        irq_restore(irq);
        give_chain(c, chain);
        irq = irq_save();
    }
    spin_lock(&c->lock);
    LIST_FOR_EACH_SAFE(f, next, &c->partial, node) {
        if (f->slab.n_used == 0) {
            list_move_back(&doomed, &f->node);
            c->n_slabs--;
            c->n_empty--;
        }
    }
    spin_unlock_irqrestore(&c->lock, irq);
    while (!list_empty(&doomed)) {
        slab_destroy(c, container_of(list_pop_front(&doomed), struct frame, node));
        pages += 1u << c->order;
    }
    return pages;
}

static struct kmem_cache *cache_after(struct kmem_cache *c)
{
    irq_flags_t irq = spin_lock_irqsave(&caches_lock);
    struct list_node *next = c ? c->link.next : caches.next;

    spin_unlock_irqrestore(&caches_lock, irq);
    return next == &caches ? NULL : container_of(next, struct kmem_cache, link);
}

void kmem_cache_for_each(void (*fn)(const struct kmem_cache *c, void *arg), void *arg)
{
    for (struct kmem_cache *c = NULL; (c = cache_after(c));)
        fn(c, arg);
}

size_t kalloc_drain(void)
{
    size_t pages = 0;

    for (struct kmem_cache *c = NULL; (c = cache_after(c));)
        pages += kmem_cache_trim(c);
    return pages;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align)
{
    struct kmem_cache *c;

    if (size == 0 || size > 16384 || (align & (align - 1)) || align > PAGE_SIZE)
        return NULL;
    c = kmalloc(sizeof(*c));
    if (!c)
        return NULL;
    *c = (struct kmem_cache)KMEM_CACHE_INIT(name, (uint32_t)size, (uint16_t)align);
    ensure_set_up(c);
    return c;
}

void kmem_cache_destroy(struct kmem_cache *c)
{
    irq_flags_t irq;

    kmem_cache_trim(c);
    irq = spin_lock_irqsave(&caches_lock);
    list_remove(&c->link);
    spin_unlock_irqrestore(&caches_lock, irq);
    assert(c->n_slabs == 0);
    kfree(c);
}

// SPDX-License-Identifier: BSD-3-Clause
// Memory objects and finding their pages.

/*
 * The page cache. An object (a file's contents, shared anonymous memory) owns pages by index; read(), write() and every
 * mapping use the same ones. A page is
 *   absent - the pager has the data, or it is a hole;
 *   busy   - in the tree, being read in; whoever wants it waits;
 *   clean  - up to date;
 *   dirty  - newer than what the pager has, until write_pages() of it succeeded.
 * An object without write_pages keeps its only copy here and is never reclaimed from.
 *
 * References of a frame: one for the tree, one for each page-table entry and one for each caller that uses it.
 *
 * Locks: o->lock protects tree, size and mappings. It is taken inside an address space's lock. It is never held while a pager
 * runs or user memory is copied: those may fault, and a fault takes both.
 */

#include "object_private.h"
#include <base/hash.h>
#include <base/panic.h>
#include <errno.h>
#include <mem/kalloc.h>

enum { WAIT_BUCKETS = 16 };

static struct wait_queue page_waiters[WAIT_BUCKETS];
static unsigned waiters_ready; /* a: 0 not, 1 being, 2 set up */
static uint64_t total_pages;   /* a */

static struct wait_queue *waiters_of(const struct frame *page)
{
    unsigned none = 0;

    if (unlikely(atomic_load_acquire(&waiters_ready) != 2)) {
        if (atomic_cmpxchg(&waiters_ready, &none, 1)) {
            for (unsigned i = 0; i < WAIT_BUCKETS; i++)
                wait_queue_init(&page_waiters[i]);
            atomic_store_release(&waiters_ready, 2);
        }
        while (atomic_load_acquire(&waiters_ready) != 2)
            cpu_relax();
    }
    return &page_waiters[hash_bits((uintptr_t)page, 4)];
}

static bool page_is_busy(const struct frame *page)
{
    return atomic_load_acquire(&page->flags) & FRAME_FLAG_BUSY;
}

void page_wait(struct frame *page)
{
    struct wait_queue *q = waiters_of(page);
    int r;

    WAIT_EVENT(q, !(atomic_load_acquire(&page->flags) & (FRAME_FLAG_BUSY | FRAME_FLAG_WRITEBACK)), false, NSEC_FOREVER, r);
    (void)r;
}

void page_unbusy(struct frame *page, unsigned set_flags)
{
    struct wait_queue *q = waiters_of(page);

    atomic_fetch_or(&page->flags, (uint16_t)set_flags);
    atomic_fetch_and(&page->flags, (uint16_t)~FRAME_FLAG_BUSY);
    wait_queue_wake_all(q);
}

void vm_object_init(struct vm_object *o, const struct pager_ops *ops, uint64_t size_bytes, void *owner)
{
    *o = (struct vm_object){.ops = ops, .refs = 1, .size_bytes = size_bytes, .owner = owner};
    mutex_init(&o->lock);
    list_init(&o->mappings);
    list_init(&o->lru_link);
}

struct vm_object *vm_object_create(const struct pager_ops *ops, uint64_t size_bytes, void *owner)
{
    struct vm_object *o = kmalloc(sizeof(*o));

    if (o)
        vm_object_init(o, ops, size_bytes, owner);
    return o;
}

static void free_created(struct vm_object *o)
{
    kfree(o);
}

static const struct pager_ops anon_ops = {.name = "anon", .destroy = free_created};

struct vm_object *vm_object_create_anon(uint64_t size_bytes)
{
    struct vm_object *o = vm_object_create(&anon_ops, size_bytes, NULL);

    if (o)
        o->flags = VM_OBJECT_SWAPLESS;
    return o;
}

struct vm_object *vm_object_get(struct vm_object *o)
{
    __atomic_fetch_add((uint32_t *)&o->refs, 1, __ATOMIC_RELAXED);
    return o;
}

void vm_object_put(struct vm_object *o)
{
    if (__atomic_sub_fetch((uint32_t *)&o->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    vm_object_destroy_pages(o);
    if (o->ops && o->ops->destroy)
        o->ops->destroy(o);
}

void vm_object_destroy_pages(struct vm_object *o)
{
    uint64_t index;
    struct frame *page;

    page_reclaim_forget(o);
    mutex_lock(&o->lock);
    while ((page = page_tree_next(o->pages, 0, &index)))
        frame_put(page_remove_locked(o, index));
    mutex_unlock(&o->lock);
}

void vm_object_map(struct vm_area *a)
{
    mutex_lock(&a->object->lock);
    list_push_back(&a->object->mappings, &a->object_link);
    mutex_unlock(&a->object->lock);
}

void vm_object_unmap(struct vm_area *a)
{
    mutex_lock(&a->object->lock);
    list_remove(&a->object_link);
    mutex_unlock(&a->object->lock);
}

bool vm_object_is_mapped_writable(struct vm_object *o)
{
    const uint32_t both = AREA_SHARED | AREA_MAY_WRITE;
    const struct vm_area *a;
    bool found = false;

    mutex_lock(&o->lock);
    LIST_FOR_EACH(a, &o->mappings, object_link)
        found = found || (a->flags & both) == both;
    mutex_unlock(&o->lock);
    return found;
}

struct frame *page_tree_lookup(struct vm_object *o, uint64_t index)
{
    return page_tree_find(o->pages, index);
}

static int quota_take(struct page_quota *q)
{
    if (!q || q->used++ < q->limit || q->limit == 0)
        return 0;
    q->used--;
    return -ENOSPC;
}

static void quota_give(struct page_quota *q)
{
    if (q)
        q->used--;
}

int page_insert_locked(struct vm_object *o, uint64_t index, struct frame *page, unsigned flags)
{
    int err = quota_take(o->quota);

    if (err)
        return err;
    err = page_tree_insert(&o->pages, index, page);
    if (err) {
        quota_give(o->quota);
        return err;
    }
    page->owner = o;
    page->index = index;
    page->flags = (uint16_t)(flags | FRAME_FLAG_CACHED | FRAME_FLAG_OBJECT);
    o->n_pages++;
    atomic_add_relaxed(&total_pages, 1);
    return 0;
}

struct frame *page_remove_locked(struct vm_object *o, uint64_t index)
{
    struct frame *page = page_tree_remove(&o->pages, index);

    if (!page)
        return NULL;
    if (atomic_fetch_and(&page->flags, (uint16_t)~(FRAME_FLAG_CACHED | FRAME_FLAG_DIRTY)) & FRAME_FLAG_DIRTY)
        o->n_dirty--;
    o->n_pages--;
    quota_give(o->quota);
    atomic_sub_relaxed(&total_pages, 1);
    return page;
}

uint64_t page_cache_total_pages(void)
{
    return atomic_load_relaxed(&total_pages);
}

struct frame *page_cache_peek(struct vm_object *o, uint64_t index)
{
    struct frame *page;

    mutex_lock(&o->lock);
    page = page_tree_find(o->pages, index);
    if (page && page_is_busy(page))
        page = NULL;
    if (page)
        frame_get(page);
    mutex_unlock(&o->lock);
    return page;
}

void page_cache_mark_dirty(struct vm_object *o, struct frame *page)
{
    if (!o->ops || !o->ops->write_pages)
        return;
    if (!(atomic_fetch_or(&page->flags, (uint16_t)FRAME_FLAG_DIRTY) & FRAME_FLAG_DIRTY))
        o->n_dirty++;
}

/* Put up to @want busy pages from @index on into the tree, up to the first that is there. Return: how many; -ENOMEM. */
static int prepare_read_locked(struct vm_object *o, uint64_t index, unsigned want, struct frame **pages)
{
    unsigned n = 0;

    for (; n < want && !page_tree_find(o->pages, index + n); n++) {
        struct frame *page = frame_alloc(0, FRAME_USER | FRAME_NOWAIT);

        if (!page)
            break;
        if (page_insert_locked(o, index + n, page, FRAME_FLAG_BUSY)) {
            frame_put(page);
            break;
        }
        frame_get(page); /* ours, until it is read */
        pages[n] = page;
    }
    return n ? (int)n : -ENOMEM;
}

/* Read pages that are in the tree as busy. On failure they leave it again. */
static int read_busy(struct vm_object *o, uint64_t index, struct frame **pages, unsigned n)
{
    int err = o->ops->read_pages(o, index, pages, n);

    for (unsigned i = 0; i < n; i++) {
        if (err) {
            mutex_lock(&o->lock);
            if (page_tree_find(o->pages, index + i) == pages[i])
                frame_put(page_remove_locked(o, index + i));
            mutex_unlock(&o->lock);
        }
        page_unbusy(pages[i], err ? FRAME_FLAG_ERROR : FRAME_FLAG_UPTODATE);
        frame_put(pages[i]);
    }
    return err;
}

static int read_ahead(struct vm_object *o, uint64_t index, unsigned window)
{
    struct frame *pages[READ_AHEAD_PAGES];
    uint64_t size = object_size_pages(o);
    int n;

    mutex_lock(&o->lock);
    if (page_tree_find(o->pages, index)) { /* somebody was faster */
        mutex_unlock(&o->lock);
        return 0;
    }
    if (index < size)
        window = (unsigned)min((uint64_t)window, size - index);
    else
        window = 1;
    n = prepare_read_locked(o, index, window, pages);
    mutex_unlock(&o->lock);
    if (n < 0) {
        struct frame *spare = frame_alloc(0, FRAME_USER); /* reclaims, now that no lock is held */

        if (!spare)
            return -ENOMEM;
        frame_put(spare);
        return 0;
    }
    page_reclaim_know(o);
    return read_busy(o, index, pages, (unsigned)n);
}

static int make_zero_page(struct vm_object *o, uint64_t index)
{
    struct frame *page;
    int err = 0;

    if (!object_may_grow(o))
        return -ENOSPC;
    page = frame_alloc(0, FRAME_ZERO | FRAME_USER);
    if (!page)
        return -ENOMEM;
    mutex_lock(&o->lock);
    if (page_tree_find(o->pages, index))
        frame_put(page);
    else if ((err = page_insert_locked(o, index, page, FRAME_FLAG_UPTODATE)))
        frame_put(page);
    mutex_unlock(&o->lock);
    return err;
}

int page_cache_get(struct vm_object *o, uint64_t index, bool create, struct frame **out)
{
    for (;;) {
        struct frame *page;
        int err;

        mutex_lock(&o->lock);
        page = page_tree_find(o->pages, index);
        if (page)
            frame_get(page);
        mutex_unlock(&o->lock);
        if (page && !page_is_busy(page)) {
            atomic_fetch_or(&page->flags, (uint16_t)FRAME_FLAG_REFERENCED);
            *out = page;
            return 0;
        }
        if (page) {
            page_wait(page);
            frame_put(page);
            continue;
        }
        if (o->ops && o->ops->read_pages) {
            err = read_ahead(o, index, READ_AHEAD_PAGES);
        } else if (create) {
            err = make_zero_page(o, index);
        } else {
            *out = NULL;
            return 0;
        }
        if (err)
            return err;
    }
}

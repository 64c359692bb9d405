// SPDX-License-Identifier: BSD-3-Clause
// Page faults: from an address and an access to an entry in the page table, or a signal.

/*
 * A fault holds the space's lock for reading, so faults on several CPUs run side by side and entries are installed by
 * compare-and-swap: whoever loses finds the page there and is done. Reading a page in from a pager may take long and may
 * need anything; the lock is dropped for it and the fault starts over, to find the page in the cache.
 *
 * A page of an object is looked up and its entry installed under the object's lock. Truncation first removes pages under
 * that lock and then clears entries, so an entry for a removed page cannot appear afterwards.
 *
 * Programs touch fresh memory mostly in order. An area remembers where its next fault would be if it does; each such fault
 * brings twice as many pages as the last, up to FAULT_WINDOW_MAX, and finally whole large pages. A single touch brings a
 * single page, which keeps small programs small.
 */

#include "space_private.h"
#include <arch/page.h>
#include <base/panic.h>
#include <errno.h>
#include <signal.h>

enum {
    FAULT_WINDOW_MAX = 16,     /* pages a sequential fault brings */
    FILE_WINDOW = 16,          /* cached pages around a file fault that are mapped too */
    SHORT_OF_MEMORY_SHIFT = 3, /* below an eighth of memory free, nothing is brought early */
};

enum outcome { DONE, RETRY, FAIL };

struct fault {
    struct address_space *as;
    struct vm_area *area;
    vaddr_t addr; /* of the page */
    bool write;
    const struct vm_object *announced; /* its pager knows that the page will be written */
    struct vm_fault_result *result;
};

static enum outcome fail(struct fault *f, int signo, int code)
{
    f->result->signo = signo;
    f->result->si_code = code;
    return FAIL;
}

static enum outcome no_memory(struct fault *f)
{
    f->result->no_memory = true;
    return fail(f, SIGBUS, BUS_ADRERR);
}

static void count_resident(struct address_space *as, uint64_t pages)
{
    uint64_t now = atomic_add_relaxed(&as->resident_pages, pages);

    if (now > atomic_load_relaxed(&as->peak_resident_pages))
        atomic_store_relaxed(&as->peak_resident_pages, now);
}

/* Enter @frame (our reference goes along) in an empty entry. */
static bool install(struct address_space *as, arch_pte_t *entry, struct frame *frame, uint64_t bits)
{
    arch_pte_t none = 0;

    if (!atomic_cmpxchg(entry, &none, arch_pte_make(frame_to_phys(frame), bits)))
        return false;
    count_resident(as, 1);
    return true;
}

/* Anonymous memory */

static bool memory_is_plentiful(uint64_t pages)
{
    return frame_free_pages() > (frame_total_pages() >> SHORT_OF_MEMORY_SHIFT) + pages;
}

static bool huge_wanted(const struct fault *f)
{
    const struct vm_area *a = f->area;
    vaddr_t base = ALIGN_DOWN(f->addr, HUGE_PAGE_SIZE);

    if ((a->flags & (AREA_NO_HUGE | AREA_GROWSDOWN | AREA_STACK)) || base < a->start || base + HUGE_PAGE_SIZE > a->end)
        return false;
    if (a->flags & AREA_HUGE_HINT)
        return true;
    return f->addr == base && atomic_load_relaxed(&a->fault_next) == base &&
           atomic_load_relaxed(&a->fault_window) >= FAULT_WINDOW_MAX && memory_is_plentiful(4 * ARCH_PT_ENTRIES);
}

/* Return: true if a large page is there now. */
static bool try_huge(struct fault *f)
{
    vaddr_t base = ALIGN_DOWN(f->addr, HUGE_PAGE_SIZE);
    arch_pte_t *entry = pt_huge_entry(f->as, base);
    arch_pte_t none = 0;
    struct frame *frame, *table;

    if (!entry || atomic_load_acquire(entry))
        return false;
    frame = frame_alloc(FRAME_ORDER_HUGE, FRAME_ZERO | FRAME_NOWAIT | FRAME_USER);
    if (!frame)
        return false;
    table = frame_alloc(0, FRAME_NOWAIT);
    frame->private = table;
    if (!table ||
        !atomic_cmpxchg(entry, &none, arch_pte_make(frame_to_phys(frame), pte_bits(f->area, f->area->prot & PROT_WRITE) | ARCH_PTE_LARGE))) {
        if (table)
            frame_put(table);
        frame_put(frame);
        return false;
    }
    count_resident(f->as, ARCH_PT_ENTRIES);
    atomic_store_relaxed(&f->area->fault_next, base + HUGE_PAGE_SIZE);
    return true;
}

/* How many pages to bring at @f->addr, all in one table and one area. */
static unsigned window_for(struct fault *f)
{
    struct vm_area *a = f->area;
    unsigned window = 1;
    vaddr_t limit;

    if (atomic_load_relaxed(&a->fault_next) == f->addr)
        window = min(max(atomic_load_relaxed(&a->fault_window), 1u) * 2, (unsigned)FAULT_WINDOW_MAX);
    if (window > 1 && !memory_is_plentiful(FAULT_WINDOW_MAX))
        window = 1;
    limit = min(a->end, ALIGN_DOWN(f->addr, HUGE_PAGE_SIZE) + HUGE_PAGE_SIZE);
    window = (unsigned)min((uint64_t)window, PAGES(limit - f->addr));
    atomic_store_relaxed(&a->fault_window, window);
    atomic_store_relaxed(&a->fault_next, f->addr + window * PAGE_SIZE);
    return window;
}

static enum outcome anon_fresh(struct fault *f, arch_pte_t *entry)
{
    uint64_t bits = pte_bits(f->area, f->area->prot & PROT_WRITE);
    unsigned n;

    if (!f->write) {
        arch_pte_t none = 0;
        paddr_t zero = vm_zero_page();

        if (!zero)
            return no_memory(f);
        atomic_cmpxchg(entry, &none, arch_pte_make(zero, pte_bits(f->area, false)));
        return DONE;
    }
    n = window_for(f);
    for (unsigned i = 0; i < n; i++) {
        struct frame *frame;

        if (i > 0 && atomic_load_relaxed(&entry[i]))
            continue;
        frame = frame_alloc(0, FRAME_ZERO | FRAME_USER | (i ? FRAME_NOWAIT : 0));
        if (!frame)
            return i ? DONE : no_memory(f);
        if (!install(f->as, &entry[i], frame, bits))
            frame_put(frame);
    }
    return DONE;
}

/* A present page is written to and may not: take it over if nobody else has it, else copy it. */
static enum outcome copy_on_write(struct fault *f, arch_pte_t *entry, arch_pte_t old)
{
    paddr_t pa = arch_pte_address(old);
    struct frame *from = pte_frame(old), *to;
    uint64_t bits = pte_bits(f->area, true);

    if (from && frame_refs(from) == 1 && !(from->flags & FRAME_FLAG_CACHED)) {
        atomic_cmpxchg(entry, &old, arch_pte_make(pa, bits));
        tlb_flush_range(f->as, f->addr, f->addr + PAGE_SIZE);
        return DONE;
    }
    to = frame_alloc(0, FRAME_USER | (pa == vm_zero_page() ? FRAME_ZERO : 0));
    if (!to)
        return no_memory(f);
    if (pa != vm_zero_page())
        arch_page_copy(frame_to_virt(to), phys_to_virt(pa));
    if (!atomic_cmpxchg(entry, &old, arch_pte_make(frame_to_phys(to), bits))) {
        frame_put(to);
        return DONE;
    }
    tlb_flush_range(f->as, f->addr, f->addr + PAGE_SIZE);
    if (from)
        frame_put(from);
    else
        count_resident(f->as, 1);
    return DONE;
}

static enum outcome huge_present(struct fault *f, arch_pte_t *entry, arch_pte_t e)
{
    if (f->write && !arch_pte_writable(e)) {
        /* anonymous and never shared: fork splits large pages first */
        atomic_cmpxchg(entry, &e, e | ARCH_PTE_WRITE | ARCH_PTE_DIRTY);
    }
    tlb_flush_range(f->as, f->addr, f->addr + PAGE_SIZE);
    return DONE;
}

static enum outcome anon_fault(struct fault *f)
{
    arch_pte_t *entry;
    arch_pte_t e;
    unsigned level;

    if (f->write && huge_wanted(f) && try_huge(f))
        return DONE;
    entry = pt_entry(f->as, f->addr, &level);
    if (!entry)
        return no_memory(f);
    e = atomic_load_acquire(entry);
    if (e == 0)
        return anon_fresh(f, entry);
    if (level == 2)
        return huge_present(f, entry, e);
    if (f->write && !arch_pte_writable(e))
        return copy_on_write(f, entry, e);
    /* another CPU was faster, or this CPU remembers an older entry */
    arch_tlb_flush_page(f->addr);
    return DONE;
}

/* Objects */

static uint64_t index_of(const struct vm_area *a, vaddr_t va)
{
    return a->page_offset + PAGES(va - a->start);
}

/* Clean pages of objects with a pager are mapped read-only, so that the first write is seen. */
static bool tracks_dirt(const struct vm_object *o)
{
    return o->ops && (o->ops->write_pages || o->ops->page_mkwrite);
}

static bool page_ready(const struct frame *page)
{
    return page && !(atomic_load_acquire(&page->flags) & FRAME_FLAG_BUSY);
}

/* Map neighbours that are in the cache already. Object lock held. */
static void map_around(struct fault *f, arch_pte_t *entry, uint64_t bits)
{
    struct vm_area *a = f->area;
    struct vm_object *o = a->object;
    vaddr_t block = ALIGN_DOWN(f->addr, FILE_WINDOW * PAGE_SIZE);
    vaddr_t from = max(block, a->start), to = min(block + FILE_WINDOW * PAGE_SIZE, a->end);
    arch_pte_t *first = entry - PAGES(f->addr - from);
    uint64_t size_pages = PAGES(o->size_bytes + PAGE_SIZE - 1);

    for (vaddr_t va = from; va < to; va += PAGE_SIZE, first++) {
        struct frame *page;

        if (atomic_load_relaxed(first) || index_of(a, va) >= size_pages)
            continue;
        page = page_tree_lookup(o, index_of(a, va));
        if (!page_ready(page))
            continue;
        frame_get(page);
        if (!install(f->as, first, page, bits))
            frame_put(page);
    }
}

/* A private copy of @page for writing. Object lock held. */
static enum outcome map_copy(struct fault *f, arch_pte_t *entry, const struct frame *page)
{
    struct frame *copy = frame_alloc(0, FRAME_USER | FRAME_NOWAIT);

    if (!copy)
        return RETRY;
    arch_page_copy(frame_to_virt(copy), frame_to_virt(page));
    if (!install(f->as, entry, copy, pte_bits(f->area, true)))
        frame_put(copy);
    return DONE;
}

/* The page is in the cache: map it. Object lock held. */
static enum outcome map_page(struct fault *f, arch_pte_t *entry, struct frame *page)
{
    struct vm_area *a = f->area;
    bool shared = a->flags & AREA_SHARED;
    bool writable = shared && (a->prot & PROT_WRITE) && !tracks_dirt(a->object);

    atomic_fetch_or(&page->flags, (uint16_t)FRAME_FLAG_REFERENCED);
    if (f->write && !shared)
        return map_copy(f, entry, page);
    if (f->write && tracks_dirt(a->object)) {
        page_cache_mark_dirty(a->object, page);
        writable = true;
    }
    if (!f->write) {
        map_around(f, entry, pte_bits(a, writable) & ~(uint64_t)(writable ? ARCH_PTE_DIRTY : 0));
        return DONE;
    }
    frame_get(page);
    if (!install(f->as, entry, page, pte_bits(a, writable)))
        frame_put(page);
    return DONE;
}

/* Let go of the space, do something slow with the object, and come back to a new fault. */
static enum outcome wait_for_page(struct fault *f, uint64_t index)
{
    struct vm_object *o = vm_object_get(f->area->object);
    struct frame *page = NULL;
    int err;

    rwlock_read_unlock(&f->as->lock);
    err = page_cache_get(o, index, true, &page);
    if (!err)
        frame_put(page);
    vm_object_put(o);
    rwlock_read_lock(&f->as->lock);
    f->result->major = true;
    if (err == -ENOMEM)
        return no_memory(f);
    return err ? fail(f, SIGBUS, BUS_ADRERR) : RETRY;
}

static enum outcome announce_write(struct fault *f, uint64_t index)
{
    struct vm_object *o = vm_object_get(f->area->object);
    int err;

    rwlock_read_unlock(&f->as->lock);
    err = o->ops->page_mkwrite(o, index);
    f->announced = o;
    vm_object_put(o);
    rwlock_read_lock(&f->as->lock);
    return err ? fail(f, SIGBUS, BUS_ADRERR) : RETRY;
}

static enum outcome device_fault(struct fault *f, arch_pte_t *entry)
{
    const uint64_t uncached = ARCH_PTE_UNCACHED | ARCH_PTE_WRITE_THROUGH;
    struct vm_object *o = f->area->object;
    arch_pte_t none = 0;
    paddr_t pa;

    if (o->ops->map_device(o, index_of(f->area, f->addr), &pa))
        return fail(f, SIGBUS, BUS_ADRERR);
    atomic_cmpxchg(entry, &none,
                   arch_pte_make(pa, pte_bits(f->area, f->area->prot & PROT_WRITE) | PTE_DEVICE |
                                         (phys_to_frame(pa) ? 0 : uncached)));
    return DONE;
}

/* The entry is empty. */
static enum outcome object_fresh(struct fault *f, arch_pte_t *entry)
{
    struct vm_area *a = f->area;
    struct vm_object *o = a->object;
    uint64_t index = index_of(a, f->addr);
    struct frame *page;
    enum outcome r;

    if (o->ops && o->ops->map_device)
        return device_fault(f, entry);
    if (f->write && (a->flags & AREA_SHARED) && o->ops && o->ops->page_mkwrite && f->announced != o)
        return announce_write(f, index);
    mutex_lock(&o->lock);
    if (index >= PAGES(o->size_bytes + PAGE_SIZE - 1)) {
        mutex_unlock(&o->lock);
        return fail(f, SIGBUS, BUS_ADRERR);
    }
    page = page_tree_lookup(o, index);
    r = page_ready(page) ? map_page(f, entry, page) : RETRY;
    mutex_unlock(&o->lock);
    if (r == RETRY && page_ready(page)) { /* no frame for a private copy: ask where waiting is allowed */
        struct frame *spare = frame_alloc(0, FRAME_USER);

        if (!spare)
            return no_memory(f);
        frame_put(spare);
        return RETRY;
    }
    return r == RETRY ? wait_for_page(f, index) : r;
}

/* A mapped page is written to for the first time. */
static enum outcome object_write(struct fault *f, arch_pte_t *entry, arch_pte_t e)
{
    struct vm_area *a = f->area;
    struct vm_object *o = a->object;
    struct frame *page = pte_frame(e);

    if (!(a->flags & AREA_SHARED))
        return copy_on_write(f, entry, e);
    if (o->ops && o->ops->page_mkwrite && f->announced != o)
        return announce_write(f, index_of(a, f->addr));
    if (page && tracks_dirt(o))
        page_cache_mark_dirty(o, page);
    atomic_cmpxchg(entry, &e, e | ARCH_PTE_WRITE | ARCH_PTE_DIRTY);
    tlb_flush_range(f->as, f->addr, f->addr + PAGE_SIZE);
    return DONE;
}

static enum outcome object_fault(struct fault *f)
{
    unsigned level;
    arch_pte_t *entry = pt_entry(f->as, f->addr, &level);
    arch_pte_t e;

    if (!entry)
        return no_memory(f);
    e = atomic_load_acquire(entry);
    if (e == 0)
        return object_fresh(f, entry);
    if (f->write && !arch_pte_writable(e))
        return object_write(f, entry, e);
    arch_tlb_flush_page(f->addr);
    return DONE;
}

/* The linked image: its pages are there since boot and belong to nobody. */
static enum outcome image_fault(struct fault *f)
{
    unsigned level;
    arch_pte_t *entry = pt_lookup(f->as, f->addr, &level);
    arch_pte_t e = entry ? atomic_load_acquire(entry) : 0;

    if (!e)
        return anon_fault(f);
    if (f->write && !arch_pte_writable(e) && (!pte_frame(e) || frame_refs(pte_frame(e)) == 1)) {
        if (arch_pte_address(e) == vm_zero_page())
            return copy_on_write(f, entry, e);
        atomic_cmpxchg(entry, &e, e | ARCH_PTE_WRITE | ARCH_PTE_DIRTY);
    }
    tlb_flush_range(f->as, f->addr, f->addr + PAGE_SIZE);
    return DONE;
}

/* Entry */

static bool allowed(const struct vm_area *a, unsigned access)
{
    if (access & VM_WRITE)
        return a->prot & PROT_WRITE;
    if (access & VM_EXEC)
        return a->prot & PROT_EXEC;
    return a->prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* May the stack that begins above @addr grow down to it? Needs the lock for writing. */
static bool grow_stack(struct address_space *as, vaddr_t addr)
{
    struct vm_area *a = vm_area_find(as, addr), *prev;
    uint64_t more, room;

    if (!a || !(a->flags & AREA_GROWSDOWN))
        return false;
    if (a->start <= addr)
        return true;
    prev = vm_area_prev(a);
    room = addr - (prev ? prev->end : USER_BOTTOM);
    more = PAGES(a->start - addr);
    if (prev && prev->prot != PROT_NONE && !(prev->flags & AREA_GROWSDOWN) && room < AREA_GUARD_PAGES * PAGE_SIZE)
        return false;
    if (a->end - addr > as->limits.stack_bytes || !vm_may_map(as, more, false))
        return false;
    if ((a->flags & AREA_LOCKED) && as->locked_pages + more > PAGES(as->limits.memlock_bytes))
        return false;
    vm_area_resize(a, addr, a->end);
    return true;
}

static enum outcome outside(struct fault *f)
{
    bool grown;

    if (!f->area || !(f->area->flags & AREA_GROWSDOWN))
        return fail(f, SIGSEGV, SEGV_MAPERR);
    rwlock_read_unlock(&f->as->lock);
    rwlock_write_lock(&f->as->lock);
    grown = grow_stack(f->as, f->addr);
    rwlock_downgrade(&f->as->lock);
    return grown ? RETRY : fail(f, SIGSEGV, SEGV_MAPERR);
}

static enum outcome attempt(struct fault *f, unsigned access)
{
    f->area = vm_area_find(f->as, f->addr);
    if (unlikely(!f->area || f->area->start > f->addr))
        return outside(f);
    if (unlikely(!allowed(f->area, access)))
        return fail(f, SIGSEGV, SEGV_ACCERR);
    if (!atomic_load_relaxed(&f->area->touched))
        atomic_store_relaxed(&f->area->touched, true);
    if (f->area->flags & AREA_IMAGE)
        return image_fault(f);
    return f->area->object ? object_fault(f) : anon_fault(f);
}

bool vm_fault(struct address_space *as, vaddr_t addr, unsigned access, struct vm_fault_result *out)
{
    struct fault f = {.as = as, .addr = ALIGN_DOWN(addr, PAGE_SIZE), .write = access & VM_WRITE, .result = out};
    enum outcome r;

    *out = (struct vm_fault_result){0};
    if (addr >= USER_TOP) {
        fail(&f, SIGSEGV, SEGV_MAPERR);
        return false;
    }
    rwlock_read_lock(&as->lock);
    while ((r = attempt(&f, access)) == RETRY)
        continue;
    rwlock_read_unlock(&as->lock);
    return r == DONE;
}

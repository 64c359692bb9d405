// SPDX-License-Identifier: BSD-3-Clause
// Making mappings: placement, limits, populating.

#include "space_private.h"
#include <abi/mman.h>
#include <base/overflow.h>
#include <errno.h>

#define MAP_32BIT_LOW 0x40000000ul
#define MAP_32BIT_HIGH 0x80000000ul

/* Would @pages more break a limit? Private writable ones also count as data. */
bool vm_may_map(struct address_space *as, uint64_t pages, bool data)
{
    if (as->mapped_pages + pages > PAGES(as->limits.as_bytes))
        return false;
    return !data || as->data_pages + pages <= PAGES(as->limits.data_bytes);
}

static bool hint_fits(struct address_space *as, vaddr_t hint, size_t length)
{
    return hint >= USER_BOTTOM && hint <= USER_TOP - length && vm_range_is_free(as, hint, length);
}

/* Programs map and unmap in turns: the hole of last time fits again, or what is left of it. */
static vaddr_t place_in_last_hole(struct address_space *as, size_t length, size_t align)
{
    vaddr_t end = as->hole_end, at;

    if (end < length + USER_BOTTOM * 16)
        return 0;
    at = ALIGN_DOWN(end - length, align);
    if (!vm_range_is_free(as, at, end - at))
        return 0;
    as->hole_end = at;
    as->placed_low = min(as->placed_low, at);
    return at;
}

/* Where a new mapping goes: at the hint if it is free, else as high as possible below mmap_top. Return: 0 if there is no room. */
vaddr_t vm_place(struct address_space *as, vaddr_t hint, size_t length, int flags, size_t align)
{
    vaddr_t at;

    hint = ALIGN_DOWN(hint, PAGE_SIZE);
    if (flags & MAP_32BIT) {
        if (hint && hint < MAP_32BIT_HIGH && hint + length <= MAP_32BIT_HIGH && hint_fits(as, hint, length))
            return hint;
        at = vm_gap_find(as, MAP_32BIT_LOW, MAP_32BIT_HIGH, length, align, true);
        return at ? at : vm_gap_find(as, USER_BOTTOM * 16, MAP_32BIT_HIGH, length, align, false);
    }
    if (hint && hint % align == 0 && hint_fits(as, hint, length))
        return hint;
    if ((at = place_in_last_hole(as, length, align)))
        return at;
    at = vm_gap_find(as, USER_BOTTOM * 16, as->mmap_top, length, align, false);
    if (at) {
        as->hole_end = at;
        as->placed_low = min(as->placed_low, at);
    }
    return at ? at : vm_gap_find(as, as->mmap_top, USER_TOP, length, align, true);
}

static int check_flags(const struct vm_map_request *r)
{
    const int known = MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE |
                      MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |
                      MAP_32BIT | MAP_FIXED_NOREPLACE | (int)(63u << MAP_HUGE_SHIFT);
    int type = r->flags & MAP_TYPE;
    uint64_t last;

    if (r->length == 0)
        return -EINVAL;
    if (ALIGN_UP(r->length, PAGE_SIZE) == 0 || r->length > USER_TOP)
        return -ENOMEM;
    if (r->offset % PAGE_SIZE)
        return -EINVAL;
    if (add_overflow(r->offset, (uint64_t)r->length, &last) || last > INT64_MAX)
        return -EOVERFLOW;
    if (type != MAP_SHARED && type != MAP_PRIVATE && !(type == MAP_SHARED_VALIDATE && r->object))
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && (r->flags & ~known))
        return -EOPNOTSUPP;
    if ((r->flags & MAP_GROWSDOWN) && (r->object || type != MAP_PRIVATE))
        return -EINVAL;
    if (r->flags & MAP_HUGETLB) { /* 0 is the default size */
        unsigned shift = (unsigned)r->flags >> MAP_HUGE_SHIFT & 63;

        if (shift && shift != arch_pt_shift(2))
            return -EINVAL;
    }
    return 0;
}

static uint32_t area_flags(const struct address_space *as, const struct vm_map_request *r)
{
    uint32_t flags = 0;

    if ((r->flags & MAP_TYPE) != MAP_PRIVATE)
        flags |= AREA_SHARED;
    if (r->flags & MAP_GROWSDOWN)
        flags |= AREA_GROWSDOWN;
    if (r->flags & MAP_NORESERVE)
        flags |= AREA_NORESERVE;
    if (r->flags & MAP_HUGETLB)
        flags |= AREA_HUGETLB | AREA_HUGE_HINT;
    if (r->may_write || !r->object || !(flags & AREA_SHARED))
        flags |= AREA_MAY_WRITE;
    if ((r->flags & MAP_LOCKED) || as->lock_future)
        flags |= AREA_LOCKED;
    if (as->lock_future && as->lock_future_onfault && !(r->flags & MAP_LOCKED))
        flags |= AREA_LOCK_ONFAULT;
    return flags;
}

/* The range the request asks for, free or about to be replaced. Return: 0 or -errno. */
static int choose_address(struct address_space *as, const struct vm_map_request *r, size_t length, vaddr_t *out)
{
    size_t align = r->flags & MAP_HUGETLB ? HUGE_PAGE_SIZE : PAGE_SIZE;

    if (!(r->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
        *out = vm_place(as, r->addr, length, r->flags, align);
        return *out ? 0 : -ENOMEM;
    }
    if (length > USER_TOP || r->addr > USER_TOP - length)
        return -ENOMEM;
    if (r->addr % align)
        return -EINVAL;
    if (r->addr < USER_BOTTOM)
        return -EPERM;
    if ((r->flags & MAP_FIXED_NOREPLACE) && !vm_range_is_free(as, r->addr, length))
        return -EEXIST;
    *out = r->addr;
    return 0;
}

/* Pages of [start, end) that are mapped now and would be replaced. */
static uint64_t mapped_inside(struct address_space *as, vaddr_t start, vaddr_t end)
{
    uint64_t pages = 0;

    for (const struct vm_area *a = vm_area_find(as, start); a && a->start < end; a = vm_area_next(a))
        pages += PAGES(min(a->end, end) - max(a->start, start));
    return pages;
}

static int check_room(struct address_space *as, const struct vm_map_request *r, vaddr_t start, size_t length, uint32_t flags)
{
    bool data = (r->prot & PROT_WRITE) && !(flags & (AREA_SHARED | AREA_GROWSDOWN));
    uint64_t pages = PAGES(length);

    if (as->n_areas >= as->limits.max_map_count)
        return -ENOMEM;
    if (!vm_may_map(as, pages, data)) {
        uint64_t replaced = mapped_inside(as, start, start + length);

        if (!replaced || !vm_may_map(as, pages - replaced, data))
            return -ENOMEM;
    }
    if ((flags & AREA_LOCKED) && as->locked_pages + pages > PAGES(as->limits.memlock_bytes))
        return -EAGAIN;
    if ((flags & (AREA_HUGETLB | AREA_NORESERVE)) == AREA_HUGETLB && !vm_hugetlb_fits(length))
        return -ENOMEM;
    /* what could never be backed is refused, as by the heuristic overcommit of Linux */
    if (data && !(flags & AREA_NORESERVE) && pages > frame_total_pages())
        return -ENOMEM;
    return 0;
}

static long map_locked(struct address_space *as, const struct vm_map_request *r, size_t length, uint32_t *flags)
{
    struct vm_area *a;
    vaddr_t start;
    int err;

    if ((err = choose_address(as, r, length, &start)))
        return err;
    *flags = area_flags(as, r);
    if ((err = check_room(as, r, start, length, *flags)))
        return err;
    if (!r->object && !(r->flags & MAP_FIXED) &&
        vm_area_extend(as, start, start + length, r->prot & (PROT_READ | PROT_WRITE | PROT_EXEC), *flags))
        return (long)start;
    a = vm_area_create(as, start, start + length);
    if (!a)
        return -ENOMEM;
    if ((r->flags & MAP_FIXED) && (err = vm_unmap_locked(as, start, start + length))) {
        vm_area_discard(a);
        return err;
    }
    a->prot = r->prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
    a->flags = *flags;
    if (r->object) {
        a->object = vm_object_get(r->object);
        a->page_offset = PAGES(r->offset);
    }
    a->file = r->file;
    vm_file_get(a->file);
    vm_area_insert(as, a);
    return (long)start;
}

long vm_map(struct address_space *as, const struct vm_map_request *request)
{
    struct vm_map_request r = *request;
    struct vm_object *shared = NULL;
    uint32_t flags;
    size_t length;
    long at;
    int err = check_flags(&r);

    if (err)
        return err;
    length = ALIGN_UP(r.length, r.flags & MAP_HUGETLB ? HUGE_PAGE_SIZE : PAGE_SIZE);
    if (!r.object && (r.flags & MAP_TYPE) == MAP_SHARED) {
        shared = r.object = vm_object_create_anon(length);
        r.offset = 0;
        r.may_write = true;
        if (!shared)
            return -ENOMEM;
    }
    rwlock_write_lock(&as->lock);
    at = map_locked(as, &r, length, &flags);
    rwlock_write_unlock(&as->lock);
    if (shared)
        vm_object_put(shared);
    if (at < 0)
        return at;
    if (((r.flags & MAP_POPULATE) && !(r.flags & MAP_NONBLOCK)) || ((flags & AREA_LOCKED) && !(flags & AREA_LOCK_ONFAULT)))
        (void)!vm_populate(as, (vaddr_t)at, (vaddr_t)at + length, true); /* as on Linux: what cannot come now comes later */
    return at;
}

int vm_populate(struct address_space *as, vaddr_t start, vaddr_t end, bool write_where_allowed)
{
    for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
        struct vm_fault_result result;
        const struct vm_area *a;
        unsigned access = 0, level;
        int err = 0;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, va);
        if (!a || a->start > va) {
            err = -ENOMEM;
        } else if (a->prot == PROT_NONE) {
            err = -EFAULT;
        } else {
            bool private = !(a->flags & AREA_SHARED);

            access = write_where_allowed && private && (a->prot & PROT_WRITE) ? VM_WRITE : VM_READ;
            if (a->prot == PROT_EXEC)
                access = VM_EXEC;
            if (access != VM_WRITE && pt_lookup(as, va, &level))
                access = 0;
        }
        rwlock_read_unlock(&as->lock);
        if (err)
            return err;
        if (access && !vm_fault(as, va, access, &result))
            return result.no_memory ? -ENOMEM : -EFAULT;
    }
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// What others may know of an address space: areas, counts, names.

#include "space_private.h"
#include <base/string.h>
#include <errno.h>
#include <mem/kalloc.h>

int vm_set_name(struct address_space *as, vaddr_t addr, size_t length, const char *name)
{
    vaddr_t end = addr + ALIGN_UP(length, PAGE_SIZE);
    struct vm_area *a;
    int err = 0;

    if (addr % PAGE_SIZE || end < addr)
        return -EINVAL;
    if (end == addr)
        return 0;
    rwlock_write_lock(&as->lock);
    err = vm_range_isolate(as, addr, end);
    for (vaddr_t at = addr; !err && at < end; at = a->end) {
        char *copy = NULL;

        a = vm_area_find(as, at);
        if (!a || a->start > at)
            err = -ENOMEM;
        else if (a->object || (a->flags & AREA_IMAGE))
            err = -EBADF;
        else if (name && *name && !(copy = kstrdup(name)))
            err = -ENOMEM;
        if (err)
            break;
        kfree(a->name);
        a->name = copy;
        a = vm_area_merge(a);
    }
    rwlock_write_unlock(&as->lock);
    return err;
}

void vm_set_area_kind(struct address_space *as, vaddr_t addr, size_t length, enum vm_area_kind kind)
{
    uint32_t flag = kind == VM_AREA_STACK ? AREA_STACK | AREA_GROWSDOWN : kind == VM_AREA_VDSO ? AREA_VDSO : 0;

    rwlock_write_lock(&as->lock);
    if (vm_range_isolate(as, addr, addr + ALIGN_UP(length, PAGE_SIZE)) == 0) {
        for (struct vm_area *a = vm_area_find(as, addr); a && a->start < addr + length; a = vm_area_next(a))
            vm_area_change(a, a->prot, a->flags | flag);
    }
    rwlock_write_unlock(&as->lock);
}

static int count_entry(void *ctx, arch_pte_t *entry, vaddr_t va, unsigned level)
{
    struct vm_area_info *info = ctx;
    arch_pte_t e = atomic_load_relaxed(entry);
    const struct frame *f = pte_frame(e);
    uint64_t bytes = level == 2 ? HUGE_PAGE_SIZE : PAGE_SIZE;

    if (!f)
        return 0;
    info->resident_bytes += bytes;
    if (level == 2)
        info->huge_bytes += bytes;
    if ((f->flags & FRAME_FLAG_OBJECT) || frame_refs(f) > 1)
        info->shared_clean_bytes += bytes;
    else
        info->private_dirty_bytes += bytes;
    return 0;
}

static bool is_heap(const struct vm_area *a)
{
    const struct address_space *as = a->as;

    return !a->object && as->brk > as->brk_start && a->start < as->brk && a->end > as->brk_start;
}

static void describe(struct vm_area *a, bool detail, struct vm_area_info *info)
{
    const struct vm_file_ref_ops *ops = vm_file_ops();

    *info = (struct vm_area_info){
        .start = a->start,
        .end = a->end,
        .prot = a->prot,
        .shared = a->flags & AREA_SHARED,
        .locked = a->flags & AREA_LOCKED,
        .stack = a->flags & AREA_STACK,
        .heap = is_heap(a),
        .hugepage_hint = a->flags & AREA_HUGE_HINT,
        .offset = a->object ? a->page_offset << PAGE_SHIFT : 0,
    };
    if (a->file && ops)
        ops->identify(a->file, info->name, sizeof(info->name), &info->dev, &info->inode);
    else if (a->name && (a->flags & AREA_IMAGE))
        strlcpy(info->name, a->name, sizeof(info->name));
    else if (info->stack)
        strlcpy(info->name, "[stack]", sizeof(info->name));
    else if (info->heap)
        strlcpy(info->name, "[heap]", sizeof(info->name));
    else if (a->flags & AREA_VDSO)
        strlcpy(info->name, a->prot & PROT_EXEC ? "[vdso]" : "[vvar]", sizeof(info->name));
    else if (a->name) {
        strlcpy(info->name, "[anon:", sizeof(info->name));
        strlcat(info->name, a->name, sizeof(info->name) - 1);
        strlcat(info->name, "]", sizeof(info->name));
    } else if (a->object && (a->flags & AREA_SHARED) && !a->file)
        strlcpy(info->name, "/dev/zero (deleted)", sizeof(info->name));
    if (!detail)
        return;
    if (a->flags & AREA_IMAGE)
        info->resident_bytes = a->end - a->start;
    else
        pt_walk(a->as, a->start, a->end, count_entry, info);
}

int vm_for_each_area(struct address_space *as, vaddr_t from, bool detail,
                     int (*fn)(const struct vm_area_info *, void *), void *arg)
{
    struct vm_area_info *info = kmalloc(sizeof(*info));
    int r = 0;

    if (!info)
        return -ENOMEM;
    while (r == 0) {
        struct vm_area *a;

        rwlock_read_lock(&as->lock);
        a = vm_area_find(as, from);
        if (a)
            describe(a, detail, info);
        rwlock_read_unlock(&as->lock);
        if (!a)
            break;
        from = info->end;
        r = fn(info, arg);
    }
    kfree(info);
    return r;
}

void vm_get_stats(struct address_space *as, struct vm_stats *out)
{
    rwlock_read_lock(&as->lock);
    *out = (struct vm_stats){
        .mapped_bytes = as->mapped_pages << PAGE_SHIFT,
        .resident_bytes = atomic_load_relaxed(&as->resident_pages) << PAGE_SHIFT,
        .data_bytes = as->data_pages << PAGE_SHIFT,
        .stack_bytes = as->stack_pages << PAGE_SHIFT,
        .text_bytes = as->text_pages << PAGE_SHIFT,
        .locked_bytes = as->locked_pages << PAGE_SHIFT,
        .shared_bytes = as->shared_pages << PAGE_SHIFT,
        .peak_resident_bytes = atomic_load_relaxed(&as->peak_resident_pages) << PAGE_SHIFT,
        .peak_mapped_bytes = as->peak_mapped_pages << PAGE_SHIFT,
        .table_bytes = atomic_load_relaxed(&as->table_pages) << PAGE_SHIFT,
        .n_areas = as->n_areas,
        .n_wx = as->n_wx,
    };
    rwlock_read_unlock(&as->lock);
}

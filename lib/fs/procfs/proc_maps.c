// SPDX-License-Identifier: BSD-3-Clause
// /proc/PID/maps and smaps.
#include "procfs_private.h"
#include "vm/space.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

static int add_line(const struct vm_area_info *a, void *arg)
{
    struct text *t = arg;
    size_t before = t->used;

    text_add(t, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ", (unsigned long long)a->start, (unsigned long long)a->end,
             a->prot & PROT_READ ? 'r' : '-', a->prot & PROT_WRITE ? 'w' : '-', a->prot & PROT_EXEC ? 'x' : '-',
             a->shared ? 's' : 'p', (unsigned long long)a->offset, major(a->dev), minor(a->dev), (unsigned long long)a->inode);
    if (a->name[0] != '\0') {
        while (t->used - before < 73 && !t->failed)
            text_add(t, " ");
        text_add(t, "%s", a->name);
    }
    text_add(t, "\n");
    return 0;
}

static void add_counts(struct text *t, const struct vm_area_info *a, unsigned long long size)
{
    text_add(t, "Size:           %8llu kB\nKernelPageSize: %8u kB\nMMUPageSize:    %8u kB\n", size / 1024, 4u, 4u);
    text_add(t, "Rss:            %8llu kB\nPss:            %8llu kB\n", (unsigned long long)a->resident_bytes / 1024,
             (unsigned long long)a->resident_bytes / 1024);
    text_add(t, "Shared_Clean:   %8llu kB\nShared_Dirty:   %8u kB\nPrivate_Clean:  %8llu kB\nPrivate_Dirty:  %8llu kB\n",
             (unsigned long long)a->shared_clean_bytes / 1024, 0u,
             (unsigned long long)(a->resident_bytes - a->private_dirty_bytes - a->shared_clean_bytes) / 1024,
             (unsigned long long)a->private_dirty_bytes / 1024);
    text_add(t, "Referenced:     %8llu kB\nAnonymous:      %8llu kB\nAnonHugePages:  %8llu kB\nSwap:           %8u kB\nLocked:         %8llu kB\n",
             (unsigned long long)a->resident_bytes / 1024, (unsigned long long)(a->inode == 0 ? a->resident_bytes : 0) / 1024,
             (unsigned long long)a->huge_bytes / 1024, 0u, (unsigned long long)(a->locked ? a->resident_bytes : 0) / 1024);
}

static int add_detail(const struct vm_area_info *a, void *arg)
{
    struct text *t = arg;

    add_line(a, t);
    add_counts(t, a, a->end - a->start);
    text_add(t, "VmFlags:%s%s%s%s\n", a->prot & PROT_READ ? " rd" : "", a->prot & PROT_WRITE ? " wr" : "",
             a->prot & PROT_EXEC ? " ex" : "", a->shared ? " sh" : "");
    return 0;
}

static int add_sum(const struct vm_area_info *a, void *arg)
{
    struct vm_area_info *sum = arg;

    if (sum->start == 0)
        sum->start = a->start;
    sum->end = a->end;
    sum->resident_bytes += a->resident_bytes;
    sum->private_dirty_bytes += a->private_dirty_bytes;
    sum->shared_clean_bytes += a->shared_clean_bytes;
    sum->huge_bytes += a->huge_bytes;
    return 0;
}

static int for_areas(const struct pseudo_context *c, bool detail, int (*fn)(const struct vm_area_info *, void *), void *arg)
{
    struct process *p = process_find((int)c->id);

    if (p == NULL)
        return -ESRCH;
    if (p->space != NULL)
        vm_for_each_area(p->space, 0, detail, fn, arg);
    process_put(p);
    return 0;
}

int proc_show_maps(struct text *t, const struct pseudo_context *c)
{
    return for_areas(c, false, add_line, t);
}

int proc_show_smaps(struct text *t, const struct pseudo_context *c)
{
    return for_areas(c, true, add_detail, t);
}

int proc_show_smaps_rollup(struct text *t, const struct pseudo_context *c)
{
    struct vm_area_info sum = {0};
    int r = for_areas(c, true, add_sum, &sum);

    text_add(t, "%08llx-%08llx ---p 00000000 00:00 0                          [rollup]\n", (unsigned long long)sum.start,
             (unsigned long long)sum.end);
    add_counts(t, &sum, 0);
    return r;
}

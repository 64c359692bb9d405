// SPDX-License-Identifier: BSD-3-Clause
// Maps the segments of a checked ELF plan.
#include "arch/uaccess.h"
#include "base/compiler.h"
#include "device/class.h"
#include "file/file.h"
#include "loader/exec.h"
#include "mem/kalloc.h"
#include "vfs/inode.h"
#include "vm/object.h"
#include "vm/space.h"
#include <errno.h>
#include <sys/mman.h>

/*
 * Theory. A position-independent image first reserves its whole span with one inaccessible mapping, so that its segments keep their
 * distances; then each segment replaces its part: file pages privately, the rest of its memory anonymously. The tail of the
 * last file page beyond the file bytes is zeroed through the mapping (a copy-on-write fault), as programs rely on for .bss.
 * Programs (not interpreters) go into a region of their own, so that brk has room to grow.
 */

static const vaddr_t pie_base = 0x555555554000ull;
static const uint64_t pie_random_pages = 1ull << 28; /* 40 bits of address, 28 of entropy */

int loader_read_plan(struct file *f, struct elf_plan *plan, const char **why)
{
    Elf64_Ehdr h;
    int64_t file_bytes = f->inode ? f->inode->size : 0;
    long n = file_read_kernel(f, &h, sizeof h, 0);
    if (n < 0)
        return (int)n;
    int err = elf_check_header(&h, n < (long)sizeof h ? 0 : (uint64_t)file_bytes, why);
    if (err)
        return err;
    size_t bytes = h.e_phnum * sizeof(Elf64_Phdr);
    Elf64_Phdr *phdrs = kmalloc(bytes);
    if (phdrs == NULL)
        return -ENOMEM;
    n = file_read_kernel(f, phdrs, bytes, (int64_t)h.e_phoff);
    if (n == (long)bytes)
        err = elf_plan_build(&h, phdrs, (uint64_t)file_bytes, plan, why);
    else
        err = n < 0 ? (int)n : -EIO;
    kfree(phdrs);
    return err;
}

static long map_anonymous(struct address_space *as, vaddr_t addr, size_t length, int prot, int flags)
{
    const struct vm_map_request r = {
        .addr = addr, .length = length, .prot = prot, .flags = MAP_PRIVATE | MAP_ANONYMOUS | flags};
    return vm_map(as, &r);
}

static int map_file_part(struct address_space *as, struct file *f, const struct elf_load *l, vaddr_t bias)
{
    vaddr_t start = (bias + l->vaddr) & ~0xfffull;
    uint64_t skew = l->vaddr & 0xfff;
    struct vm_object *object;
    int flags = MAP_PRIVATE | MAP_FIXED;
    int err = f->ops->mmap(f, l->prot, flags, (int64_t)(l->file_offset - skew), l->file_bytes + skew, &object);
    if (err)
        return err;
    const struct vm_map_request r = {.addr = start,
                                     .length = ALIGN_UP(l->file_bytes + skew, 4096),
                                     .prot = l->prot,
                                     .flags = flags,
                                     .object = object,
                                     .offset = l->file_offset - skew,
                                     .file = f};
    long at = vm_map(as, &r);
    vm_object_put(object);
    return at < 0 ? (int)at : 0;
}

/* The page that holds both the end of the file part and the start of .bss. */
static int zero_tail(struct address_space *as, const struct elf_load *l, vaddr_t bias)
{
    vaddr_t from = bias + l->vaddr + l->file_bytes;
    vaddr_t to = ALIGN_UP(from, 4096);
    if (from == to || l->file_bytes == 0 || l->mem_bytes == l->file_bytes)
        return 0;
    if (l->prot & PROT_WRITE)
        return clear_user((void *)from, to - from);
    int err = vm_protect(as, from & ~0xfffull, 4096, l->prot | PROT_WRITE);
    if (!err)
        err = clear_user((void *)from, to - from);
    if (!err)
        err = vm_protect(as, from & ~0xfffull, 4096, l->prot);
    return err;
}

static int map_load(struct address_space *as, struct file *f, const struct elf_load *l, vaddr_t bias)
{
    int err = 0;
    if (l->file_bytes != 0)
        err = map_file_part(as, f, l, bias);
    if (!err)
        err = zero_tail(as, l, bias);
    if (err)
        return err;
    vaddr_t anon_start = l->file_bytes ? ALIGN_UP(bias + l->vaddr + l->file_bytes, 4096) : (bias + l->vaddr) & ~0xfffull;
    vaddr_t anon_end = ALIGN_UP(bias + l->vaddr + l->mem_bytes, 4096);
    if (anon_end <= anon_start)
        return 0;
    long at = map_anonymous(as, anon_start, anon_end - anon_start, l->prot, MAP_FIXED);
    return at < 0 ? (int)at : 0;
}

/* Finds room for a position-independent image; the span stays reserved. */
static long reserve_span(struct address_space *as, const struct elf_plan *plan, size_t span)
{
    if (plan->interp_bytes == 0 && plan->align <= 4096) /* an interpreter, or a program without one: anywhere will do */
        return map_anonymous(as, 0, span, PROT_NONE, MAP_NORESERVE);
    uint64_t random = 0;
    if (vm_randomizes(as))
        random_bytes(&random, sizeof random);
    vaddr_t at = ALIGN_UP(pie_base + (random % pie_random_pages) * 4096, plan->align);
    long got = map_anonymous(as, at, span, PROT_NONE, MAP_NORESERVE | MAP_FIXED_NOREPLACE);
    if (got != -EEXIST)
        return got;
    got = map_anonymous(as, 0, span + plan->align, PROT_NONE, MAP_NORESERVE);
    if (got < 0)
        return got;
    vaddr_t aligned = ALIGN_UP((vaddr_t)got, plan->align);
    if (aligned > (vaddr_t)got)
        vm_unmap(as, (vaddr_t)got, aligned - (vaddr_t)got);
    if (aligned + span < (vaddr_t)got + span + plan->align)
        vm_unmap(as, aligned + span, (vaddr_t)got + plan->align - aligned);
    return (long)aligned;
}

int loader_map_image(struct address_space *as, struct file *f, const struct elf_plan *plan, struct loaded_image *out)
{
    if (f->ops->mmap == NULL)
        return -EACCES;
    size_t span = plan->high - plan->low;
    long base;
    if (plan->fixed)
        base = map_anonymous(as, plan->low, span, PROT_NONE, MAP_NORESERVE | MAP_FIXED_NOREPLACE);
    else
        base = reserve_span(as, plan, span);
    if (base < 0)
        return (int)base;
    vaddr_t bias = (vaddr_t)base - plan->low;
    for (unsigned i = 0; i < plan->n_loads; i++) {
        int err = map_load(as, f, &plan->loads[i], bias);
        if (err) {
            vm_unmap(as, (vaddr_t)base, span);
            return err;
        }
    }
    *out = (struct loaded_image){
        .bias = bias,
        .entry = bias + plan->entry,
        .phdrs = plan->phdr_vaddr ? bias + plan->phdr_vaddr : 0,
        .n_phdrs = plan->n_phdrs,
        .end = bias + plan->high,
    };
    return 0;
}

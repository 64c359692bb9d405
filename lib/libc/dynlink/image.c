// SPDX-License-Identifier: BSD-3-Clause
// Maps one ELF file and reads what its program headers say.
#include "dynlink.h"

#include "loader/elf_plan.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map_load(int fd, const struct elf_load *l, uintptr_t bias)
{
    uintptr_t from = bias + l->vaddr, start = from & ~4095ul, skew = from - start;
    uintptr_t file_end = from + l->file_bytes, mapped = (file_end + 4095) & ~4095ul,
              end = (from + l->mem_bytes + 4095) & ~4095ul;

    if (l->file_bytes) {
        if (mmap((void *)start, l->file_bytes + skew, l->prot, MAP_PRIVATE | MAP_FIXED, fd,
                 (off_t)(l->file_offset - skew)) == MAP_FAILED)
            return -1;
    } else {
        mapped = start;
    }
    if (l->file_bytes && l->mem_bytes > l->file_bytes && file_end < mapped) {
        bool writable = l->prot & PROT_WRITE;
        if (!writable && mprotect((void *)(mapped - 4096), 4096, l->prot | PROT_WRITE))
            return -1;
        memset((void *)file_end, 0, mapped - file_end);
        if (!writable && mprotect((void *)(mapped - 4096), 4096, l->prot))
            return -1;
    }
    if (end > mapped && mmap((void *)mapped, end - mapped, l->prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                             -1, 0) == MAP_FAILED)
        return -1;
    return 0;
}

/* Reserves the span of the object at its alignment. */
static uintptr_t reserve(const struct elf_plan *plan)
{
    size_t span = plan->high - plan->low, extra = plan->align > 4096 ? plan->align : 0;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

    if (plan->fixed) {
        void *at = mmap((void *)plan->low, span, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
        return at == MAP_FAILED ? 0 : (uintptr_t)at;
    }
    void *at = mmap(NULL, span + extra, PROT_NONE, flags, -1, 0);
    if (at == MAP_FAILED)
        return 0;
    uintptr_t start = (uintptr_t)at, aligned = (start + plan->align - 1) & ~(plan->align - 1);
    if (aligned > start)
        munmap(at, aligned - start);
    if (start + span + extra > aligned + span)
        munmap((void *)(aligned + span), start + extra - aligned);
    return aligned;
}

static int map_all(struct dl_object *o, int fd, const struct elf_plan *plan)
{
    o->start = reserve(plan);
    if (!o->start)
        return dl_fail("%s: no room in the address space for it (%s)", o->path, strerror(errno));
    o->end = o->start + (plan->high - plan->low);
    o->t.bias = o->start - plan->low;
    o->entry = o->t.bias + plan->entry;
    for (unsigned i = 0; i < plan->n_loads; i++) {
        const struct elf_load *l = &plan->loads[i];
        if (map_load(fd, l, o->t.bias))
            return dl_fail("%s: cannot be mapped (%s)", o->path, strerror(errno));
        o->t.segments[o->t.n_segments++] = (struct dl_segment){l->vaddr, l->vaddr + l->mem_bytes, l->prot};
    }
    return 0;
}

static int read_tls(struct dl_object *o, const Elf64_Phdr *p)
{
    if (!p->p_memsz)
        return 0;
    if (p->p_filesz > p->p_memsz || (p->p_align & (p->p_align - 1)) || p->p_align > 4096 ||
        p->p_memsz > 1u << 30 || (p->p_filesz && !dl_tables_at(&o->t, p->p_vaddr, p->p_filesz)))
        return dl_fail("%s: its thread-local storage has an impossible size or lies outside its segments",
                       o->path);
    o->tls_image = (void *)(o->t.bias + p->p_vaddr);
    o->tls_file_bytes = p->p_filesz;
    o->tls_bytes = p->p_memsz;
    o->tls_align = p->p_align ? p->p_align : 1;
    return 0;
}

static int read_headers(struct dl_object *o)
{
    const char *why = NULL;
    const Elf64_Phdr *dynamic = NULL;
    int err = 0;

    for (unsigned i = 0; i < o->n_phdrs && !err; i++) {
        const Elf64_Phdr *p = &o->phdrs[i];
        if (p->p_type == PT_DYNAMIC)
            dynamic = p;
        else if (p->p_type == PT_TLS)
            err = read_tls(o, p);
        else if (p->p_type == PT_GNU_STACK)
            o->wants_exec_stack = p->p_flags & PF_X;
        else if (p->p_type == PT_GNU_RELRO && p->p_memsz && dl_tables_at(&o->t, p->p_vaddr, 1)) {
            o->relro_start = (o->t.bias + p->p_vaddr) & ~4095ul;
            o->relro_end = (o->t.bias + p->p_vaddr + p->p_memsz) & ~4095ul;
            if (p->p_memsz > o->end - o->t.bias - p->p_vaddr)
                err = dl_fail("%s: its read-only part lies outside its segments", o->path);
        }
    }
    if (err)
        return err;
    if (!dynamic)
        return dl_fail("%s: no dynamic section: it is a static program", o->path);
    if (dl_tables_read(&o->t, dynamic->p_vaddr, dynamic->p_memsz, &why) ||
        dl_tables_versions_read(&o->t, &why))
        return dl_fail("%s: %s", o->path, why);
    o->map.l_ld = (ElfW(Dyn) *)(o->t.bias + dynamic->p_vaddr);
    return 0;
}

static int open_image(struct dl_object *o, int fd, off_t file_bytes)
{
    Elf64_Ehdr h;
    static struct elf_plan plan; /* large; under the lock */
    const char *why = "it is too short";
    bool whole = pread(fd, &h, sizeof h, 0) == sizeof h;

    if (!whole || elf_check_header(&h, (uint64_t)file_bytes, &why))
        return dl_fail("%s: %s", o->path, whole ? why : "not an ELF file");
    size_t bytes = h.e_phnum * sizeof(Elf64_Phdr);
    o->phdr_copy = malloc(bytes);
    if (!o->phdr_copy || pread(fd, o->phdr_copy, bytes, (off_t)h.e_phoff) != (ssize_t)bytes)
        return dl_fail("%s: its program headers cannot be read", o->path);
    if (elf_plan_build(&h, o->phdr_copy, (uint64_t)file_bytes, &plan, &why))
        return dl_fail("%s: %s", o->path, why);
    if (map_all(o, fd, &plan))
        return -1;
    o->n_phdrs = h.e_phnum;
    o->phdrs = plan.phdr_vaddr ? dl_tables_at(&o->t, plan.phdr_vaddr, bytes) : NULL;
    if (!o->phdrs || memcmp(o->phdrs, o->phdr_copy, bytes) != 0)
        o->phdrs = o->phdr_copy;
    return read_headers(o);
}

struct dl_object *dl_image_open(const char *path, const struct stat *st, int fd)
{
    struct dl_object *o = calloc(1, sizeof *o);
    char *path_copy = strdup(path), *directory = strdup(path);
    char *slash = directory ? strrchr(directory, '/') : NULL;

    if (!o || !path_copy || !directory) {
        dl_fail("%s: out of memory", path);
        free(o);
        free(path_copy);
        free(directory);
        return NULL;
    }
    if (slash)
        slash[slash == directory] = '\0';
    o->path = path_copy;
    o->directory = directory;
    o->device = st->st_dev;
    o->inode = st->st_ino;
    if (open_image(o, fd, st->st_size)) {
        dl_image_close(o);
        return NULL;
    }
    o->map.l_addr = o->t.bias;
    o->map.l_name = o->path;
    return o;
}

void dl_image_close(struct dl_object *o)
{
    if (o->start)
        munmap((void *)o->start, o->end - o->start);
    dl_tables_fini(&o->t);
    free(o->phdr_copy);
    free(o->needed);
    free(o->scope);
    free(o->path);
    free(o->directory);
    free(o);
}

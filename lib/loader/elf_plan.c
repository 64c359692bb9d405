// SPDX-License-Identifier: BSD-3-Clause
// Checks an ELF program's headers and turns them into a plan.
#include "loader/elf_plan.h"

#include "base/string.h"
#include <errno.h>
#include <sys/mman.h>

/*
 * Theory. Everything in the file is hostile. The header is checked first, then each program header on its own, then the list as a
 * whole (ascending, not overlapping), always with arithmetic that cannot wrap: a length is compared with what is left, never
 * added first. What comes out can be mapped without another look at the file.
 */

#if defined(__x86_64__)
static const uint16_t native_machine = EM_X86_64;
#else
static const uint16_t native_machine = EM_AARCH64;
#endif

static int refuse(const char **why, const char *text)
{
    *why = text;
    return -ENOEXEC;
}

int elf_check_header(const Elf64_Ehdr *h, uint64_t file_bytes, const char **why)
{
    if (file_bytes < sizeof *h || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
        return refuse(why, "not an ELF file");
    if (h->e_ident[EI_CLASS] != ELFCLASS64)
        return refuse(why, "a 32-bit program; only 64-bit programs can run");
    if (h->e_ident[EI_DATA] != ELFDATA2LSB)
        return refuse(why, "a big-endian program");
    if (h->e_machine != native_machine)
        return refuse(why, "built for another processor");
    if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
        return refuse(why, "not an executable (an object file or a core dump?)");
    if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == 0 || h->e_phnum > ELF_MAX_PHDRS)
        return refuse(why, "its program header table has an impossible size");
    uint64_t table_bytes = (uint64_t)h->e_phnum * sizeof(Elf64_Phdr);
    if (h->e_phoff > file_bytes || table_bytes > file_bytes - h->e_phoff)
        return refuse(why, "its program header table lies beyond the end of the file (truncated?)");
    return 0;
}

static int phdr_prot(uint32_t flags)
{
    return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) | (flags & PF_X ? PROT_EXEC : 0);
}

static int check_load(const Elf64_Phdr *p, uint64_t file_bytes, const char **why)
{
    if (p->p_filesz > p->p_memsz)
        return refuse(why, "a segment is larger in the file than in memory");
    if (p->p_filesz != 0 && (p->p_offset > file_bytes || p->p_filesz > file_bytes - p->p_offset))
        return refuse(why, "a segment ends beyond the end of the file (truncated?)");
    if (p->p_vaddr >= ELF_USER_END || p->p_memsz > ELF_USER_END - p->p_vaddr)
        return refuse(why, "a segment lies outside the address space of programs");
    if ((p->p_vaddr ^ p->p_offset) & 0xfff)
        return refuse(why, "a segment's address and file offset differ modulo the page size");
    if (p->p_align > 1 && (p->p_align & (p->p_align - 1)))
        return refuse(why, "a segment's alignment is not a power of two");
    return 0;
}

static int add_load(struct elf_plan *plan, const Elf64_Phdr *p, uint64_t file_bytes, const char **why)
{
    int err = check_load(p, file_bytes, why);
    if (err)
        return err;
    if (p->p_memsz == 0)
        return 0;
    if (plan->n_loads == ELF_MAX_LOADS)
        return refuse(why, "it has too many segments");
    vaddr_t start = p->p_vaddr & ~0xfffull;
    vaddr_t end = (p->p_vaddr + p->p_memsz + 0xfff) & ~0xfffull;
    if (plan->n_loads > 0) {
        const struct elf_load *last = &plan->loads[plan->n_loads - 1];
        if (p->p_vaddr < last->vaddr + last->mem_bytes)
            return refuse(why, "its segments overlap or are not in ascending order");
    } else {
        plan->low = start;
    }
    plan->high = end;
    if (p->p_align > plan->align && p->p_align <= (1ull << 30))
        plan->align = p->p_align;
    plan->loads[plan->n_loads++] = (struct elf_load){
        .vaddr = p->p_vaddr,
        .file_offset = p->p_offset,
        .file_bytes = p->p_filesz,
        .mem_bytes = p->p_memsz,
        .prot = phdr_prot(p->p_flags),
    };
    return 0;
}

static int add_interp(struct elf_plan *plan, const Elf64_Phdr *p, uint64_t file_bytes, const char **why)
{
    if (plan->interp_bytes != 0)
        return refuse(why, "it names two interpreters");
    if (p->p_filesz < 2 || p->p_filesz > 4096)
        return refuse(why, "its interpreter's name has an impossible length");
    if (p->p_offset > file_bytes || p->p_filesz > file_bytes - p->p_offset)
        return refuse(why, "its interpreter's name lies beyond the end of the file (truncated?)");
    plan->interp_offset = p->p_offset;
    plan->interp_bytes = p->p_filesz;
    return 0;
}

/* AT_PHDR: PT_PHDR says it, else the load that holds the table in the file. */
static void locate_phdrs(struct elf_plan *plan, const Elf64_Ehdr *h, const Elf64_Phdr *phdrs)
{
    for (unsigned i = 0; i < h->e_phnum; i++) {
        if (phdrs[i].p_type == PT_PHDR && phdrs[i].p_vaddr < ELF_USER_END) {
            plan->phdr_vaddr = phdrs[i].p_vaddr;
            return;
        }
    }
    for (unsigned i = 0; i < plan->n_loads; i++) {
        const struct elf_load *l = &plan->loads[i];
        if (h->e_phoff >= l->file_offset && h->e_phoff - l->file_offset < l->file_bytes) {
            plan->phdr_vaddr = l->vaddr + (h->e_phoff - l->file_offset);
            return;
        }
    }
}

int elf_plan_build(const Elf64_Ehdr *h, const Elf64_Phdr *phdrs, uint64_t file_bytes, struct elf_plan *plan,
                   const char **why)
{
    struct elf_plan draft = {.fixed = h->e_type == ET_EXEC, .entry = h->e_entry, .align = 4096, .n_phdrs = h->e_phnum};
    for (unsigned i = 0; i < h->e_phnum; i++) {
        const Elf64_Phdr *p = &phdrs[i];
        int err = 0;
        if (p->p_type == PT_LOAD)
            err = add_load(&draft, p, file_bytes, why);
        else if (p->p_type == PT_INTERP)
            err = add_interp(&draft, p, file_bytes, why);
        else if (p->p_type == PT_GNU_STACK)
            draft.stack_executable = (p->p_flags & PF_X) != 0;
        if (err)
            return err;
    }
    if (draft.n_loads == 0)
        return refuse(why, "it has nothing to load");
    if (draft.fixed && draft.low < 4096)
        return refuse(why, "it wants to lie at address 0, which stays unmapped");
    locate_phdrs(&draft, h, phdrs);
    *plan = draft;
    return 0;
}

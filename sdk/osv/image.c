// SPDX-License-Identifier: BSD-3-Clause
// What an ELF file says about itself: OSv image, Linux program, or neither; every offset is checked first.
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XEN_ELFNOTE_PHYS32_ENTRY 18 /* Xen public/elfnote.h */

const char *image_machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "i386";
    case EM_X86_64:
        return "x86-64";
    case EM_ARM:
        return "arm";
    case EM_AARCH64:
        return "aarch64";
    case EM_PPC64:
        return "ppc64";
    case EM_RISCV:
        return "riscv";
    case EM_S390:
        return "s390x";
    }
    return "an unknown machine";
}

static bool check_file(struct image *image, struct text *why)
{
    struct stat st;
    image->fd = open(image->path, O_RDONLY | O_CLOEXEC);
    if (image->fd < 0 || fstat(image->fd, &st) != 0) {
        text_printf(why, "cannot read '%s' (%s); check the path and its permissions", image->path, strerror(errno));
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        text_printf(why, "'%s' is not a regular file; name an ELF file", image->path);
        return false;
    }
    image->file_bytes = (uint64_t)st.st_size;
    return true;
}

/* libelf is lenient about short files, so the first 64 bytes are judged by hand. */
static bool check_ident(struct image *image, struct text *why)
{
    unsigned char ident[sizeof(Elf64_Ehdr)];
    ssize_t got = pread(image->fd, ident, sizeof(ident), 0);
    if (got < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0)
        text_printf(why, "'%s' is not an ELF file; build it with osv-cc, or name a Linux program", image->path);
    else if (got < (ssize_t)sizeof(ident))
        text_printf(why, "'%s' is a truncated ELF file (%zd bytes); build or copy it again", image->path, got);
    else if (ident[EI_CLASS] != ELFCLASS64)
        text_printf(why, "'%s' is a 32-bit ELF file; only 64-bit x86-64 is supported, rebuild without -m32", image->path);
    else if (ident[EI_DATA] != ELFDATA2LSB)
        text_printf(why, "'%s' is a big-endian ELF file; rebuild it for x86-64", image->path);
    else
        return true;
    return false;
}

static bool in_file(const struct image *image, uint64_t offset, uint64_t bytes)
{
    return offset <= image->file_bytes && bytes <= image->file_bytes - offset;
}

static bool read_header(struct image *image, struct text *why)
{
    elf_version(EV_CURRENT);
    image->elf = elf_begin(image->fd, ELF_C_READ, NULL);
    if (!image->elf || elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, &image->header)) {
        text_printf(why, "'%s' has a broken ELF header (%s); build or copy it again", image->path, elf_errmsg(-1));
        return false;
    }
    const GElf_Ehdr *h = &image->header;
    if (h->e_machine != EM_X86_64) {
        text_printf(why, "'%s' is for %s (e_machine %u), but this SDK runs x86-64; rebuild it for x86-64", image->path,
                    image_machine_name(h->e_machine), h->e_machine);
        return false;
    }
    if (h->e_phnum && (h->e_phentsize != sizeof(Elf64_Phdr) ||
                       !in_file(image, h->e_phoff, (uint64_t)h->e_phnum * sizeof(Elf64_Phdr)))) {
        text_printf(why, "'%s' is broken: its program headers lie outside the file; build or copy it again", image->path);
        return false;
    }
    return true;
}

static bool check_load(struct image *image, const GElf_Phdr *segment, size_t index, struct text *why)
{
    uint64_t end;
    const char *problem = NULL;
    if (!in_file(image, segment->p_offset, segment->p_filesz))
        problem = "lies outside the file (truncated copy?)";
    else if (segment->p_filesz > segment->p_memsz)
        problem = "has more bytes in the file than in memory";
    else if (__builtin_add_overflow(segment->p_paddr, segment->p_memsz, &end))
        problem = "wraps around the address space";
    if (problem) {
        text_printf(why, "'%s' is broken: segment %zu %s; build or copy it again", image->path, index, problem);
        return false;
    }
    if (segment->p_memsz && end > image->load_end)
        image->load_end = end;
    if ((segment->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
        image->has_writable_code = true;
    return true;
}

static bool read_interpreter(struct image *image, const GElf_Phdr *segment, struct text *why)
{
    char *name = NULL;
    if (segment->p_filesz > 1 && segment->p_filesz <= 4096 && in_file(image, segment->p_offset, segment->p_filesz)) {
        name = memory_allocate(segment->p_filesz + 1);
        if (pread(image->fd, name, segment->p_filesz, (off_t)segment->p_offset) != (ssize_t)segment->p_filesz ||
            name[0] != '/') {
            free(name);
            name = NULL;
        }
    }
    if (!name)
        text_printf(why, "'%s' is broken: its PT_INTERP is no absolute path; build or copy it again", image->path);
    free(image->interpreter);
    image->interpreter = name;
    return name != NULL;
}

static void read_note(struct image *image, const GElf_Nhdr *note, const char *name, const void *descriptor)
{
    if (note->n_namesz == 4 && memcmp(name, "Xen", 4) == 0 && note->n_type == XEN_ELFNOTE_PHYS32_ENTRY)
        image->has_pvh = true;
    if (note->n_namesz == 4 && memcmp(name, OSV_ABI_NOTE_NAME, 4) == 0 && note->n_type == OSV_ABI_NOTE_TYPE &&
        note->n_descsz >= sizeof(image->abi)) {
        memcpy(&image->abi, descriptor, sizeof(image->abi));
        image->kind = IMAGE_OSV;
    }
}

static void read_notes(struct image *image, const GElf_Phdr *segment)
{
    if (!in_file(image, segment->p_offset, segment->p_filesz))
        return;
    Elf_Data *data = elf_getdata_rawchunk(image->elf, (int64_t)segment->p_offset, segment->p_filesz,
                                          segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    GElf_Nhdr note;
    size_t offset = 0, name, descriptor;
    while (data && (offset = gelf_getnote(data, offset, &note, &name, &descriptor)) > 0)
        read_note(image, &note, (const char *)data->d_buf + name, (const char *)data->d_buf + descriptor);
}

static bool read_segment(struct image *image, const GElf_Phdr *segment, size_t index, struct text *why)
{
    switch (segment->p_type) {
    case PT_LOAD:
        return check_load(image, segment, index, why);
    case PT_INTERP:
        return read_interpreter(image, segment, why);
    case PT_NOTE:
        read_notes(image, segment);
        return true;
    case PT_DYNAMIC:
        image->is_dynamic = true;
        return true;
    case PT_GNU_STACK:
        image->has_writable_code |= (segment->p_flags & PF_X) != 0;
        return true;
    }
    return true;
}

/* DF_1_PIE in DT_FLAGS_1 tells a static PIE from a shared library. */
static bool is_static_pie(const struct image *image)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(image, ".dynamic", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Dyn entry;
    for (int i = 0; data && gelf_getdyn(data, i, &entry); i++)
        if (entry.d_tag == DT_FLAGS_1)
            return (entry.d_un.d_val & DF_1_PIE) != 0;
    return false;
}

static void classify(struct image *image)
{
    if (image->kind == IMAGE_OSV)
        return;
    if (image->header.e_type != ET_EXEC && image->header.e_type != ET_DYN)
        image->kind = IMAGE_OBJECT;
    else if (image->has_pvh)
        image->kind = IMAGE_BARE;
    else if (image->header.e_type == ET_EXEC || image->interpreter || is_static_pie(image))
        image->kind = IMAGE_PROGRAM;
    else
        image->kind = IMAGE_LIBRARY;
}

static bool read_segments(struct image *image, struct text *why)
{
    size_t count = 0, loads = 0;
    if (elf_getphdrnum(image->elf, &count) != 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(image->elf, (int)i, &segment)) {
            text_printf(why, "'%s' is broken: program header %zu is unreadable; build or copy it again", image->path, i);
            return false;
        }
        loads += segment.p_type == PT_LOAD;
        if (!read_segment(image, &segment, i, why))
            return false;
    }
    if (loads == 0 && (image->header.e_type == ET_EXEC || image->header.e_type == ET_DYN)) {
        text_printf(why, "'%s' has no loadable segment; link it again", image->path);
        return false;
    }
    return true;
}

bool image_open(struct image *image, const char *path, struct text *why)
{
    *image = (struct image){.path = string_copy(path), .fd = -1, .kind = IMAGE_OBJECT};
    if (!check_file(image, why) || !check_ident(image, why) || !read_header(image, why) || !read_segments(image, why)) {
        image_close(image);
        return false;
    }
    classify(image);
    return true;
}

void image_close(struct image *image)
{
    if (image->elf)
        elf_end(image->elf);
    if (image->fd >= 0)
        close(image->fd);
    free(image->interpreter);
    free(image->path);
    *image = (struct image){.fd = -1};
}

Elf_Scn *image_section(const struct image *image, const char *name, GElf_Shdr *header)
{
    size_t strings;
    GElf_Shdr local;
    if (!header)
        header = &local;
    if (elf_getshdrstrndx(image->elf, &strings) != 0)
        return NULL;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(image->elf, section));) {
        if (!gelf_getshdr(section, header))
            continue;
        const char *found = elf_strptr(image->elf, strings, header->sh_name);
        if (found && strcmp(found, name) == 0)
            return section;
    }
    return NULL;
}

bool image_symbol_exists(const struct image *image, const char *name, bool *has_symbols)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(image, ".symtab", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (has_symbols)
        *has_symbols = data != NULL;
    GElf_Sym symbol;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        const char *found = symbol.st_shndx == SHN_UNDEF ? NULL : elf_strptr(image->elf, header.sh_link, symbol.st_name);
        if (found && strcmp(found, name) == 0)
            return true;
    }
    return false;
}

// SPDX-License-Identifier: BSD-3-Clause
// What a dynamic ELF file asks for: needed libraries, search paths, its own name.
#include "elf_needs.h"

#include <stdlib.h>
#include <string.h>

struct dynamic {
    const struct image *image;
    Elf_Data *entries;
    const char *strings;
    size_t string_bytes;
};

/* The bytes that the loader would put at @address, from the file. */
static Elf_Data *data_at(const struct image *image, uint64_t address, uint64_t bytes, Elf_Type type)
{
    size_t count = 0;
    if (elf_getphdrnum(image->elf, &count) != 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(image->elf, (int)i, &segment) || segment.p_type != PT_LOAD)
            continue;
        uint64_t within = address - segment.p_vaddr;
        if (address >= segment.p_vaddr && within < segment.p_filesz && bytes <= segment.p_filesz - within)
            return elf_getdata_rawchunk(image->elf, (int64_t)(segment.p_offset + within), bytes, type);
    }
    return NULL;
}

static bool open_dynamic(struct dynamic *dynamic, const struct image *image)
{
    size_t count = 0;
    uint64_t strings = 0, string_bytes = 0;
    *dynamic = (struct dynamic){.image = image};
    if (elf_getphdrnum(image->elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count && !dynamic->entries; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(image->elf, (int)i, &segment) && segment.p_type == PT_DYNAMIC &&
            segment.p_filesz <= image->file_bytes)
            dynamic->entries = elf_getdata_rawchunk(image->elf, (int64_t)segment.p_offset, segment.p_filesz, ELF_T_DYN);
    }
    GElf_Dyn entry;
    for (int i = 0; dynamic->entries && gelf_getdyn(dynamic->entries, i, &entry) && entry.d_tag != DT_NULL; i++) {
        if (entry.d_tag == DT_STRTAB)
            strings = entry.d_un.d_ptr;
        if (entry.d_tag == DT_STRSZ)
            string_bytes = entry.d_un.d_val;
    }
    Elf_Data *data = string_bytes ? data_at(image, strings, string_bytes, ELF_T_BYTE) : NULL;
    if (!data || ((char *)data->d_buf)[string_bytes - 1] != '\0')
        return false;
    dynamic->strings = data->d_buf;
    dynamic->string_bytes = string_bytes;
    return true;
}

static void split_path(struct words *words, const char *path)
{
    while (*path) {
        size_t length = strcspn(path, ":");
        if (length)
            words_addf(words, "%.*s", (int)length, path);
        path += length;
        path += *path == ':';
    }
}

void elf_needs_read(struct elf_needs *needs, const struct image *image)
{
    struct dynamic dynamic;
    GElf_Dyn entry;
    *needs = (struct elf_needs){0};
    if (!open_dynamic(&dynamic, image))
        return;
    for (int i = 0; gelf_getdyn(dynamic.entries, i, &entry) && entry.d_tag != DT_NULL; i++) {
        const char *string = entry.d_un.d_val < dynamic.string_bytes ? dynamic.strings + entry.d_un.d_val : "";
        if (entry.d_tag == DT_NEEDED && *string)
            words_add(&needs->needed, string);
        else if (entry.d_tag == DT_RPATH)
            split_path(&needs->rpath, string);
        else if (entry.d_tag == DT_RUNPATH)
            split_path(&needs->runpath, string);
        else if (entry.d_tag == DT_SONAME && !needs->soname)
            needs->soname = string_copy(string);
    }
    if (needs->runpath.count)
        words_fini(&needs->rpath); /* gABI: DT_RPATH is ignored beside DT_RUNPATH */
}

void elf_needs_fini(struct elf_needs *needs)
{
    words_fini(&needs->needed);
    words_fini(&needs->rpath);
    words_fini(&needs->runpath);
    free(needs->soname);
}

// SPDX-License-Identifier: BSD-3-Clause
// What an ELF file says about itself: OSv image, Linux program, or neither; every offset is checked first.
#pragma once

#include "osv/abi.h"
#include "text.h"

#include <gelf.h>
#include <stdint.h>

enum image_kind {
    IMAGE_OSV,     /* carries the ABI note: boots by itself */
    IMAGE_BARE,    /* boots (PVH note) but carries no ABI note: not made by this SDK */
    IMAGE_PROGRAM, /* a Linux program, static or dynamic */
    IMAGE_LIBRARY, /* a shared library: no interpreter and no way to tell it from a static PIE but DF_1_PIE */
    IMAGE_OBJECT,  /* relocatable or core file: nothing to run */
};

struct image {
    char *path;
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    uint64_t file_bytes;
    enum image_kind kind;
    struct osv_abi_note abi; /* valid for IMAGE_OSV */
    bool has_pvh;
    bool is_dynamic;         /* has PT_DYNAMIC */
    char *interpreter;       /* PT_INTERP, or NULL */
    uint64_t load_end;       /* highest physical address that PT_LOAD segments need, exclusive */
    bool has_writable_code;  /* a segment is writable and executable, or the stack is executable */
};

/**
 * image_open - open @path and read its headers, segments and notes.
 * @why: gets cause and fix in one line on failure.
 *
 * Return: false if the file cannot be read, is no ELF64 little-endian file, or its tables lie outside the file.
 */
bool image_open(struct image *image, const char *path, struct text *why);
void image_close(struct image *image);

/** image_machine_name - "x86-64", "aarch64", ... for an e_machine value. */
const char *image_machine_name(unsigned machine);

/** image_section - find a section by name. Return: its data, or NULL; @header may be NULL. */
Elf_Scn *image_section(const struct image *image, const char *name, GElf_Shdr *header);

/** image_symbol_exists - whether .symtab defines @name; *@has_symbols tells if there is a symbol table at all. */
bool image_symbol_exists(const struct image *image, const char *name, bool *has_symbols);

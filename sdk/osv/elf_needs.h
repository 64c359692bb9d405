// SPDX-License-Identifier: BSD-3-Clause
// What a dynamic ELF file asks for: needed libraries, search paths, its own name.
#pragma once

#include "image.h"

struct elf_needs {
    struct words needed;  /* DT_NEEDED, in order */
    struct words rpath;   /* DT_RPATH, split, $ORIGIN not yet replaced; empty if there is a DT_RUNPATH */
    struct words runpath; /* DT_RUNPATH, likewise */
    char *soname;         /* or NULL */
};

/** elf_needs_read - from @image's PT_DYNAMIC (works on stripped files). A file without one needs nothing. */
void elf_needs_read(struct elf_needs *needs, const struct image *image);
void elf_needs_fini(struct elf_needs *needs);

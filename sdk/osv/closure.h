// SPDX-License-Identifier: BSD-3-Clause
// The shared libraries that a dynamic program needs, found as ld.so(8) would find them.
#pragma once

#include "guest_tree.h"

struct closure {
    struct guest_tree *tree;    /* where files are looked up and added */
    struct words default_dirs;  /* of the program's dynamic linker */
    struct words files;         /* guest paths of ELF files seen, without links */
    struct words missing;       /* "libx.so.1 (needed by /usr/bin/foo)" */
    bool is_musl;               /* the interpreter is musl's: libc is the interpreter itself */
};

/** closure_init - for programs whose PT_INTERP is @interpreter; reads ld.so.conf (or musl's path file) below the tree's root. */
void closure_init(struct closure *closure, struct guest_tree *tree, const char *interpreter);
void closure_fini(struct closure *closure);

/**
 * closure_add - add the ELF file at guest path @path with its interpreter and all libraries it needs, transitively.
 * @inherited: DT_RPATH directories of what loads it, or NULL.
 *
 * Return: false if @path cannot be found at all; missing libraries go to closure->missing.
 */
bool closure_add(struct closure *closure, const char *path, const struct words *inherited);

/** closure_find - where a library would be found for nobody in particular, or NULL. The caller frees it. */
char *closure_find(struct closure *closure, const char *name);

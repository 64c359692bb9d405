// SPDX-License-Identifier: BSD-3-Clause
// What the files of the built-in dynamic linker share: objects, scopes, and the steps from a file to running
// code.
#pragma once

#include "tables.h"

#include <link.h>
#include <sys/stat.h>

#define DL_HIDDEN __attribute__((visibility("hidden")))

/** struct dl_object - one loaded file, or the kernel image in the place of libc. All under the lock of
 * dlfcn.c. */
struct dl_object {
    struct link_map map;    /* what debuggers and dlinfo() see; first */
    struct dl_object *next; /* in the order of loading */
    struct dl_tables t;
    char *path, *directory;
    dev_t device;
    ino_t inode;
    uintptr_t start, end; /* memory; of the kernel image: all of it */
    uintptr_t entry;
    const Elf64_Phdr *phdrs; /* in memory, or a copy */
    unsigned n_phdrs;
    Elf64_Phdr *phdr_copy;

    const void *tls_image; /* in memory */
    size_t tls_file_bytes, tls_bytes, tls_align;
    size_t tls_module; /* 0: none */
    size_t tls_offset; /* static block: what is subtracted from the thread pointer; 0: dynamic */

    uintptr_t relro_start, relro_end;
    bool builtin, is_main, global, deep, relocated, initialising, initialised, keep, wants_exec_stack, marked;
    unsigned open_count;
    struct dl_object *loader;  /* whose DT_RPATH counts, too */
    struct dl_object **needed; /* direct ones, in order */
    unsigned n_needed;
    struct dl_object **scope; /* of the group it was loaded with, breadth first */
    unsigned n_scope;
};

/** struct dl_definition - where a reference leads: @symbol of @object, or the built-in @address. */
struct dl_definition {
    struct dl_object *object;
    const Elf64_Sym *symbol;
    uintptr_t address;
};

struct dl_export {
    uint32_t name, address, size, kind;
};
enum dl_export_kind { DL_EXPORT_FUNCTION, DL_EXPORT_DATA, DL_EXPORT_IFUNC };

DL_HIDDEN extern struct dl_object *dl_objects, **dl_globals;
DL_HIDDEN extern unsigned dl_n_globals;
DL_HIDDEN extern struct dl_object dl_libc;
DL_HIDDEN extern char dl_message[512];

/** dl_fail - keep a message for dlerror() or the start. Return: -1. */
DL_HIDDEN int dl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* exports.c */
DL_HIDDEN const struct dl_export *dl_export_find(const char *name);
DL_HIDDEN uintptr_t dl_export_address(const struct dl_export *e);
DL_HIDDEN const char *dl_export_name_at(uintptr_t address, uintptr_t *start);
/** dl_export_move - the program has its own copy of a variable of libc's at @address. */
DL_HIDDEN void dl_export_move(const char *name, void *address);
DL_HIDDEN bool dl_is_libc(const char *name);

/* image.c */
DL_HIDDEN struct dl_object *dl_image_open(const char *path, const struct stat *st, int fd);
DL_HIDDEN void dl_image_close(struct dl_object *o);

/* search.c */
DL_HIDDEN int dl_search(const char *name, const struct dl_object *for_whom, char *path, size_t size);
DL_HIDDEN void dl_search_init(const char *library_path);

/* load.c */
DL_HIDDEN struct dl_object *dl_load(const char *name, struct dl_object *loader);
DL_HIDDEN int dl_load_group(struct dl_object *root, struct dl_object ***group, unsigned *n);
DL_HIDDEN int dl_global_add(struct dl_object *o);
DL_HIDDEN void dl_remove(struct dl_object *o);

/* lookup.c */
DL_HIDDEN bool dl_lookup(struct dl_object *const *scope, unsigned n, const struct dl_reference *r,
                         const struct dl_object *skip, struct dl_definition *out);
/** dl_call_resolver - the address that an IFUNC resolver chooses. */
DL_HIDDEN uintptr_t dl_call_resolver(uintptr_t resolver);
DL_HIDDEN uintptr_t dl_definition_value(const struct dl_definition *d);

/* relocate.c */
DL_HIDDEN int dl_relocate(struct dl_object *o, bool now);
DL_HIDDEN int dl_protect(struct dl_object *o);
DL_HIDDEN uintptr_t dl_bind_slot(struct dl_object *o, uint64_t index);

/* tls.c */
DL_HIDDEN int dl_tls_add(struct dl_object *o, bool at_start);
DL_HIDDEN int dl_tls_make_static(struct dl_object *o);
DL_HIDDEN void dl_tls_publish(struct dl_object *o);
DL_HIDDEN void dl_tls_remove(struct dl_object *o);
DL_HIDDEN void *dl_tls_block(size_t module, bool allocate);
struct dl_tls_index {
    size_t module, offset;
};
DL_HIDDEN struct dl_tls_index *dl_tls_new_index(size_t module, size_t offset);
void *osv_dl_tls_get_addr(const struct dl_tls_index *index);
DL_HIDDEN extern const char dl_tlsdesc_static[], dl_tlsdesc_dynamic[], dl_tlsdesc_weak[], dl_bind_lazily[];

/* functions.c */
DL_HIDDEN void dl_run_constructors(struct dl_object *const *group, unsigned n);
DL_HIDDEN void dl_run_own_constructors(struct dl_object *o);
DL_HIDDEN void dl_run_destructors(struct dl_object *o);
DL_HIDDEN void dl_at_exit_init(void);

/* dlfcn.c */
DL_HIDDEN void dl_lock(void);
DL_HIDDEN void dl_unlock(void);
DL_HIDDEN struct dl_object *dl_object_at(const void *address);
DL_HIDDEN void dl_debug_state(bool changing);

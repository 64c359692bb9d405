// SPDX-License-Identifier: BSD-3-Clause
// The dynamic tables of one mapped ELF object, read with every bound checked; pure logic, also compiled for
// the fuzzer.
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DL_MAX_SEGMENTS 64
#define DL_MAX_VERSIONS 4096

/** struct dl_segment - addresses of the file that are mapped and readable. */
struct dl_segment {
    uint64_t start, end;
    int prot; /* PROT_* */
};

struct dl_version {
    const char *name; /* NULL: no such version */
    uint32_t hash;
    bool optional;    /* a reference: may be missing */
    const char *file; /* a reference: the library that has it; a definition: NULL */
};

struct dl_tables {
    uintptr_t bias; /* memory = address of the file + bias */
    unsigned n_segments;
    struct dl_segment segments[DL_MAX_SEGMENTS];

    const Elf64_Dyn *dynamic;
    size_t n_dynamic;
    const char *strings;
    uint64_t string_bytes;
    const Elf64_Sym *symbols;
    uint64_t n_symbols; /* what fits: up to the end of the segment */
    const Elf64_Half *versym;
    uint64_t n_versym;
    struct dl_version *versions; /* by index; allocated */
    unsigned n_versions;

    const uint64_t *bloom;
    uint32_t n_bloom, bloom_shift, gnu_first, n_gnu_buckets;
    const uint32_t *gnu_buckets, *gnu_chains;
    uint64_t n_gnu_chains;
    uint32_t n_sysv_buckets, n_sysv_chains;
    const uint32_t *sysv_buckets, *sysv_chains;

    const Elf64_Rela *rela, *plt_rela;
    uint64_t n_rela, n_plt_rela;
    const uint64_t *relr;
    uint64_t n_relr;
    const uint64_t *init_array, *fini_array, *preinit_array;
    uint64_t n_init, n_fini, n_preinit;
    uint64_t init, fini, got; /* addresses of the file; 0: none */
    uint64_t flags, flags_1;
    bool text_relocations, symbolic, has_runpath;
    const char *soname, *rpath, *runpath; /* NULL: none */
};

/** struct dl_reference - a name being looked up, with the version that is asked for. */
struct dl_reference {
    const char *name;
    size_t length;
    uint32_t gnu_hash, sysv_hash;
    const struct dl_version *version; /* NULL: the default one */
    bool takes_address;               /* a function of the program may be its PLT entry */
};

/**
 * dl_tables_read - check the dynamic section at @address (of the file, @bytes long) and find the tables it
 * names.
 * @t: bias and segments are set
 * @why: on failure a sentence without a full stop
 * Return: 0; -1. dl_tables_fini() afterwards in both cases.
 */
int dl_tables_read(struct dl_tables *t, uint64_t address, uint64_t bytes, const char **why);
void dl_tables_fini(struct dl_tables *t);

/** dl_tables_at - memory of @bytes at @address, or NULL if no segment holds them all. */
void *dl_tables_at(const struct dl_tables *t, uint64_t address, uint64_t bytes);

/** dl_tables_string - the string at @offset, or NULL if it is not terminated inside the table. */
const char *dl_tables_string(const struct dl_tables *t, uint64_t offset);

/** dl_tables_versions_read - the names of the versions that are defined and needed. Return: as
 * dl_tables_read(). */
int dl_tables_versions_read(struct dl_tables *t, const char **why);

/** dl_reference_init - hashes of @name. */
void dl_reference_init(struct dl_reference *r, const char *name, const struct dl_version *version);

/** dl_tables_version_of - the version that symbol @index asks for, or NULL. */
const struct dl_version *dl_tables_version_of(const struct dl_tables *t, uint64_t index);

/** dl_tables_find - the definition that answers @r, or NULL. */
const Elf64_Sym *dl_tables_find(const struct dl_tables *t, const struct dl_reference *r);

/** dl_tables_nearest - the defined symbol at or below @address, or NULL. */
const Elf64_Sym *dl_tables_nearest(const struct dl_tables *t, uint64_t address);

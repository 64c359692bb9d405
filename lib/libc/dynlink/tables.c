// SPDX-License-Identifier: BSD-3-Clause
// Finds and checks the tables that a dynamic section names.

/*
 * Theory. An object lies mapped, and what it says about itself may be anything. Every address that it names
 * is turned into a pointer by dl_tables_at(), which knows the segments; a table whose length is told must fit
 * as a whole, one whose length is not told (symbols, versions, hash chains) gets what is left of its segment
 * as its length. Numbers that later steps rely on are copied here, so a table that the object overwrites
 * while it is relocated cannot make a checked index wrong. Strings are compared within bounds for the same
 * reason.
 */

#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_DYNAMIC 4096
#define TAG_SEEN 40

static const struct dl_segment *segment_of(const struct dl_tables *t, uint64_t address)
{
    for (unsigned i = 0; i < t->n_segments; i++)
        if (address >= t->segments[i].start && address < t->segments[i].end)
            return &t->segments[i];
    return NULL;
}

void *dl_tables_at(const struct dl_tables *t, uint64_t address, uint64_t bytes)
{
    const struct dl_segment *s = segment_of(t, address);

    if (!s || !(s->prot & PROT_READ) || bytes > s->end - address)
        return NULL;
    return (void *)(t->bias + (uintptr_t)address);
}

/* How many items of @size lie between @address and the end of its segment. */
static uint64_t room_at(const struct dl_tables *t, uint64_t address, uint64_t size)
{
    const struct dl_segment *s = segment_of(t, address);
    return s && (s->prot & PROT_READ) ? (s->end - address) / size : 0;
}

const char *dl_tables_string(const struct dl_tables *t, uint64_t offset)
{
    if (offset >= t->string_bytes)
        return NULL;
    const char *s = t->strings + offset;
    return memchr(s, 0, t->string_bytes - offset) ? s : NULL;
}

static int refuse(const char **why, const char *text)
{
    *why = text;
    return -1;
}

/* The values of the tags below TAG_SEEN, and of the few above that matter. */
struct values {
    uint64_t v[TAG_SEEN];
    bool seen[TAG_SEEN];
    uint64_t gnu_hash, versym, verneed, verneed_n, verdef, verdef_n, flags_1;
};

static void collect_values(const struct dl_tables *t, struct values *out)
{
    for (size_t i = 0; i < t->n_dynamic; i++) {
        Elf64_Dyn d = t->dynamic[i];
        if (d.d_tag >= 0 && d.d_tag < TAG_SEEN) {
            out->v[d.d_tag] = d.d_un.d_val;
            out->seen[d.d_tag] = true;
        }
        switch (d.d_tag) {
        case DT_GNU_HASH:
            out->gnu_hash = d.d_un.d_ptr;
            break;
        case DT_VERSYM:
            out->versym = d.d_un.d_ptr;
            break;
        case DT_FLAGS_1:
            out->flags_1 = d.d_un.d_val;
            break;
        default:
            break;
        }
    }
}

static int read_strings(struct dl_tables *t, const struct values *v, const char **why)
{
    if (!v->seen[DT_STRTAB] || !v->v[DT_STRSZ])
        return v->seen[DT_SYMTAB] ? refuse(why, "its dynamic section names symbols but no string table") : 0;
    t->strings = dl_tables_at(t, v->v[DT_STRTAB], v->v[DT_STRSZ]);
    t->string_bytes = v->v[DT_STRSZ];
    if (!t->strings || t->strings[t->string_bytes - 1] != '\0')
        return refuse(why, "its string table lies outside its segments or is not terminated");
    return 0;
}

static int read_symbols(struct dl_tables *t, const struct values *v, const char **why)
{
    if (!v->seen[DT_SYMTAB])
        return 0;
    if (v->seen[DT_SYMENT] && v->v[DT_SYMENT] != sizeof(Elf64_Sym))
        return refuse(why, "its symbol table has entries of an unknown size");
    t->symbols = dl_tables_at(t, v->v[DT_SYMTAB], sizeof(Elf64_Sym));
    t->n_symbols = room_at(t, v->v[DT_SYMTAB], sizeof(Elf64_Sym));
    if (!t->symbols || v->v[DT_SYMTAB] % 8)
        return refuse(why, "its symbol table lies outside its segments");
    if (v->versym) {
        t->versym = dl_tables_at(t, v->versym, sizeof(Elf64_Half));
        t->n_versym = room_at(t, v->versym, sizeof(Elf64_Half));
        if (!t->versym || v->versym % 2)
            return refuse(why, "its symbol versions lie outside its segments");
    }
    return 0;
}

static int read_gnu_hash(struct dl_tables *t, uint64_t at, const char **why)
{
    static const char outside[] = "its GNU hash table lies outside its segments";
    const uint32_t *h = dl_tables_at(t, at, 16);

    if (!h || at % 8)
        return refuse(why, outside);
    uint32_t buckets = h[0], first = h[1], bloom = h[2], shift = h[3];
    if (!buckets || !bloom || (bloom & (bloom - 1)) || shift > 31)
        return refuse(why, "its GNU hash table has impossible sizes");
    uint64_t chain_at = at + 16 + 8ull * bloom + 4ull * buckets;
    if (!dl_tables_at(t, at, chain_at - at))
        return refuse(why, outside);
    t->bloom = (const uint64_t *)(h + 4);
    t->n_bloom = bloom;
    t->bloom_shift = shift;
    t->gnu_first = first;
    t->n_gnu_buckets = buckets;
    t->gnu_buckets = h + 4 + 2ull * bloom;
    t->gnu_chains = t->gnu_buckets + buckets;
    t->n_gnu_chains = room_at(t, chain_at, 4);
    return 0;
}

static int read_sysv_hash(struct dl_tables *t, uint64_t at, const char **why)
{
    const uint32_t *h = dl_tables_at(t, at, 8);

    if (!h || at % 4)
        return refuse(why, "its hash table lies outside its segments");
    uint32_t buckets = h[0], chains = h[1];
    if (!dl_tables_at(t, at, 8 + 4ull * buckets + 4ull * chains))
        return refuse(why, "its hash table lies outside its segments");
    t->n_sysv_buckets = buckets;
    t->n_sysv_chains = chains;
    t->sysv_buckets = h + 2;
    t->sysv_chains = h + 2 + buckets;
    return 0;
}

static int read_array(const struct dl_tables *t, uint64_t at, uint64_t bytes, uint64_t size, const void **out,
                      uint64_t *n)
{
    if (!bytes)
        return 0;
    *out = dl_tables_at(t, at, bytes);
    *n = bytes / size;
    return *out && at % 8 == 0 && bytes % size == 0 ? 0 : -1;
}

static int read_relocations(struct dl_tables *t, const struct values *v, const char **why)
{
    if ((v->seen[DT_RELAENT] && v->v[DT_RELAENT] != sizeof(Elf64_Rela)) || v->seen[DT_REL] ||
        (v->seen[DT_PLTREL] && v->v[DT_PLTREL] != DT_RELA))
        return refuse(why, "its relocations are of a kind that x86-64 has not");
    if (read_array(t, v->v[DT_RELA], v->seen[DT_RELA] ? v->v[DT_RELASZ] : 0, sizeof(Elf64_Rela),
                   (const void **)&t->rela, &t->n_rela) ||
        read_array(t, v->v[DT_JMPREL], v->seen[DT_JMPREL] ? v->v[DT_PLTRELSZ] : 0, sizeof(Elf64_Rela),
                   (const void **)&t->plt_rela, &t->n_plt_rela) ||
        read_array(t, v->v[36 /* DT_RELR */], v->seen[36] ? v->v[35 /* DT_RELRSZ */] : 0, 8,
                   (const void **)&t->relr, &t->n_relr))
        return refuse(why, "its relocations lie outside its segments or have an impossible size");
    /* Some linkers count the PLT's relocations in both. */
    if (t->n_plt_rela && t->rela && t->plt_rela >= t->rela && t->plt_rela < t->rela + t->n_rela)
        t->n_rela = (uint64_t)(t->plt_rela - t->rela);
    return 0;
}

static int read_functions(struct dl_tables *t, const struct values *v, const char **why)
{
    if (read_array(t, v->v[DT_INIT_ARRAY], v->v[DT_INIT_ARRAYSZ], 8, (const void **)&t->init_array,
                   &t->n_init) ||
        read_array(t, v->v[DT_FINI_ARRAY], v->v[DT_FINI_ARRAYSZ], 8, (const void **)&t->fini_array,
                   &t->n_fini) ||
        read_array(t, v->v[DT_PREINIT_ARRAY], v->v[DT_PREINIT_ARRAYSZ], 8, (const void **)&t->preinit_array,
                   &t->n_preinit))
        return refuse(why, "its arrays of constructors lie outside its segments");
    t->init = v->v[DT_INIT];
    t->fini = v->v[DT_FINI];
    if ((t->init && !dl_tables_at(t, t->init, 1)) || (t->fini && !dl_tables_at(t, t->fini, 1)))
        return refuse(why, "its constructor lies outside its segments");
    if (v->v[DT_PLTGOT] && dl_tables_at(t, v->v[DT_PLTGOT], 24))
        t->got = v->v[DT_PLTGOT];
    return 0;
}

static int read_names(struct dl_tables *t, const struct values *v, const char **why)
{
    const struct {
        int tag;
        const char **out;
    } names[] = {{DT_SONAME, &t->soname}, {DT_RPATH, &t->rpath}, {DT_RUNPATH, &t->runpath}};

    for (unsigned i = 0; i < 3; i++) {
        if (!v->seen[names[i].tag])
            continue;
        *names[i].out = dl_tables_string(t, v->v[names[i].tag]);
        if (!*names[i].out)
            return refuse(why, "a name in its dynamic section lies outside the string table");
    }
    for (size_t i = 0; i < t->n_dynamic; i++)
        if (t->dynamic[i].d_tag == DT_NEEDED && !dl_tables_string(t, t->dynamic[i].d_un.d_val))
            return refuse(why, "the name of a needed library lies outside the string table");
    return 0;
}

int dl_tables_read(struct dl_tables *t, uint64_t address, uint64_t bytes, const char **why)
{
    struct values v = {0};

    t->dynamic = dl_tables_at(t, address, bytes);
    if (!t->dynamic || address % 8)
        return refuse(why, "its dynamic section lies outside its segments");
    size_t most = bytes / sizeof(Elf64_Dyn) < MAX_DYNAMIC ? bytes / sizeof(Elf64_Dyn) : MAX_DYNAMIC;
    while (t->n_dynamic < most && t->dynamic[t->n_dynamic].d_tag != DT_NULL)
        t->n_dynamic++;
    collect_values(t, &v);
    t->flags = v.v[DT_FLAGS];
    t->flags_1 = v.flags_1;
    t->text_relocations = v.seen[DT_TEXTREL] || (t->flags & DF_TEXTREL);
    t->symbolic = v.seen[DT_SYMBOLIC] || (t->flags & DF_SYMBOLIC);
    if (v.seen[DT_BIND_NOW])
        t->flags |= DF_BIND_NOW;
    int err = read_strings(t, &v, why);
    if (!err)
        err = read_symbols(t, &v, why);
    if (!err && v.gnu_hash && t->symbols)
        err = read_gnu_hash(t, v.gnu_hash, why);
    if (!err && v.seen[DT_HASH] && t->symbols && !t->n_gnu_buckets)
        err = read_sysv_hash(t, v.v[DT_HASH], why);
    if (!err)
        err = read_relocations(t, &v, why);
    if (!err)
        err = read_functions(t, &v, why);
    if (!err)
        err = read_names(t, &v, why);
    return err;
}

void dl_tables_fini(struct dl_tables *t)
{
    free(t->versions);
    t->versions = NULL;
    t->n_versions = 0;
}

static const Elf64_Sym *symbol_at(const struct dl_tables *t, uint64_t index)
{
    return index < t->n_symbols && (!t->versym || index < t->n_versym) ? &t->symbols[index] : NULL;
}

const Elf64_Sym *dl_tables_nearest(const struct dl_tables *t, uint64_t address)
{
    const Elf64_Sym *best = NULL;
    uint64_t n = t->n_sysv_chains;

    /* With only a GNU table the count is where its longest chain ends. */
    for (uint32_t b = 0; b < t->n_gnu_buckets; b++) {
        uint64_t i = t->gnu_buckets[b];
        if (i < t->gnu_first)
            continue;
        while (i - t->gnu_first < t->n_gnu_chains && !(t->gnu_chains[i - t->gnu_first] & 1))
            i++;
        n = i + 1 > n ? i + 1 : n;
    }
    for (uint64_t i = 1; i < n; i++) {
        const Elf64_Sym *s = symbol_at(t, i);
        if (!s)
            break;
        unsigned type = ELF64_ST_TYPE(s->st_info);
        if (s->st_shndx == SHN_UNDEF || s->st_value > address || type == STT_TLS || type > STT_GNU_IFUNC ||
            (s->st_size ? address - s->st_value >= s->st_size : address != s->st_value))
            continue;
        if (!best || s->st_value > best->st_value)
            best = s;
    }
    return best;
}

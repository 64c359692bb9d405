// SPDX-License-Identifier: BSD-3-Clause
// Symbol versions and the search of one object's symbol table.
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define HIDDEN 0x8000
#define FIRST_DEFINED_TWICE 3 /* indices 0 local, 1 global, 2 the first version that the object defines */

static int refuse(const char **why, const char *text)
{
    *why = text;
    return -1;
}

static uint64_t value_of(const struct dl_tables *t, int64_t tag)
{
    for (size_t i = 0; i < t->n_dynamic; i++)
        if (t->dynamic[i].d_tag == tag)
            return t->dynamic[i].d_un.d_val;
    return 0;
}

static int add_version(struct dl_tables *t, unsigned index, struct dl_version version)
{
    if (index >= DL_MAX_VERSIONS)
        return -1;
    if (index >= t->n_versions) {
        struct dl_version *grown = realloc(t->versions, (index + 1) * sizeof *grown);
        if (!grown)
            return -1;
        memset(grown + t->n_versions, 0, (index + 1 - t->n_versions) * sizeof *grown);
        t->versions = grown;
        t->n_versions = index + 1;
    }
    t->versions[index] = version;
    return 0;
}

static int read_needed(struct dl_tables *t, const char **why)
{
    uint64_t at = value_of(t, DT_VERNEED), count = value_of(t, DT_VERNEEDNUM);

    for (uint64_t n = 0; at && n < count && n < DL_MAX_VERSIONS; n++) {
        const Elf64_Verneed *need = dl_tables_at(t, at, sizeof *need);
        const char *file = need && at % 4 == 0 ? dl_tables_string(t, need->vn_file) : NULL;
        if (!file)
            return refuse(why, "its table of needed versions is damaged");
        uint64_t aux_at = at + need->vn_aux;
        for (unsigned a = 0; a < need->vn_cnt && a < DL_MAX_VERSIONS; a++) {
            const Elf64_Vernaux *aux = dl_tables_at(t, aux_at, sizeof *aux);
            const char *name = aux && aux_at % 4 == 0 ? dl_tables_string(t, aux->vna_name) : NULL;
            if (!name ||
                add_version(t, aux->vna_other & ~HIDDEN,
                            (struct dl_version){name, aux->vna_hash, aux->vna_flags & VER_FLG_WEAK, file}))
                return refuse(why, "its table of needed versions is damaged");
            if (!aux->vna_next)
                break;
            aux_at += aux->vna_next;
        }
        at = need->vn_next ? at + need->vn_next : 0;
    }
    return 0;
}

static int read_defined(struct dl_tables *t, const char **why)
{
    uint64_t at = value_of(t, DT_VERDEF), count = value_of(t, DT_VERDEFNUM);

    for (uint64_t n = 0; at && n < count && n < DL_MAX_VERSIONS; n++) {
        const Elf64_Verdef *def = dl_tables_at(t, at, sizeof *def);
        const Elf64_Verdaux *aux = def && at % 4 == 0 ? dl_tables_at(t, at + def->vd_aux, sizeof *aux) : NULL;
        const char *name = aux && (at + def->vd_aux) % 4 == 0 ? dl_tables_string(t, aux->vda_name) : NULL;
        if (!name ||
            add_version(t, def->vd_ndx & ~HIDDEN, (struct dl_version){name, def->vd_hash, false, NULL}))
            return refuse(why, "its table of defined versions is damaged");
        at = def->vd_next ? at + def->vd_next : 0;
    }
    return 0;
}

int dl_tables_versions_read(struct dl_tables *t, const char **why)
{
    if (!t->versym)
        return 0;
    int err = read_needed(t, why);
    return err ? err : read_defined(t, why);
}

const struct dl_version *dl_tables_version_of(const struct dl_tables *t, uint64_t index)
{
    if (!t->versym || index >= t->n_versym)
        return NULL;
    unsigned v = t->versym[index] & ~HIDDEN;
    return v >= 2 && v < t->n_versions && t->versions[v].name ? &t->versions[v] : NULL;
}

void dl_reference_init(struct dl_reference *r, const char *name, const struct dl_version *version)
{
    uint32_t gnu = 5381, sysv = 0;
    const char *p = name;

    for (; *p; p++) {
        unsigned char c = (unsigned char)*p;
        gnu = gnu * 33 + c;
        sysv = (sysv << 4) + c;
        sysv ^= (sysv >> 24) & 0xf0;
        sysv &= 0x0fffffff;
    }
    *r = (struct dl_reference){name, (size_t)(p - name), gnu, sysv, version, false};
}

/* Does the definition at @index have the version that is asked for? */
static bool version_fits(const struct dl_tables *t, uint64_t index, const struct dl_version *wanted)
{
    if (!t->versym)
        return true;
    unsigned raw = t->versym[index], v = raw & ~HIDDEN;
    if (v == 0)
        return false;
    if (!wanted)
        return v < FIRST_DEFINED_TWICE || !(raw & HIDDEN);
    if (v == 1)
        return !(raw & HIDDEN);
    return v < t->n_versions && t->versions[v].name && t->versions[v].hash == wanted->hash &&
           strcmp(t->versions[v].name, wanted->name) == 0;
}

static const Elf64_Sym *fits(const struct dl_tables *t, uint64_t index, const struct dl_reference *r)
{
    if (index >= t->n_symbols || (t->versym && index >= t->n_versym))
        return NULL;
    const Elf64_Sym *s = &t->symbols[index];
    unsigned type = ELF64_ST_TYPE(s->st_info), bind = ELF64_ST_BIND(s->st_info);
    bool plt_entry = s->st_shndx == SHN_UNDEF && s->st_value && type == STT_FUNC && r->takes_address;
    if ((s->st_shndx == SHN_UNDEF && !plt_entry) ||
        (type > STT_COMMON && type != STT_TLS && type != STT_GNU_IFUNC) || type == STT_SECTION ||
        type == STT_FILE || (bind != STB_GLOBAL && bind != STB_WEAK && bind != STB_GNU_UNIQUE))
        return NULL;
    if (s->st_value == 0 && s->st_shndx != SHN_ABS && type != STT_TLS)
        return NULL;
    if (s->st_name >= t->string_bytes || r->length >= t->string_bytes - s->st_name ||
        memcmp(t->strings + s->st_name, r->name, r->length + 1) != 0)
        return NULL;
    return version_fits(t, index, r->version) ? s : NULL;
}

static const Elf64_Sym *find_gnu(const struct dl_tables *t, const struct dl_reference *r)
{
    uint32_t h = r->gnu_hash;
    uint64_t word = t->bloom[h / 64 & (t->n_bloom - 1)];

    if (!(word >> (h & 63) & word >> (h >> t->bloom_shift & 63) & 1))
        return NULL;
    uint64_t i = t->gnu_buckets[h % t->n_gnu_buckets];
    if (i < t->gnu_first)
        return NULL;
    for (; i - t->gnu_first < t->n_gnu_chains; i++) {
        uint32_t chain = t->gnu_chains[i - t->gnu_first];
        const Elf64_Sym *s = (chain ^ h) >> 1 ? NULL : fits(t, i, r);
        if (s || (chain & 1))
            return s;
    }
    return NULL;
}

static const Elf64_Sym *find_sysv(const struct dl_tables *t, const struct dl_reference *r)
{
    uint32_t i = t->sysv_buckets[r->sysv_hash % t->n_sysv_buckets];

    for (uint32_t steps = 0; i && i < t->n_sysv_chains && steps < t->n_sysv_chains; steps++) {
        const Elf64_Sym *s = fits(t, i, r);
        if (s)
            return s;
        i = t->sysv_chains[i];
    }
    return NULL;
}

const Elf64_Sym *dl_tables_find(const struct dl_tables *t, const struct dl_reference *r)
{
    if (t->n_gnu_buckets)
        return find_gnu(t, r);
    return t->n_sysv_buckets ? find_sysv(t, r) : NULL;
}

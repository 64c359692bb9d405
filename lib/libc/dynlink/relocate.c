// SPDX-License-Identifier: BSD-3-Clause
// Applies the relocations of one object. System V ABI for x86-64, "Relocation"; DT_RELR as in the gABI draft.

/*
 * Theory. Binding is now: every symbol is looked up when the object is loaded. A function that nobody defines
 * is an error if binding was asked to be immediate; otherwise its PLT slot keeps the lazy road
 * (dl_bind_lazily), so that the error comes with the first call, as with ld.so, or never if the program loads
 * a definition first. Calls of IFUNC resolvers come after all other relocations.
 */
#include "dynlink.h"

#include <string.h>
#include <sys/mman.h>

#define R_RELATIVE64 38

static void *target(struct dl_object *o, uint64_t address, uint64_t bytes)
{
    for (unsigned i = 0; i < o->t.n_segments; i++) {
        const struct dl_segment *s = &o->t.segments[i];
        if (address >= s->start && address < s->end && bytes <= s->end - address)
            return (s->prot & PROT_WRITE) || o->t.text_relocations ? (void *)(o->t.bias + address) : NULL;
    }
    return NULL;
}

static int bad_target(struct dl_object *o, uint64_t address)
{
    return dl_fail("%s: a relocation writes outside its writable segments (at 0x%lx)", o->path,
                   (unsigned long)address);
}

static bool search(struct dl_object *o, const struct dl_reference *r, const struct dl_object *skip,
                   struct dl_definition *out)
{
    if (o->t.symbolic && o != skip && dl_lookup(&o, 1, r, NULL, out))
        return true;
    if (o->deep && dl_lookup(o->scope, o->n_scope, r, skip, out))
        return true;
    return dl_lookup(dl_globals, dl_n_globals, r, skip, out) ||
           (!o->deep && dl_lookup(o->scope, o->n_scope, r, skip, out));
}

static int undefined(struct dl_object *o, const char *name, const struct dl_version *v)
{
    return dl_fail("%s: undefined symbol: %s%s%s", o->path, name, v ? ", version " : "", v ? v->name : "");
}

/* Whether unloading @o's own libraries keeps @other: it is one of them. */
static bool needs(const struct dl_object *o, const struct dl_object *other)
{
    for (unsigned i = 0; i < o->n_needed; i++)
        if (o->needed[i] == other)
            return true;
    return false;
}

/* Return: 0 found, or weak and undefined (object NULL); -1 with a message. */
static int resolve(struct dl_object *o, uint64_t index, unsigned type, struct dl_definition *out)
{
    *out = (struct dl_definition){0};
    if (index >= o->t.n_symbols || (o->t.versym && index >= o->t.n_versym))
        return dl_fail("%s: a relocation names symbol %lu, which lies outside its segments", o->path,
                       (unsigned long)index);
    const Elf64_Sym *s = &o->t.symbols[index];
    const char *name = dl_tables_string(&o->t, s->st_name);
    if (!name)
        return dl_fail("%s: the name of symbol %lu lies outside the string table", o->path,
                       (unsigned long)index);
    if (ELF64_ST_BIND(s->st_info) == STB_LOCAL ||
        (s->st_shndx != SHN_UNDEF && ELF64_ST_VISIBILITY(s->st_other) != STV_DEFAULT &&
         type != R_X86_64_COPY)) {
        *out = (struct dl_definition){o, s, 0};
        return 0;
    }
    struct dl_reference r;
    dl_reference_init(&r, name, dl_tables_version_of(&o->t, index));
    r.takes_address = type != R_X86_64_JUMP_SLOT && type != R_X86_64_COPY;
    if (search(o, &r, type == R_X86_64_COPY ? o : NULL, out)) {
        if (out->object != o && !out->object->builtin && !out->object->is_main && !needs(o, out->object))
            out->object->keep = true;
        return 0;
    }
    return ELF64_ST_BIND(s->st_info) == STB_WEAK ? 0 : undefined(o, name, r.version);
}

static int copy(struct dl_object *o, const Elf64_Rela *rel, void *to)
{
    struct dl_definition d;
    uint64_t index = ELF64_R_SYM(rel->r_info);

    if (resolve(o, index, R_X86_64_COPY, &d))
        return -1;
    const Elf64_Sym *own = &o->t.symbols[index];
    const char *name = dl_tables_string(&o->t, own->st_name);
    uint64_t bytes = own->st_size;
    if (!d.object)
        return 0;
    if (d.symbol && d.symbol->st_size < bytes)
        bytes = d.symbol->st_size;
    if (!d.symbol) {
        const struct dl_export *e = dl_export_find(name);
        if (!e || e->kind != DL_EXPORT_DATA)
            return dl_fail("%s: copies %s, which is no variable here", o->path, name);
        if (e->size < bytes)
            bytes = e->size;
    } else if (!dl_tables_at(&d.object->t, d.symbol->st_value, bytes)) {
        return dl_fail("%s: symbol %s lies outside its segments", d.object->path, name);
    }
    if (!target(o, rel->r_offset, bytes))
        return bad_target(o, rel->r_offset);
    memcpy(to, (const void *)(d.symbol ? d.object->t.bias + d.symbol->st_value : d.address), bytes);
    if (!d.symbol)
        dl_export_move(name, to);
    return 0;
}

static int apply_tls(struct dl_object *o, const Elf64_Rela *rel, unsigned type, uint64_t *to)
{
    struct dl_definition d = {o, NULL, 0};
    uint64_t index = ELF64_R_SYM(rel->r_info), value = (uint64_t)rel->r_addend;

    if (index && resolve(o, index, type, &d))
        return -1;
    if (!d.object) { /* weak and undefined: address 0 */
        if (type == R_X86_64_TLSDESC) {
            to[0] = (uint64_t)dl_tlsdesc_weak;
            to[1] = value;
        } else if (type != R_X86_64_DTPMOD64) {
            *to = value;
        }
        return 0;
    }
    if (!d.object->tls_module)
        return dl_fail("%s: a thread-local symbol leads to %s, which has no thread-local storage", o->path,
                       d.object->path);
    if (d.symbol)
        value += d.symbol->st_value;
    if (type == R_X86_64_TPOFF64 && dl_tls_make_static(d.object))
        return -1;
    switch (type) {
    case R_X86_64_DTPMOD64:
        *to = d.object->tls_module;
        break;
    case R_X86_64_DTPOFF64:
        *to = value;
        break;
    case R_X86_64_TPOFF64:
        *to = value - d.object->tls_offset;
        break;
    default: {
        struct dl_tls_index *i;
        if (d.object->tls_offset || dl_tls_make_static(d.object) == 0) {
            to[0] = (uint64_t)dl_tlsdesc_static;
            to[1] = value - d.object->tls_offset;
        } else if ((i = dl_tls_new_index(d.object->tls_module, value))) {
            to[0] = (uint64_t)dl_tlsdesc_dynamic;
            to[1] = (uint64_t)i;
        } else {
            return dl_fail("out of memory");
        }
    }
    }
    return 0;
}

static int apply_symbol(struct dl_object *o, const Elf64_Rela *rel, unsigned type, void *to)
{
    struct dl_definition d = {0};
    uint64_t index = ELF64_R_SYM(rel->r_info), value = 0, size = 0;
    uint64_t place = o->t.bias + rel->r_offset, add = (uint64_t)rel->r_addend;
    int32_t word;

    if (index && resolve(o, index, type, &d))
        return -1;
    if (d.object)
        value = dl_definition_value(&d);
    if (index)
        size = d.symbol ? d.symbol->st_size : o->t.symbols[index].st_size;
    switch (type) {
    case R_X86_64_64:
        value += add;
        break;
    case R_X86_64_GLOB_DAT:
    case R_X86_64_JUMP_SLOT:
        break;
    case R_X86_64_PC64:
        value += add - place;
        break;
    case R_X86_64_SIZE64:
        value = size + add;
        break;
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
    case R_X86_64_32S:
    case R_X86_64_32:
    case R_X86_64_SIZE32:
        value = (type == R_X86_64_SIZE32 ? size : value) + add -
                (type == R_X86_64_PC32 || type == R_X86_64_PLT32 ? place : 0);
        word = (int32_t)value;
        if (type == R_X86_64_32 || type == R_X86_64_SIZE32 ? value >> 32 != 0 : (int64_t)value != word)
            return dl_fail("%s: a 32-bit relocation does not reach its symbol: compile it with -fPIC",
                           o->path);
        memcpy(to, &word, 4);
        return 0;
    default:
        return dl_fail("%s: relocation type %u is unknown", o->path, type);
    }
    memcpy(to, &value, 8);
    return 0;
}

static int apply(struct dl_object *o, const Elf64_Rela *rel)
{
    unsigned type = ELF64_R_TYPE(rel->r_info);
    bool word = type == R_X86_64_PC32 || type == R_X86_64_PLT32 || type == R_X86_64_32S ||
                type == R_X86_64_32 || type == R_X86_64_SIZE32;
    unsigned bytes = type == R_X86_64_TLSDESC ? 16 : word ? 4 : type == R_X86_64_COPY ? 1 : 8;

    if (type == R_X86_64_NONE || type == R_X86_64_IRELATIVE)
        return 0;
    uint64_t *to = target(o, rel->r_offset, bytes);
    if (!to)
        return bad_target(o, rel->r_offset);
    switch (type) {
    case R_X86_64_RELATIVE:
    case R_RELATIVE64: {
        uint64_t value = o->t.bias + (uint64_t)rel->r_addend;
        memcpy(to, &value, 8);
        return 0;
    }
    case R_X86_64_COPY:
        return copy(o, rel, to);
    case R_X86_64_DTPMOD64:
    case R_X86_64_DTPOFF64:
    case R_X86_64_TPOFF64:
    case R_X86_64_TLSDESC:
        if (rel->r_offset % 8)
            return bad_target(o, rel->r_offset);
        return apply_tls(o, rel, type, to);
    default:
        return apply_symbol(o, rel, type, to);
    }
}

static int apply_relr(struct dl_object *o)
{
    uint64_t at = 0;

    for (uint64_t i = 0; i < o->t.n_relr; i++) {
        uint64_t entry = o->t.relr[i];
        uint64_t bits = entry & 1 ? entry >> 1 : 1, where = entry & 1 ? at : entry;
        for (; bits; bits >>= 1, where += 8) {
            if (!(bits & 1))
                continue;
            uint64_t *to = target(o, where, 8), value;
            if (!to)
                return bad_target(o, where);
            memcpy(&value, to, 8);
            value += o->t.bias;
            memcpy(to, &value, 8);
        }
        at = entry & 1 ? at + 63 * 8 : entry + 8;
    }
    return 0;
}

static int apply_resolvers(struct dl_object *o, const Elf64_Rela *rel, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (ELF64_R_TYPE(rel[i].r_info) != R_X86_64_IRELATIVE)
            continue;
        uint64_t *to = target(o, rel[i].r_offset, 8);
        if (!to || !dl_tables_at(&o->t, (uint64_t)rel[i].r_addend, 1))
            return bad_target(o, rel[i].r_offset);
        uint64_t value = dl_call_resolver(o->t.bias + (uint64_t)rel[i].r_addend);
        memcpy(to, &value, 8);
    }
    return 0;
}

/* Leaves slot @i to dl_bind_lazily, if the object has a PLT that leads there. */
static bool leave_lazy(struct dl_object *o, uint64_t i)
{
    const Elf64_Rela *rel = &o->t.plt_rela[i];
    uint64_t *to = target(o, rel->r_offset, 8), *got = o->t.got && o->t.got % 8 == 0 ? target(o, o->t.got, 24) : NULL;

    if (ELF64_R_TYPE(rel->r_info) != R_X86_64_JUMP_SLOT || !to || rel->r_offset % 8 || !got || !dl_tables_at(&o->t, *to, 1))
        return false;
    *to += o->t.bias;
    got[1] = (uint64_t)o;
    got[2] = (uint64_t)dl_bind_lazily;
    return true;
}

static int set_text_writable(struct dl_object *o, bool writable)
{
    for (unsigned i = 0; o->t.text_relocations && i < o->t.n_segments; i++) {
        const struct dl_segment *s = &o->t.segments[i];
        uintptr_t from = (o->t.bias + s->start) & ~4095ul, to = (o->t.bias + s->end + 4095) & ~4095ul;
        if (!(s->prot & PROT_WRITE) &&
            mprotect((void *)from, to - from, (writable ? PROT_WRITE : 0) | s->prot))
            return dl_fail("%s: its code needs relocations, and cannot be made writable", o->path);
    }
    return 0;
}

int dl_relocate(struct dl_object *o, bool now)
{
    if (o->relocated || o->builtin)
        return 0;
    now = now || (o->t.flags & DF_BIND_NOW) || (o->t.flags_1 & DF_1_NOW);
    if (set_text_writable(o, true) || apply_relr(o))
        return -1;
    for (uint64_t i = 0; i < o->t.n_rela; i++)
        if (apply(o, &o->t.rela[i]))
            return -1;
    for (uint64_t i = 0; i < o->t.n_plt_rela; i++)
        if (apply(o, &o->t.plt_rela[i]) && (now || !leave_lazy(o, i)))
            return -1;
    if (apply_resolvers(o, o->t.rela, o->t.n_rela) || apply_resolvers(o, o->t.plt_rela, o->t.n_plt_rela))
        return -1;
    o->relocated = true;
    return set_text_writable(o, false);
}

uintptr_t dl_bind_slot(struct dl_object *o, uint64_t index)
{
    if (index >= o->t.n_plt_rela || apply(o, &o->t.plt_rela[index]))
        return 0;
    uintptr_t at;
    memcpy(&at, (const void *)(o->t.bias + o->t.plt_rela[index].r_offset), sizeof at);
    return at;
}

int dl_protect(struct dl_object *o)
{
    if (o->relro_end > o->relro_start &&
        mprotect((void *)o->relro_start, o->relro_end - o->relro_start, PROT_READ))
        return dl_fail("%s: its read-only part cannot be protected", o->path);
    o->relro_end = o->relro_start;
    return 0;
}

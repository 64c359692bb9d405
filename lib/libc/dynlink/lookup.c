// SPDX-License-Identifier: BSD-3-Clause
// Which definition a reference gets: the objects of a scope in order, the kernel image in the place of libc.
#include "dynlink.h"

bool dl_lookup(struct dl_object *const *scope, unsigned n, const struct dl_reference *r,
               const struct dl_object *skip, struct dl_definition *out)
{
    for (unsigned i = 0; i < n; i++) {
        struct dl_object *o = scope[i];
        if (o == skip)
            continue;
        if (o->builtin) {
            const struct dl_export *e = dl_export_find(r->name);
            if (e) {
                *out = (struct dl_definition){o, NULL, dl_export_address(e)};
                return true;
            }
            continue;
        }
        const Elf64_Sym *s = dl_tables_find(&o->t, r);
        if (s && (ELF64_ST_VISIBILITY(s->st_other) == STV_DEFAULT ||
                  ELF64_ST_VISIBILITY(s->st_other) == STV_PROTECTED)) {
            *out = (struct dl_definition){o, s, 0};
            return true;
        }
    }
    return false;
}

uintptr_t dl_call_resolver(uintptr_t resolver)
{
    return ((uintptr_t(*)(void))resolver)();
}

uintptr_t dl_definition_value(const struct dl_definition *d)
{
    if (!d->symbol)
        return d->address;
    uintptr_t at = d->symbol->st_value + (d->symbol->st_shndx == SHN_ABS ? 0 : d->object->t.bias);
    if (ELF64_ST_TYPE(d->symbol->st_info) == STT_GNU_IFUNC)
        return dl_call_resolver(at);
    return at;
}

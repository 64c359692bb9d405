// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as the memory of a mapped object: its dynamic tables are refused with a reason, or read and relocated within bounds.
//
// The first 16 bytes tell where the dynamic section lies and where the writable segment starts; addresses of the object are offsets
// into the rest. Nothing of it is called: resolvers and thread-local storage are this file's.
#include "../fuzz.h"
#include "dynlink.h"

#include <stdarg.h>

struct dl_object *dl_objects, **dl_globals;
unsigned dl_n_globals;
struct dl_object dl_libc;
char dl_message[512];
const char dl_tlsdesc_static[1], dl_tlsdesc_dynamic[1], dl_tlsdesc_weak[1], dl_bind_lazily[1];
static struct dl_object object, other;
static long variable[2];
static struct dl_tls_index indices[4];

int fuzz_mprotect(void *at, size_t bytes, int prot);
int fuzz_mprotect(void *at, size_t bytes, int prot)
{
    return 0;
}

int dl_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(dl_message, sizeof dl_message, format, args);
    va_end(args);
    return -1;
}

const struct dl_export *dl_export_find(const char *name)
{
    static const struct dl_export data = {0, 0, sizeof variable, DL_EXPORT_DATA}, code = {0, 0, 0, DL_EXPORT_FUNCTION};
    return strlen(name) % 3 ? name[0] % 2 ? &data : &code : NULL;
}

void dl_export_move(const char *name, void *address)
{
    require(strlen(name) > 0 && address != NULL, "a moved variable has a name and a place");
}

uintptr_t dl_call_resolver(uintptr_t resolver)
{
    return resolver;
}

uintptr_t dl_definition_value(const struct dl_definition *d)
{
    return d->symbol ? d->object->t.bias + d->symbol->st_value : d->address;
}

bool dl_lookup(struct dl_object *const *scope, unsigned n, const struct dl_reference *r, const struct dl_object *skip,
               struct dl_definition *out)
{
    for (unsigned i = 0; i < n; i++) {
        const Elf64_Sym *s = scope[i] == skip || scope[i]->builtin ? NULL : dl_tables_find(&scope[i]->t, r);
        if (s || (scope[i]->builtin && dl_export_find(r->name))) {
            *out = (struct dl_definition){scope[i], s, s ? 0 : (uintptr_t)variable};
            return true;
        }
    }
    return false;
}

int dl_tls_make_static(struct dl_object *o)
{
    return o == &object ? 0 : -1;
}

struct dl_tls_index *dl_tls_new_index(size_t module, size_t offset)
{
    return module % 2 ? NULL : &indices[0];
}

static void *map(struct dl_object *o, const uint8_t *data, size_t n, uint64_t split)
{
    void *memory = malloc(n ? n : 1); /* its ends are guarded */

    memcpy(memory, data, n);
    *o = (struct dl_object){.path = (char *)"object", .tls_module = 1, .tls_bytes = 64, .start = (uintptr_t)memory};
    o->t.bias = (uintptr_t)memory;
    o->t.n_segments = 2;
    o->t.segments[0] = (struct dl_segment){0, split, 1};
    o->t.segments[1] = (struct dl_segment){split, n, 3};
    return memory;
}

static int read_tables(struct dl_object *o, uint64_t dynamic, uint64_t bytes)
{
    const char *why = NULL;
    int err = dl_tables_read(&o->t, dynamic, bytes, &why);

    if (!err)
        err = dl_tables_versions_read(&o->t, &why);
    require(!err || why != NULL, "a refusal has a reason");
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint32_t head[4];
    struct dl_object *scope[] = {&object, &other, &dl_libc};

    if (n < sizeof head)
        return 0;
    memcpy(head, data, sizeof head);
    data += sizeof head;
    n -= sizeof head;
    uint64_t split = n ? head[2] % n : 0;
    void *first = map(&object, data, n, split), *second = map(&other, data, n, split);
    dl_libc.builtin = true;
    dl_libc.tls_module = 0;
    dl_libc.path = (char *)"libc";
    dl_globals = scope;
    dl_n_globals = 3;
    int err = read_tables(&object, head[0], head[1]);
    int other_err = read_tables(&other, head[0], head[1]);
    if (!err && !other_err) {
        dl_message[0] = '\0';
        err = dl_relocate(&object, head[3] & 1);
        require(!err || dl_message[0], "a failed relocation has a message");
        (void)dl_tables_nearest(&object.t, head[3]);
        struct dl_reference r;
        dl_reference_init(&r, "main", NULL);
        (void)dl_tables_find(&object.t, &r);
    }
    dl_tables_fini(&object.t);
    dl_tables_fini(&other.t);
    free(first);
    free(second);
    return 0;
}

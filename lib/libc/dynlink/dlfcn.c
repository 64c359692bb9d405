// SPDX-License-Identifier: BSD-3-Clause
// dlopen and its relatives, as programs of the built-in dynamic linker see them.
#include "dynlink.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RTLD_DEEPBIND 8

static pthread_mutex_t lock = {{{PTHREAD_MUTEX_RECURSIVE}}};
static unsigned long n_added, n_removed;

struct r_debug _r_debug;
void _dl_debug_state(void);

void *osv_dl_open(const char *name, int mode);
int osv_dl_close(void *handle);
int osv_dl_addr(const void *address, Dl_info *info);
int osv_dl_addr1(const void *address, Dl_info *info, void **extra, int flags);
int osv_dl_info(void *handle, int request, void *out);
int osv_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data);
void *dl_sym_for(void *handle, const char *name, const char *version, const void *caller);
uintptr_t dl_bind_or_die(struct dl_object *o, uint64_t index);
void __dl_seterr(const char *format, ...);

void dl_lock(void)
{
    pthread_mutex_lock(&lock);
}

void dl_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

/* Debuggers put a breakpoint here. */
__attribute__((noinline)) void _dl_debug_state(void)
{
    __asm__ volatile("");
}

void dl_debug_state(bool changing)
{
    _r_debug.r_version = 1;
    _r_debug.r_map = dl_objects ? &dl_objects->map : NULL;
    _r_debug.r_brk = (ElfW(Addr))(uintptr_t)_dl_debug_state;
    _r_debug.r_state = changing ? RT_ADD : RT_CONSISTENT;
    _dl_debug_state();
}

struct dl_object *dl_object_at(const void *address)
{
    uintptr_t at = (uintptr_t)address;

    for (struct dl_object *o = dl_objects; o; o = o->next)
        if (at >= o->start && at < o->end)
            return o;
    return NULL;
}

static bool is_handle(const void *handle)
{
    for (struct dl_object *o = dl_objects; o; o = o->next)
        if (o == handle)
            return true;
    __dl_seterr("Invalid library handle %p", handle);
    return false;
}

/* What is reachable from the program, from open handles and from what must stay. */
static void mark(struct dl_object *root)
{
    if (root->marked)
        return;
    root->marked = true;
    for (bool more = true; more;) { /* without recursion: until nothing changes */
        more = false;
        for (struct dl_object *o = dl_objects; o; o = o->next)
            for (unsigned i = 0; o->marked && i < o->n_needed; i++)
                if (!o->needed[i]->marked)
                    more = o->needed[i]->marked = true;
    }
}

static void unload_unused(void)
{
    for (struct dl_object *o = dl_objects; o; o = o->next)
        o->marked = false;
    for (struct dl_object *o = dl_objects; o; o = o->next)
        if (o->builtin || o->is_main || o->open_count || o->keep || (o->t.flags_1 & DF_1_NODELETE))
            mark(o);
    for (bool more = true; more;) { /* users first, so that a destructor finds what it uses */
        struct dl_object *pick = NULL;
        for (struct dl_object *o = dl_objects; o; o = o->next) {
            bool used = o->marked || !o->initialised;
            for (struct dl_object *user = dl_objects; user && !used; user = user->next)
                for (unsigned k = 0; user != o && !user->marked && user->initialised && k < user->n_needed;
                     k++)
                    used |= user->needed[k] == o;
            if (!used) {
                pick = o;
                break;
            }
        }
        for (struct dl_object *o = dl_objects; o && !pick; o = o->next)
            pick = !o->marked && o->initialised ? o : NULL;
        more = pick != NULL;
        if (pick)
            dl_run_destructors(pick);
    }
    struct dl_object *next;
    for (struct dl_object *o = dl_objects; o; o = next) {
        next = o->next;
        if (o->marked)
            continue;
        dl_remove(o);
        dl_tls_remove(o);
        n_removed++;
        if (!o->tls_offset)
            dl_image_close(o); /* an object in the static block stays mapped: threads start from its data */
    }
}

static int give_scope(struct dl_object *o, struct dl_object *const *group, unsigned n)
{
    if (o->scope || o->builtin)
        return 0;
    o->scope = malloc(n * sizeof *o->scope);
    if (!o->scope)
        return dl_fail("out of memory");
    memcpy(o->scope, group, n * sizeof *o->scope);
    o->n_scope = n;
    return 0;
}

static int prepare_group(struct dl_object **group, unsigned n, int mode)
{
    int err = 0;

    for (unsigned i = 0; i < n && !err; i++) {
        struct dl_object *o = group[i];
        if (o->wants_exec_stack && !o->relocated)
            err = dl_fail("%s: cannot enable executable stack", o->path);
        if (!err && !o->relocated && !o->tls_module && !o->builtin)
            err = dl_tls_add(o, false);
        if (!o->relocated)
            o->deep = mode & RTLD_DEEPBIND;
        if (!err)
            err = give_scope(o, group, n);
    }
    for (unsigned i = n; i-- > 0 && !err;) {
        if (group[i]->relocated || group[i]->builtin)
            continue;
        err = dl_relocate(group[i], mode & RTLD_NOW);
        if (!err) {
            dl_tls_publish(group[i]);
            err = dl_protect(group[i]);
            n_added++;
        }
    }
    for (unsigned i = 0; i < n && !err && (mode & RTLD_GLOBAL); i++)
        err = dl_global_add(group[i]);
    return err;
}

static struct dl_object *open_object(const char *name, int mode, const void *caller)
{
    struct dl_object **group = NULL, *o;
    unsigned n = 0;

    if (mode & RTLD_NOLOAD) {
        struct dl_object *known = NULL;
        for (o = dl_objects; o && !known; o = o->next)
            if ((o->t.soname && strcmp(o->t.soname, name) == 0) || (o->path && strcmp(o->path, name) == 0))
                known = o;
        if (!known && dl_is_libc(name))
            known = &dl_libc;
        if (!known)
            return NULL;
        o = known;
    } else {
        o = dl_load(name, dl_object_at(caller));
    }
    if (o && dl_load_group(o, &group, &n) == 0 && prepare_group(group, n, mode) == 0) {
        o->open_count++;
        if (mode & RTLD_NODELETE)
            o->keep = true;
        dl_debug_state(false);
        dl_run_constructors(group, n);
    } else if (o || !(mode & RTLD_NOLOAD)) {
        __dl_seterr("%s", dl_message);
        unload_unused();
        o = NULL;
    }
    free(group);
    return o;
}

void *osv_dl_open(const char *name, int mode)
{
    const void *caller = __builtin_return_address(0);

    if (!(mode & (RTLD_LAZY | RTLD_NOW))) {
        __dl_seterr("%s: invalid mode for dlopen(): Invalid argument", name ? name : "");
        return NULL;
    }
    dl_lock();
    struct dl_object *o = dl_objects;
    if (name && *name)
        o = open_object(name, mode, caller);
    else
        o->open_count++;
    dl_unlock();
    return o;
}

int osv_dl_close(void *handle)
{
    struct dl_object *o = handle;
    int result = -1;

    dl_lock();
    if (is_handle(handle)) {
        if (o->open_count)
            o->open_count--;
        if (!o->open_count && !o->is_main && !o->builtin) {
            unload_unused();
            dl_debug_state(false);
        }
        result = 0;
    }
    dl_unlock();
    return result;
}

static bool find(void *handle, const struct dl_reference *r, const void *caller, struct dl_definition *d)
{
    struct dl_object *by = dl_object_at(caller), **group;
    unsigned n;

    if (handle == RTLD_DEFAULT)
        return dl_lookup(dl_globals, dl_n_globals, r, NULL, d) ||
               (by && dl_lookup(by->scope, by->n_scope, r, NULL, d));
    if (handle == RTLD_NEXT) {
        struct dl_object **scope = dl_globals;
        unsigned i = 0;
        n = dl_n_globals;
        if (by && !by->global && by->scope) {
            scope = by->scope;
            n = by->n_scope;
        }
        while (i < n && scope[i] != by)
            i++;
        return i < n ? dl_lookup(scope + i + 1, n - i - 1, r, NULL, d) : dl_lookup(scope, n, r, NULL, d);
    }
    struct dl_object *o = handle;
    if (o->is_main)
        return dl_lookup(dl_globals, dl_n_globals, r, NULL, d);
    bool found = dl_load_group(o, &group, &n) == 0 && dl_lookup(group, n, r, NULL, d);
    free(group);
    return found;
}

void *dl_sym_for(void *handle, const char *name, const char *version, const void *caller)
{
    struct dl_version wanted = {.name = version};
    struct dl_reference r;
    struct dl_definition d;
    void *result = NULL;

    dl_lock();
    if (handle != RTLD_DEFAULT && handle != RTLD_NEXT && !is_handle(handle))
        goto out;
    if (version) {
        dl_reference_init(&r, version, NULL);
        wanted.hash = r.sysv_hash;
    }
    dl_reference_init(&r, name, version ? &wanted : NULL);
    r.takes_address = true;
    if (!find(handle, &r, caller, &d))
        __dl_seterr("%s: undefined symbol: %s%s%s",
                    handle && handle != RTLD_NEXT ? ((struct dl_object *)handle)->path : dl_objects->path,
                    name, version ? ", version " : "", version ? version : "");
    else if (d.symbol && ELF64_ST_TYPE(d.symbol->st_info) == STT_TLS)
        result = osv_dl_tls_get_addr(&(struct dl_tls_index){d.object->tls_module, d.symbol->st_value});
    else
        result = (void *)dl_definition_value(&d);
out:
    dl_unlock();
    return result;
}

int osv_dl_addr(const void *address, Dl_info *info)
{
    return osv_dl_addr1(address, info, NULL, 0);
}

int osv_dl_addr1(const void *address, Dl_info *info, void **extra, int flags)
{
    dl_lock();
    struct dl_object *o = dl_object_at(address);
    if (o) {
        *info = (Dl_info){.dli_fname = o->path, .dli_fbase = (void *)(o->builtin ? o->start : o->start)};
        const Elf64_Sym *s = NULL;
        uintptr_t start;
        if (o->builtin) {
            info->dli_sname = dl_export_name_at((uintptr_t)address, &start);
            info->dli_saddr = info->dli_sname ? (void *)start : NULL;
        } else if ((s = dl_tables_nearest(&o->t, (uintptr_t)address - o->t.bias))) {
            info->dli_sname = dl_tables_string(&o->t, s->st_name);
            info->dli_saddr = (void *)(o->t.bias + s->st_value);
        }
        if (extra && flags == 1 /* RTLD_DL_SYMENT */)
            *extra = (void *)s;
        else if (extra && flags == 2 /* RTLD_DL_LINKMAP */)
            *extra = &o->map;
    }
    dl_unlock();
    return o != NULL;
}

int osv_dl_info(void *handle, int request, void *out)
{
    struct dl_object *o = handle;
    int result = -1;

    dl_lock();
    if (!is_handle(handle))
        goto done;
    result = 0;
    switch (request) {
    case 1: /* RTLD_DI_LMID */
        *(long *)out = 0;
        break;
    case RTLD_DI_LINKMAP:
        *(struct link_map **)out = &o->map;
        break;
    case 6: /* RTLD_DI_ORIGIN */
        strcpy(out, o->directory ? o->directory : "/");
        break;
    case 9: /* RTLD_DI_TLS_MODID */
        *(size_t *)out = o->tls_module;
        break;
    case 10: /* RTLD_DI_TLS_DATA */
        *(void **)out = dl_tls_block(o->tls_module, false);
        break;
    default:
        __dl_seterr("unsupported dlinfo request %d", request);
        result = -1;
    }
done:
    dl_unlock();
    return result;
}

int osv_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
    int result = 0;

    dl_lock();
    for (struct dl_object *o = dl_objects; o && !result; o = o->next) {
        struct dl_phdr_info info = {
            .dlpi_addr = o->t.bias,
            .dlpi_name = o->is_main ? "" : o->path,
            .dlpi_phdr = o->phdrs,
            .dlpi_phnum = (ElfW(Half))o->n_phdrs,
            .dlpi_adds = n_added,
            .dlpi_subs = n_removed,
            .dlpi_tls_modid = o->tls_module,
            .dlpi_tls_data = dl_tls_block(o->tls_module, false),
        };
        result = callback(&info, sizeof info, data);
    }
    dl_unlock();
    return result;
}

uintptr_t dl_bind_or_die(struct dl_object *o, uint64_t index)
{
    dl_lock();
    uintptr_t at = dl_bind_slot(o, index);
    dl_unlock();
    if (!at) {
        fprintf(stderr, "%s: symbol lookup error: %s\n", program_invocation_name, dl_message);
        _exit(127);
    }
    return at;
}

/* glibc's struct dl_find_object, for libgcc's unwinder. */
struct find_object_result {
    unsigned long long flags;
    void *map_start, *map_end;
    struct link_map *link_map;
    void *eh_frame;
    unsigned long long reserved[7];
};
int osv_dl_find_object(void *pc, struct find_object_result *result);

int osv_dl_find_object(void *pc, struct find_object_result *result)
{
    int found = -1;

    dl_lock();
    struct dl_object *o = dl_object_at(pc);
    for (unsigned i = 0; o && i < o->n_phdrs; i++) {
        if (o->phdrs[i].p_type != PT_GNU_EH_FRAME)
            continue;
        *result = (struct find_object_result){.map_start = (void *)o->start,
                                              .map_end = (void *)o->end,
                                              .link_map = &o->map,
                                              .eh_frame = (void *)(o->t.bias + o->phdrs[i].p_vaddr)};
        found = 0;
    }
    dl_unlock();
    return found;
}

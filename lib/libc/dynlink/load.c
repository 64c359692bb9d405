// SPDX-License-Identifier: BSD-3-Clause
// Loads a file and everything it needs, breadth first, each file once.
#include "dynlink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dl_object *dl_objects, **dl_globals;
unsigned dl_n_globals;
struct dl_object dl_libc;
char dl_message[512];

int dl_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(dl_message, sizeof dl_message, format, args);
    va_end(args);
    return -1;
}

static void append(struct dl_object *o)
{
    struct dl_object *last = dl_objects;

    while (last && last->next)
        last = last->next;
    if (!last) {
        dl_objects = o;
        return;
    }
    last->next = o;
    last->map.l_next = &o->map;
    o->map.l_prev = &last->map;
}

void dl_remove(struct dl_object *o)
{
    for (struct dl_object **at = &dl_objects; *at; at = &(*at)->next) {
        if (*at == o) {
            *at = o->next;
            break;
        }
    }
    if (o->map.l_prev)
        o->map.l_prev->l_next = o->map.l_next;
    if (o->map.l_next)
        o->map.l_next->l_prev = o->map.l_prev;
    for (unsigned i = 0; i < dl_n_globals; i++)
        if (dl_globals[i] == o) {
            memmove(dl_globals + i, dl_globals + i + 1, (dl_n_globals - i - 1) * sizeof *dl_globals);
            dl_n_globals--;
            break;
        }
}

static struct dl_object *loaded_as(const char *name)
{
    if (!strchr(name, '/'))
        for (struct dl_object *o = dl_objects; o; o = o->next)
            if (o->t.soname && strcmp(o->t.soname, name) == 0)
                return o;
    return NULL;
}

static struct dl_object *loaded_from(const struct stat *st)
{
    for (struct dl_object *o = dl_objects; o; o = o->next)
        if (!o->builtin && o->device == st->st_dev && o->inode == st->st_ino)
            return o;
    return NULL;
}

struct dl_object *dl_load(const char *name, struct dl_object *loader)
{
    char path[1024];
    struct stat st;

    if (dl_is_libc(name))
        return &dl_libc;
    struct dl_object *o = loaded_as(name);
    if (o)
        return o;
    if (dl_search(name, loader, path, sizeof path)) {
        dl_fail("%s: cannot open shared object file: No such file or directory", name);
        return NULL;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        dl_fail("%s: cannot open shared object file: %s", path, strerror(fd < 0 ? errno : EACCES));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    o = loaded_from(&st);
    if (!o) {
        o = dl_image_open(path, &st, fd);
        if (o) {
            o->loader = loader;
            append(o);
        }
    }
    close(fd);
    return o;
}

static bool contains(struct dl_object *const *list, unsigned n, const struct dl_object *o)
{
    for (unsigned i = 0; i < n; i++)
        if (list[i] == o)
            return true;
    return false;
}

static int push(struct dl_object ***list, unsigned *n, struct dl_object *o)
{
    struct dl_object **grown = realloc(*list, (*n + 1) * sizeof *grown);

    if (!grown)
        return dl_fail("out of memory");
    grown[(*n)++] = o;
    *list = grown;
    return 0;
}

static int load_needed(struct dl_object *o)
{
    if (o->n_needed || o->builtin)
        return 0;
    for (size_t i = 0; i < o->t.n_dynamic; i++) {
        if (o->t.dynamic[i].d_tag != DT_NEEDED)
            continue;
        const char *name = dl_tables_string(&o->t, o->t.dynamic[i].d_un.d_val);
        struct dl_object *needed = name ? dl_load(name, o) : NULL;
        if (!needed || push(&o->needed, &o->n_needed, needed))
            return -1;
    }
    return 0;
}

int dl_load_group(struct dl_object *root, struct dl_object ***group, unsigned *n)
{
    *group = NULL;
    *n = 0;
    if (push(group, n, root))
        return -1;
    for (unsigned i = 0; i < *n; i++) {
        struct dl_object *o = (*group)[i];
        if (load_needed(o))
            return -1;
        for (unsigned k = 0; k < o->n_needed; k++)
            if (!contains(*group, *n, o->needed[k]) && push(group, n, o->needed[k]))
                return -1;
    }
    return 0;
}

int dl_global_add(struct dl_object *o)
{
    if (contains(dl_globals, dl_n_globals, o))
        return 0;
    o->global = true;
    return push(&dl_globals, &dl_n_globals, o);
}

// SPDX-License-Identifier: BSD-3-Clause
// The shared libraries that a dynamic program needs, found as ld.so(8) would find them.
//
// Order for a name without a slash: DT_RPATH of the object and of what loaded it, (LD_LIBRARY_PATH is the guest's affair),
// DT_RUNPATH of the object, ld.so.conf, the default directories. A library of another class or machine is passed over.
#include "closure.h"

#include "elf_needs.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { CONF_DEPTH = 8 };

static void read_conf(struct closure *closure, const char *pattern, int depth);

static void read_conf_line(struct closure *closure, char *line, int depth)
{
    line[strcspn(line, "#\r")] = '\0';
    line += strspn(line, " \t");
    for (size_t n = strlen(line); n && strchr(" \t", line[n - 1]); n--)
        line[n - 1] = '\0';
    if (string_starts(line, "include ") || string_starts(line, "include\t"))
        read_conf(closure, line + 8 + strspn(line + 8, " \t"), depth + 1);
    else if (*line == '/')
        words_add(&closure->default_dirs, line);
}

/* @pattern is a guest path, relative to /etc if it is not absolute. */
static void read_conf(struct closure *closure, const char *pattern, int depth)
{
    if (depth > CONF_DEPTH)
        return;
    glob_t found;
    char *host = string_format("%s%s%s", closure->tree->root, *pattern == '/' ? "" : "/etc/", pattern);
    if (glob(host, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct text text = {0};
            text_append(&text, "", 0);
            char *rest = text_read_file(&text, found.gl_pathv[i]) ? text.data : NULL;
            for (char *line; rest && (line = strsep(&rest, "\n"));)
                read_conf_line(closure, line, depth);
            text_fini(&text);
        }
        globfree(&found);
    }
    free(host);
}

static void read_musl_path(struct closure *closure)
{
    struct text text = {0};
    char *path = guest_tree_host_path(closure->tree, "/etc/ld-musl-x86_64.path");
    text_append(&text, "", 0);
    char *rest = text_read_file(&text, path) ? text.data : NULL;
    if (!rest) {
        for (int i = 0; i < 3; i++)
            words_add(&closure->default_dirs, ((const char *const[]){"/lib", "/usr/local/lib", "/usr/lib"})[i]);
    }
    for (char *dir; rest && (dir = strsep(&rest, ":\n"));)
        if (*dir)
            words_add(&closure->default_dirs, dir);
    text_fini(&text);
    free(path);
}

void closure_init(struct closure *closure, struct guest_tree *tree, const char *interpreter)
{
    static const char *const glibc_dirs[] = {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64",
                                             "/lib", "/usr/lib"};
    *closure = (struct closure){.tree = tree, .is_musl = interpreter && strstr(interpreter, "ld-musl")};
    if (closure->is_musl) {
        read_musl_path(closure);
        return;
    }
    read_conf(closure, "/etc/ld.so.conf", 0);
    for (size_t i = 0; i < sizeof(glibc_dirs) / sizeof(glibc_dirs[0]); i++)
        words_add(&closure->default_dirs, glibc_dirs[i]);
}

void closure_fini(struct closure *closure)
{
    words_fini(&closure->default_dirs);
    words_fini(&closure->files);
    words_fini(&closure->missing);
}

/* Replace $ORIGIN, $LIB and $PLATFORM (braces allowed), as ld.so(8) describes. */
static char *expand_tokens(const char *dir, const char *origin)
{
    static const struct {
        const char *token;
        const char *value;
    } tokens[] = {{"$ORIGIN", NULL}, {"${ORIGIN}", NULL}, {"$LIB", "lib/x86_64-linux-gnu"},
                  {"${LIB}", "lib/x86_64-linux-gnu"}, {"$PLATFORM", "x86_64"}, {"${PLATFORM}", "x86_64"}};
    struct text out = {0};
    text_append(&out, "", 0);
    while (*dir) {
        size_t i = 0, count = sizeof(tokens) / sizeof(tokens[0]);
        while (i < count && !string_starts(dir, tokens[i].token))
            i++;
        if (i < count) {
            text_append_string(&out, tokens[i].value ? tokens[i].value : origin);
            dir += strlen(tokens[i].token);
        } else {
            text_append_char(&out, *dir++);
        }
    }
    return out.data;
}

/* Whether the host file is a 64-bit x86 library; anything else is passed over. */
static bool is_usable(const char *host)
{
    struct image image;
    struct text why = {0};
    bool good = image_open(&image, host, &why);
    if (good) {
        good = image.header.e_type == ET_DYN;
        image_close(&image);
    }
    text_fini(&why);
    return good;
}

/* A guest path may pass links that are absolute in the guest, so resolve it in a scratch tree first. */
static char *resolve(struct closure *closure, const char *path)
{
    struct guest_tree scratch;
    guest_tree_init(&scratch, closure->tree->root);
    char *real = guest_tree_add(&scratch, path);
    char *host = real ? guest_tree_host_path(&scratch, real) : NULL;
    bool good = host && is_usable(host);
    free(host);
    free(real);
    guest_tree_fini(&scratch);
    return good ? string_copy(path) : NULL;
}

static char *find_in(struct closure *closure, const struct words *dirs, const char *origin, const char *name)
{
    for (size_t i = 0; i < dirs->count; i++) {
        char *dir = expand_tokens(dirs->items[i], origin);
        char *path = string_format("%s/%s", dir, name);
        char *host = guest_tree_host_path(closure->tree, path);
        char *found = resolve(closure, path);
        free(host);
        free(dir);
        free(path);
        if (found)
            return found;
    }
    return NULL;
}

char *closure_find(struct closure *closure, const char *name)
{
    return strchr(name, '/') ? resolve(closure, name) : find_in(closure, &closure->default_dirs, "/", name);
}

/* musl's libc is the interpreter, under whatever name it is asked for. */
static bool is_own_libc(const struct closure *closure, const char *name)
{
    return closure->is_musl && (string_starts(name, "libc.musl-") || strcmp(name, "libc.so") == 0);
}

static void add_needed(struct closure *closure, const struct elf_needs *needs, const char *by, const struct words *inherited)
{
    char *origin = string_copy(by);
    char *slash = strrchr(origin, '/');
    if (slash)
        slash[slash == origin] = '\0';
    struct words rpath = {0};
    if (!needs->runpath.count) {
        for (size_t i = 0; i < needs->rpath.count; i++) {
            char *dir = expand_tokens(needs->rpath.items[i], origin);
            words_add(&rpath, dir);
            free(dir);
        }
        if (inherited)
            words_add_all(&rpath, inherited);
    }
    for (size_t i = 0; i < needs->needed.count; i++) {
        const char *name = needs->needed.items[i];
        if (is_own_libc(closure, name))
            continue;
        char *found = strchr(name, '/') ? resolve(closure, name) : find_in(closure, &rpath, origin, name);
        if (!found && !strchr(name, '/'))
            found = find_in(closure, &needs->runpath, origin, name);
        if (!found)
            found = closure_find(closure, name);
        if (found) {
            closure_add(closure, found, &rpath);
        } else {
            char *line = string_format("%s (needed by %s)", name, by);
            if (!words_contain(&closure->missing, line))
                words_add(&closure->missing, line);
            free(line);
        }
        free(found);
    }
    words_fini(&rpath);
    free(origin);
}

bool closure_add(struct closure *closure, const char *path, const struct words *inherited)
{
    char *real = guest_tree_add(closure->tree, path);
    if (!real || words_contain(&closure->files, real)) {
        bool known = real != NULL;
        free(real);
        return known;
    }
    words_add(&closure->files, real);
    char *host = guest_tree_host_path(closure->tree, real);
    struct image image;
    struct text why = {0};
    if (image_open(&image, host, &why)) {
        struct elf_needs needs;
        elf_needs_read(&needs, &image);
        if (image.interpreter && !closure_add(closure, image.interpreter, NULL))
            words_addf(&closure->missing, "%s (dynamic linker of %s)", image.interpreter, real);
        add_needed(closure, &needs, real, inherited);
        elf_needs_fini(&needs);
        image_close(&image);
    }
    text_fini(&why);
    free(host);
    free(real);
    return true;
}

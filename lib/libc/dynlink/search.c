// SPDX-License-Identifier: BSD-3-Clause
// Finds the file of a library: DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, ld.so.cache, the default directories.
#include "dynlink.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *library_path;
static const char *cache;
static size_t cache_bytes;

void dl_search_init(const char *path)
{
    struct stat st;
    int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC);

    library_path = path;
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && st.st_size > 48) {
        void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) {
            cache = at;
            cache_bytes = (size_t)st.st_size;
        }
    }
    close(fd);
}

/* A 64-bit x86 library; others are passed over, as ld.so does. */
static bool usable(const char *path)
{
    Elf64_Ehdr h;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    bool good = read(fd, &h, sizeof h) == sizeof h && memcmp(h.e_ident, ELFMAG, SELFMAG) == 0 &&
                h.e_ident[EI_CLASS] == ELFCLASS64 && h.e_machine == EM_X86_64;
    close(fd);
    return good;
}

static size_t replace_token(const char *at, const struct dl_object *o, const char **value)
{
    static const char *const tokens[] = {"$ORIGIN", "${ORIGIN}", "$LIB",
                                         "${LIB}",  "$PLATFORM", "${PLATFORM}"};

    for (unsigned i = 0; i < 6; i++) {
        size_t n = strlen(tokens[i]);
        if (strncmp(at, tokens[i], n) == 0) {
            *value = i < 2   ? (o && o->directory ? o->directory : ".")
                     : i < 4 ? "lib/x86_64-linux-gnu"
                             : "x86_64";
            return n;
        }
    }
    return 0;
}

/* One directory of a list plus @name, tokens replaced. Return: false if it is too long. */
static bool expand(const char *dir, size_t length, const struct dl_object *o, const char *name, char *out,
                   size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < length;) {
        const char *value = NULL;
        size_t token = dir[i] == '$' ? replace_token(dir + i, o, &value) : 0;
        size_t n = token ? strlen(value) : 1;
        if (used + n >= size)
            return false;
        memcpy(out + used, token ? value : dir + i, n);
        used += n;
        i += token ? token : 1;
    }
    int n = snprintf(out + used, size - used, "%s%s", length ? "/" : "", name);
    return n > 0 && (size_t)n < size - used;
}

static bool in_list(const char *list, const struct dl_object *o, const char *name, char *out, size_t size)
{
    while (list) {
        size_t length = strcspn(list, ":;");
        if (expand(list, length, o, name, out, size) && usable(out))
            return true;
        list = list[length] ? list + length + 1 : NULL;
    }
    return false;
}

struct cache_header {
    char magic[20];
    uint32_t n, string_bytes, unused[5];
};
struct cache_entry {
    int32_t flags;
    uint32_t key, value, os_version;
    uint64_t hwcap;
};

static bool in_cache(const char *name, char *out, size_t size)
{
    const struct cache_header *h = (const void *)cache;

    if (!cache || cache_bytes < sizeof *h || memcmp(h->magic, "glibc-ld.so.cache1.1", 20) != 0 ||
        h->n > (cache_bytes - sizeof *h) / sizeof(struct cache_entry))
        return false;
    const struct cache_entry *e = (const void *)(h + 1);
    for (uint32_t i = 0; i < h->n; i++) {
        size_t key = e[i].key, value = e[i].value;
        if (key >= cache_bytes || value >= cache_bytes || !memchr(cache + key, 0, cache_bytes - key) ||
            !memchr(cache + value, 0, cache_bytes - value) || e[i].hwcap || strcmp(cache + key, name) != 0)
            continue;
        if (strlen(cache + value) < size && usable(cache + value)) {
            strcpy(out, cache + value);
            return true;
        }
    }
    return false;
}

int dl_search(const char *name, const struct dl_object *o, char *path, size_t size)
{
    static const char defaults[] =
        "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib:/usr/local/lib";

    if (strchr(name, '/'))
        return expand(name, strlen(name), o, "", path, size) &&
                       (path[strlen(path) - 1] = '\0', access(path, F_OK) == 0)
                   ? 0
                   : -1;
    if (!o || !o->t.runpath)
        for (const struct dl_object *by = o; by; by = by->loader)
            if (by->t.rpath && !by->t.runpath && in_list(by->t.rpath, by, name, path, size))
                return 0;
    if ((library_path && *library_path && in_list(library_path, o, name, path, size)) ||
        (o && o->t.runpath && in_list(o->t.runpath, o, name, path, size)))
        return 0;
    if (o && (o->t.flags_1 & DF_1_NODEFLIB))
        return -1;
    return in_cache(name, path, size) || in_list(defaults, o, name, path, size) ? 0 : -1;
}

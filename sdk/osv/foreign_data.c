// SPDX-License-Identifier: BSD-3-Clause
// Data files that a Linux program expects beside its libraries.
#include "foreign_data.h"

#include "packages.h"
#include "prefix.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Installed files that no program reads at run time. */
static bool is_ballast(const char *path)
{
    static const char *const patterns[] = {
        "/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*",
        "/usr/share/bug/*", "/usr/share/bash-completion/*", "/usr/share/zsh/*", "/usr/share/doc-base/*",
        "/usr/share/menu/*", "/usr/share/applications/*", "/usr/share/icons/*", "/usr/share/pixmaps/*",
        "/usr/share/apport/*", "/usr/share/gdb/*", "/usr/include/*", "/usr/lib/debug/*", "/usr/lib/systemd/*",
        "/lib/systemd/*", "/etc/init.d/*", "/etc/cron*", "/etc/default/*", "/etc/logrotate.d/*", "/etc/ufw/*",
        "/etc/apparmor.d/*", "/var/cache/*", "*.a", "*.la", "*.h",
        /* what installs or develops, inside interpreters' libraries */
        "/usr/lib/python3*/ensurepip*", "/usr/lib/python3*/idlelib*", "/usr/lib/python3*/test/*", "/usr/lib/python3*/turtledemo*",
        "/usr/lib/python3*/config-3*", "/usr/lib/python3/dist-packages/pip*", "/usr/lib/python3/dist-packages/setuptools*",
        "/usr/lib/python3/dist-packages/pkg_resources*", "/usr/lib/python3/dist-packages/wheel*",
        "/usr/lib/jvm/*/lib/ct.sym", "/usr/lib/jvm/*/jmods/*", "/usr/lib/jvm/*/man/*", "/usr/lib/jvm/*/lib/src.zip",
    };
    /* Character set converters: Unicode, Latin and the like; --all-files brings the other 200. */
    static const char *const converters[] = {"*/gconv/gconv-modules*", "*/gconv/UTF*", "*/gconv/UNICODE*", "*/gconv/ISO8859*",
                                             "*/gconv/CP125*", "*/gconv/KOI8*"};
    if (strstr(path, "/gconv/")) {
        for (size_t i = 0; i < sizeof(converters) / sizeof(converters[0]); i++)
            if (fnmatch(converters[i], path, 0) == 0)
                return false;
        return true;
    }
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (fnmatch(patterns[i], path, 0) == 0)
            return true;
    return false;
}

static bool is_program_dir(const char *path)
{
    return string_starts(path, "/bin/") || string_starts(path, "/sbin/") || string_starts(path, "/usr/bin/") ||
           string_starts(path, "/usr/sbin/") || string_starts(path, "/usr/games/");
}

/* Whether @path lies directly in a directory of the dynamic linker: DT_NEEDED decides about those. */
static bool in_library_dir(const struct closure *closure, const char *path)
{
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; slash && i < closure->default_dirs.count; i++) {
        const char *dir = closure->default_dirs.items[i];
        if (strlen(dir) == (size_t)(slash - path) && strncmp(dir, path, (size_t)(slash - path)) == 0)
            return true;
    }
    return false;
}

static bool may_be_elf(const char *path, const struct stat *st)
{
    const char *name = strrchr(path, '/');
    return S_ISREG(st->st_mode) && ((name && strstr(name, ".so")) || (st->st_mode & 0111));
}

static void add_file(struct guest_tree *tree, struct closure *closure, const char *path)
{
    struct stat st;
    char *host = guest_tree_host_path(tree, path);
    if (lstat(host, &st) == 0) {
        if (may_be_elf(path, &st))
            closure_add(closure, path, NULL);
        else if (!S_ISDIR(st.st_mode) || !string_starts(path, "/var/"))
            free(guest_tree_add(tree, path));
        else
            guest_tree_add_dir(tree, path, st.st_mode & 07777);
    }
    free(host);
}

static void add_package_files(struct guest_tree *tree, struct closure *closure, const struct packages *packages,
                              const char *name, bool is_sibling, bool everything)
{
    struct words paths = {0};
    packages_files(packages, name, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        const char *path = paths.items[i];
        if (!everything && (is_ballast(path) || is_program_dir(path) || (!is_sibling && in_library_dir(closure, path))))
            continue;
        add_file(tree, closure, path);
    }
    words_fini(&paths);
}

/* What interpreters keep outside any package: byte code caches, locally installed modules. */
static bool is_wanted(const char *path)
{
    return !is_ballast(path) && !string_ends(path, "/test");
}

static void add_local_modules(struct guest_tree *tree, const char *real)
{
    const char *name = strrchr(real, '/') + 1;
    if (string_starts(name, "python3")) {
        char *caches = string_format("/usr/lib/%s", name), *local = string_format("/usr/local/lib/%s", name);
        guest_tree_add_all(tree, caches, is_wanted);
        guest_tree_add_all(tree, local, NULL);
        guest_tree_add_all(tree, "/usr/lib/python3/dist-packages", is_wanted);
        free(caches);
        free(local);
    }
    if (string_starts(name, "ruby"))
        guest_tree_add_all(tree, "/var/lib/gems", NULL);
    if (string_starts(name, "perl"))
        guest_tree_add_all(tree, "/usr/local/share/perl", NULL);
    if (string_starts(name, "php")) /* Debian's takes time zones from the system, and does not live without */
        guest_tree_add_all(tree, "/usr/share/zoneinfo", NULL);
}

static void add_packages(struct guest_tree *tree, struct closure *closure, const char *real, bool everything)
{
    struct packages packages;
    packages_read(&packages, tree->root);
    const struct package *owner = packages_owner(&packages, real);
    struct words family = {0};
    if (owner)
        packages_family(&packages, owner, &family);
    for (size_t i = 0; i < family.count; i++) {
        bool is_sibling = false;
        for (size_t n = 0; n < packages.count; n++)
            if (strcmp(packages.items[n].name, family.items[i]) == 0)
                is_sibling = strcmp(packages.items[n].source, owner->source) == 0;
        add_package_files(tree, closure, &packages, family.items[i], is_sibling, everything);
    }
    words_fini(&family);
    packages_fini(&packages);
}

/* Files that libraries open by themselves, by the library's name. */
static void add_library_data(struct guest_tree *tree, struct closure *closure)
{
    static const struct {
        const char *library, *path;
    } data[] = {
        {"/libc.so.6", "/usr/lib/locale/C.utf8"},
        {"/libtinfo.so", "/lib/terminfo"},
        {"/libcrypto.so", "/etc/ssl/openssl.cnf"},
        {"/libcrypto.so", "/usr/lib/ssl"},
        {"/libcrypto.so", "/etc/ssl/certs/ca-certificates.crt"},
        {"/libcrypto.so", "/usr/lib/x86_64-linux-gnu/ossl-modules"},
        {"/libmagic.so", "/usr/share/misc/magic.mgc"},
    };
    for (size_t i = 0; i < closure->files.count; i++)
        for (size_t n = 0; n < sizeof(data) / sizeof(data[0]); n++)
            if (strstr(closure->files.items[i], data[n].library) && file_exists(data[n].path))
                guest_tree_add_all(tree, data[n].path, NULL);
}

/* glibc opens libgcc_s when a thread is cancelled or exits early; nothing names it in DT_NEEDED. */
static void add_unwinder(struct closure *closure)
{
    bool glibc = false;
    for (size_t i = 0; i < closure->files.count; i++)
        glibc |= string_ends(closure->files.items[i], "/libc.so.6");
    char *found = glibc ? closure_find(closure, "libgcc_s.so.1") : NULL;
    if (found)
        closure_add(closure, found, NULL);
    free(found);
}

void foreign_data_add(struct guest_tree *tree, struct closure *closure, const char *real, bool everything)
{
    static const char *const files[] = {"/etc/localtime", "/etc/nsswitch.conf", "/etc/services", "/etc/protocols",
                                        "/etc/mime.types", "/etc/host.conf", "/etc/gai.conf", "/etc/os-release",
                                        "/etc/debian_version", "/etc/ld.so.conf", "/etc/ld.so.cache"};
    add_packages(tree, closure, real, everything);
    add_local_modules(tree, real);
    add_unwinder(closure);
    add_library_data(tree, closure);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        free(guest_tree_add(tree, files[i]));
    guest_tree_add_all(tree, "/etc/ld.so.conf.d", NULL);
}

void foreign_data_add_base(struct guest_tree *tree)
{
    static const struct {
        const char *path;
        mode_t mode;
    } dirs[] = {{"/dev", 0755}, {"/proc", 0555}, {"/sys", 0555},     {"/tmp", 01777},     {"/run", 0755},
                {"/root", 0700}, {"/etc", 0755}, {"/var/tmp", 01777}, {"/var/log", 0755}, {"/var/lib", 0755}};
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
        if (!guest_tree_has(tree, dirs[i].path))
            guest_tree_add_dir(tree, dirs[i].path, dirs[i].mode);
    guest_tree_add_text(tree, "/etc/passwd",
                        "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
                        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
    guest_tree_add_text(tree, "/etc/group", "root:x:0:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n");
    guest_tree_add_text(tree, "/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n");
    guest_tree_add_text(tree, "/etc/hostname", "osv\n");
}

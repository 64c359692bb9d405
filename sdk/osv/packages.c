// SPDX-License-Identifier: BSD-3-Clause
// What Debian's package manager knows of the installed packages: who owns a file, which files belong together.
#include "packages.h"

#include "prefix.h"

#include <stdlib.h>
#include <string.h>

static char *field(const char *paragraph, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = paragraph; line; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1 + strspn(line + length + 1, " \t");
            return string_format("%.*s", (int)strcspn(value, "\n"), value);
        }
    return NULL;
}

static char *find_list(const char *root, const char *name)
{
    char *plain = string_format("%s/var/lib/dpkg/info/%s.list", root, name);
    if (file_exists(plain))
        return plain;
    free(plain);
    return string_format("%s/var/lib/dpkg/info/%s:amd64.list", root, name);
}

static void add_package(struct packages *packages, const char *root, const char *paragraph)
{
    char *name = field(paragraph, "Package"), *status = field(paragraph, "Status");
    if (name && status && string_ends(status, " installed")) {
        char *source = field(paragraph, "Source"), *essential = field(paragraph, "Essential");
        char *priority = field(paragraph, "Priority"), *depends = field(paragraph, "Depends");
        char *pre = field(paragraph, "Pre-Depends");
        if (source)
            source[strcspn(source, " (")] = '\0';
        if ((packages->count & 255) == 0)
            packages->items = memory_resize(packages->items, (packages->count + 256) * sizeof(*packages->items));
        packages->items[packages->count++] = (struct package){
            .name = string_copy(name),
            .list = find_list(root, name),
            .source = source ? source : string_copy(name),
            .depends = string_format("%s, %s", depends ? depends : "", pre ? pre : ""),
            .is_base = essential || (priority && strcmp(priority, "required") == 0),
        };
        free(essential);
        free(priority);
        free(depends);
        free(pre);
    }
    free(name);
    free(status);
}

void packages_read(struct packages *packages, const char *root)
{
    struct text text = {0};
    *packages = (struct packages){0};
    text_append(&text, "", 0);
    char *status = string_format("%s/var/lib/dpkg/status", root);
    char *rest = text_read_file(&text, status) ? text.data : NULL;
    while (rest && *rest) {
        char *end = strstr(rest, "\n\n");
        if (end)
            *end = '\0';
        add_package(packages, root, rest);
        rest = end ? end + 2 : NULL;
    }
    text_fini(&text);
    free(status);
}

void packages_fini(struct packages *packages)
{
    for (size_t i = 0; i < packages->count; i++) {
        free(packages->items[i].name);
        free(packages->items[i].list);
        free(packages->items[i].source);
        free(packages->items[i].depends);
    }
    free(packages->items);
    *packages = (struct packages){0};
}

/* Whether the newline-separated @list holds the line @path. */
static bool has_line(const struct text *list, const char *path)
{
    size_t length = strlen(path);
    for (const char *at = text_string(list); (at = strstr(at, path)); at += length)
        if ((at == list->data || at[-1] == '\n') && (at[length] == '\n' || !at[length]))
            return true;
    return false;
}

const struct package *packages_owner(const struct packages *packages, const char *path)
{
    const char *unmerged = string_starts(path, "/usr/bin/") || string_starts(path, "/usr/sbin/") ||
                                   string_starts(path, "/usr/lib")
                               ? path + 4
                               : NULL;
    for (size_t i = 0; i < packages->count; i++) {
        struct text list = {0};
        bool owns = text_read_file(&list, packages->items[i].list) &&
                    (has_line(&list, path) || (unmerged && has_line(&list, unmerged)));
        text_fini(&list);
        if (owns)
            return &packages->items[i];
    }
    return NULL;
}

static const struct package *find_package(const struct packages *packages, const char *name)
{
    for (size_t i = 0; i < packages->count; i++)
        if (strcmp(packages->items[i].name, name) == 0)
            return &packages->items[i];
    return NULL;
}

static bool is_run_time(const struct package *package)
{
    static const char *const others[] = {"-dev", "-doc", "-docs", "-dbg", "-dbgsym", "-tests", "-testsuite", "-examples",
                                         "-jdk", "-jdk-headless", "-source", "-demo", "-src", "-dbg-headless", "-man"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (string_ends(package->name, others[i]))
            return false;
    return strcmp(package->name, "debconf") != 0 && strcmp(package->name, "dpkg") != 0;
}

static void add_name(struct words *names, const char *name)
{
    if (!words_contain(names, name))
        words_add(names, name);
}

/* "a (>= 1), b | c:any, d" */
static void add_depends(const struct packages *packages, const struct package *package, struct words *names)
{
    char *copy = string_copy(package->depends), *rest = copy;
    for (char *word; (word = strsep(&rest, ",|"));) {
        word += strspn(word, " ");
        word[strcspn(word, " (:")] = '\0';
        const struct package *found = *word ? find_package(packages, word) : NULL;
        if (found && !found->is_base && is_run_time(found))
            add_name(names, found->name);
    }
    free(copy);
}

/* "x" beside the owner "x-headless" is its graphical half. */
static bool is_graphical_half(const struct package *package, const struct package *owner)
{
    size_t length = strlen(package->name);
    return strncmp(owner->name, package->name, length) == 0 && strcmp(owner->name + length, "-headless") == 0;
}

void packages_family(const struct packages *packages, const struct package *owner, struct words *names)
{
    add_name(names, owner->name);
    for (size_t i = 0; i < packages->count; i++)
        if (strcmp(packages->items[i].source, owner->source) == 0 && is_run_time(&packages->items[i]) &&
            !is_graphical_half(&packages->items[i], owner))
            add_name(names, packages->items[i].name);
    for (size_t i = 0; i < names->count; i++)
        add_depends(packages, find_package(packages, names->items[i]), names);
}

void packages_files(const struct packages *packages, const char *name, struct words *paths)
{
    const struct package *package = find_package(packages, name);
    struct text list = {0};
    text_append(&list, "", 0);
    char *rest = package && text_read_file(&list, package->list) ? list.data : NULL;
    for (char *line; rest && (line = strsep(&rest, "\n"));)
        if (*line == '/' && line[1] && line[1] != '.')
            words_add(paths, line);
    text_fini(&list);
}

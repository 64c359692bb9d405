// SPDX-License-Identifier: BSD-3-Clause
// The files a guest will see: guest paths, each with where its content comes from on the host.
#include "guest_tree.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

static uint32_t hash_path(const char *path)
{
    uint32_t hash = 2166136261u;
    for (; *path; path++)
        hash = (hash ^ (unsigned char)*path) * 16777619u;
    return hash;
}

static uint32_t *find_slot(const struct guest_tree *tree, const char *path)
{
    size_t i = hash_path(path) & (tree->slot_count - 1);
    while (tree->slots[i] && strcmp(tree->entries[tree->slots[i] - 1].path, path) != 0)
        i = (i + 1) & (tree->slot_count - 1);
    return &tree->slots[i];
}

static void rehash(struct guest_tree *tree, size_t slot_count)
{
    free(tree->slots);
    tree->slot_count = slot_count;
    tree->slots = memory_allocate(slot_count * sizeof(*tree->slots));
    for (size_t i = 0; i < tree->count; i++)
        *find_slot(tree, tree->entries[i].path) = (uint32_t)i + 1;
}

void guest_tree_init(struct guest_tree *tree, const char *root)
{
    *tree = (struct guest_tree){.root = string_copy(root)};
    while (string_ends(tree->root, "/"))
        tree->root[strlen(tree->root) - 1] = '\0';
    rehash(tree, 1024);
}

void guest_tree_fini(struct guest_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        free(tree->entries[i].path);
        free(tree->entries[i].source);
        free(tree->entries[i].data);
    }
    free(tree->entries);
    free(tree->slots);
    free(tree->root);
}

bool guest_tree_has(const struct guest_tree *tree, const char *path)
{
    return *find_slot(tree, path) != 0;
}

char *guest_tree_host_path(const struct guest_tree *tree, const char *path)
{
    return string_format("%s%s", tree->root, path);
}

/* The first entry for a path wins, but a made-up directory gives way to a real one. */
static void insert(struct guest_tree *tree, const char *path, const char *source, const char *data, mode_t mode)
{
    uint32_t *slot = find_slot(tree, path);
    if (*slot) {
        struct tree_entry *old = &tree->entries[*slot - 1];
        if (S_ISDIR(old->mode) && !old->source && source && S_ISDIR(mode)) {
            old->source = string_copy(source);
            old->mode = mode;
        }
        return;
    }
    if (tree->count == tree->capacity) {
        tree->capacity = tree->capacity ? tree->capacity * 2 : 256;
        tree->entries = memory_resize(tree->entries, tree->capacity * sizeof(*tree->entries));
    }
    tree->entries[tree->count++] = (struct tree_entry){
        .path = string_copy(path),
        .source = source ? string_copy(source) : NULL,
        .data = data ? string_copy(data) : NULL,
        .mode = mode,
    };
    *slot = (uint32_t)tree->count;
    if (tree->count * 2 > tree->slot_count)
        rehash(tree, tree->slot_count * 2);
}

void guest_tree_add_dir(struct guest_tree *tree, const char *path, mode_t mode)
{
    char *copy = string_copy(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        insert(tree, copy, NULL, NULL, S_IFDIR | 0755);
        *slash = '/';
    }
    insert(tree, copy, NULL, NULL, S_IFDIR | mode);
    free(copy);
}

static void add_parents(struct guest_tree *tree, const char *path)
{
    char *parent = string_copy(path);
    char *slash = strrchr(parent, '/');
    if (slash && slash != parent) {
        *slash = '\0';
        guest_tree_add_dir(tree, parent, 0755);
    }
    free(parent);
}

void guest_tree_add_text(struct guest_tree *tree, const char *path, const char *content)
{
    add_parents(tree, path);
    insert(tree, path, NULL, content, S_IFREG | 0644);
}

static char *read_link(const char *host)
{
    char target[PATH_MAX];
    ssize_t length = readlink(host, target, sizeof(target) - 1);
    if (length < 0)
        return NULL;
    target[length] = '\0';
    return string_copy(target);
}

/* Cut the last component off; "/a" becomes "". */
static void step_up(struct text *path)
{
    while (path->length && path->data[path->length - 1] != '/')
        path->length--;
    if (path->length)
        path->length--;
    if (path->data)
        path->data[path->length] = '\0';
}

struct walk {
    struct guest_tree *tree;
    struct text done; /* resolved so far, "" for the root */
    char *rest;       /* still to resolve */
    int links;
};

static int walk_link(struct walk *walk, const char *host)
{
    char *target = read_link(host);
    if (!target)
        return errno;
    insert(walk->tree, text_string(&walk->done), host, target, S_IFLNK | 0777);
    if (++walk->links > LINKS_MAX) {
        free(target);
        return ELOOP;
    }
    char *rest = string_format("%s/%s", target, walk->rest);
    if (*target == '/')
        text_clear(&walk->done);
    else
        step_up(&walk->done);
    free(target);
    free(walk->rest);
    walk->rest = rest;
    return 0;
}

/* Resolve one component of walk->rest. Return: 0 or an errno. */
static int walk_step(struct walk *walk)
{
    char *rest = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(rest, "/");
    char *name = string_format("%.*s", (int)length, rest);
    char *remainder = string_copy(rest + length);
    free(walk->rest);
    walk->rest = remainder;
    bool up = strcmp(name, "..") == 0, stay = !*name || strcmp(name, ".") == 0;
    if (up)
        step_up(&walk->done);
    else if (!stay)
        text_printf(&walk->done, "/%s", name);
    free(name);
    if (up || stay)
        return 0;
    char *host = guest_tree_host_path(walk->tree, text_string(&walk->done));
    struct stat st;
    int error = 0;
    if (lstat(host, &st) != 0)
        error = errno;
    else if (S_ISLNK(st.st_mode))
        error = walk_link(walk, host);
    else if (S_ISDIR(st.st_mode) || !walk->rest[strspn(walk->rest, "/")])
        insert(walk->tree, text_string(&walk->done), host, NULL, st.st_mode);
    else
        error = ENOTDIR;
    free(host);
    return error;
}

char *guest_tree_add(struct guest_tree *tree, const char *path)
{
    struct walk walk = {.tree = tree, .rest = string_copy(path)};
    text_append(&walk.done, "", 0);
    int error = 0;
    while (!error && walk.rest[strspn(walk.rest, "/")])
        error = walk_step(&walk);
    free(walk.rest);
    if (error) {
        text_fini(&walk.done);
        errno = error;
        return NULL;
    }
    if (!walk.done.length)
        text_append_char(&walk.done, '/');
    return walk.done.data;
}

/* The names in a directory, in a stable order. */
static bool list_dir(const char *host, struct words *names)
{
    struct dirent **found;
    int count = scandir(host, &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (strcmp(found[i]->d_name, ".") != 0 && strcmp(found[i]->d_name, "..") != 0)
            words_add(names, found[i]->d_name);
        free(found[i]);
    }
    if (count >= 0)
        free(found);
    return count >= 0;
}

bool guest_tree_add_all(struct guest_tree *tree, const char *path, bool (*wanted)(const char *path))
{
    struct words todo = {0};
    char *first = guest_tree_add(tree, path);
    if (!first)
        return false;
    words_add(&todo, first);
    free(first);
    for (size_t i = 0; i < todo.count; i++) {
        char *host = guest_tree_host_path(tree, todo.items[i]);
        struct stat st;
        struct words names = {0};
        if (lstat(host, &st) == 0 && S_ISDIR(st.st_mode))
            list_dir(host, &names);
        for (size_t n = 0; n < names.count; n++) {
            char *child = string_format("%s/%s", strcmp(todo.items[i], "/") ? todo.items[i] : "", names.items[n]);
            char *real = !wanted || wanted(child) ? guest_tree_add(tree, child) : NULL;
            if (real && strcmp(real, child) == 0)
                words_add(&todo, child);
            free(real);
            free(child);
        }
        words_fini(&names);
        free(host);
    }
    words_fini(&todo);
    return true;
}

bool guest_tree_graft(struct guest_tree *tree, const char *host, const char *path)
{
    struct stat st;
    if (lstat(host, &st) != 0)
        return false;
    char *target = S_ISLNK(st.st_mode) ? read_link(host) : NULL;
    add_parents(tree, path);
    insert(tree, path, host, target, st.st_mode);
    free(target);
    if (!S_ISDIR(st.st_mode))
        return true;
    struct words names = {0};
    bool good = list_dir(host, &names);
    for (size_t i = 0; i < names.count; i++) {
        char *from = string_format("%s/%s", host, names.items[i]), *to = string_format("%s/%s", path, names.items[i]);
        good &= guest_tree_graft(tree, from, to);
        free(from);
        free(to);
    }
    words_fini(&names);
    return good;
}

void guest_tree_merge(struct guest_tree *tree, const struct guest_tree *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct tree_entry *entry = &from->entries[i];
        insert(tree, entry->path, entry->source, entry->data, entry->mode);
    }
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct tree_entry *)a)->path, ((const struct tree_entry *)b)->path);
}

void guest_tree_sort(struct guest_tree *tree)
{
    qsort(tree->entries, tree->count, sizeof(*tree->entries), compare_paths);
    rehash(tree, tree->slot_count);
}

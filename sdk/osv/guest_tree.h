// SPDX-License-Identifier: BSD-3-Clause
// The files a guest will see: guest paths, each with where its content comes from on the host.
#pragma once

#include "text.h"

#include <stdint.h>
#include <sys/types.h>

struct tree_entry {
    char *path;   /* in the guest, absolute, normalised */
    char *source; /* on the host, or NULL for a made-up entry */
    char *data;   /* target of a symbolic link, content of a made-up file */
    mode_t mode;
};

struct guest_tree {
    char *root; /* host directory that stands for "/" when paths are walked; "" for the host's own */
    struct tree_entry *entries;
    size_t count, capacity;
    uint32_t *slots; /* hash of path -> index + 1 */
    size_t slot_count;
};

void guest_tree_init(struct guest_tree *tree, const char *root);
void guest_tree_fini(struct guest_tree *tree);

/**
 * guest_tree_add - add what @path names below the tree's root, at the same path in the guest, with every symbolic link and
 * directory on the way. Directories are added without their content.
 *
 * Return: the final path without links, a string that the caller frees; NULL, errno set, if the path leads nowhere.
 */
char *guest_tree_add(struct guest_tree *tree, const char *path);

/** guest_tree_add_all - guest_tree_add() and, for a directory, everything below it for which @wanted (if any) is true. */
bool guest_tree_add_all(struct guest_tree *tree, const char *path, bool (*wanted)(const char *path));

/** guest_tree_graft - place the host file or directory @host (with all below it) at @path in the guest. */
bool guest_tree_graft(struct guest_tree *tree, const char *host, const char *path);

/** guest_tree_merge - add all entries of @from whose paths are not there yet. */
void guest_tree_merge(struct guest_tree *tree, const struct guest_tree *from);

void guest_tree_add_dir(struct guest_tree *tree, const char *path, mode_t mode);
void guest_tree_add_text(struct guest_tree *tree, const char *path, const char *content);

bool guest_tree_has(const struct guest_tree *tree, const char *path);

/** guest_tree_host_path - where guest @path lies on the host, a string that the caller frees. */
char *guest_tree_host_path(const struct guest_tree *tree, const char *path);

/** guest_tree_sort - order the entries so that each directory comes before what it holds. Adding may go on afterwards. */
void guest_tree_sort(struct guest_tree *tree);

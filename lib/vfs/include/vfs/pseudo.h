// SPDX-License-Identifier: BSD-3-Clause
// Pseudo file systems: trees whose files are generated when they are read.
#pragma once

#include "vfs/inode.h"
#include "vfs/path.h"

/** struct text - a growing buffer that a file's generator writes. */
struct text {
    char *bytes;
    size_t used, capacity;
    bool failed; /* out of memory */
};
void text_add(struct text *t, const char *fmt, ...) __printf_like(2, 3);
void text_add_bytes(struct text *t, const void *bytes, size_t n);

struct pseudo_node;
/** Where a generator is: @id and @sub are whatever the dynamic directories on the way bound (a pid, a descriptor). */
struct pseudo_context {
    const struct pseudo_node *node;
    long id, sub;
};

/**
 * struct pseudo_node - one entry of a static table; a table ends with a NULL name. Exactly one of show, children, list, link, follow is the
 * node's kind (a text file, a fixed directory, a generated directory, a symlink, a magic link).
 */
struct pseudo_node {
    const char *name;
    uint32_t mode; /* permission bits; 0: 0444 for files, 0555 for directories, 0777 for links */
    int (*show)(struct text *t, const struct pseudo_context *c);           /* 0 or -errno at open */
    long (*store)(const struct pseudo_context *c, char *bytes, size_t n);  /* a write; @bytes is terminated. NULL: -EACCES */
    const struct pseudo_node *children;
    /** find - a name in a generated directory: 0 with the entry's node and context; -ENOENT. Fixed @children are looked at first. */
    int (*find)(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out);
    /** list - the @index-th generated name into @name: false at the end. */
    bool (*list)(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out);
    int (*link)(const struct pseudo_context *c, char *buf, size_t n);      /* length */
    int (*follow)(const struct pseudo_context *c, struct vfs_path *out);   /* with @link: what readlink says */
    bool (*alive)(const struct pseudo_context *c);                         /* NULL: always */
    void (*owner)(const struct pseudo_context *c, uint32_t *uid, uint32_t *gid);
    uint64_t (*rdev)(const struct pseudo_context *c);                      /* devices: @mode has S_IFCHR */
    const struct file_ops *ops;                                            /* files that are not text */
};

/** pseudo_context_of - what the inode @i of a pseudo file system stands for; NULL: it is of another kind. */
const struct pseudo_context *pseudo_context_of(struct inode *i);

/** pseudo_mount - a super block over @root. */
int pseudo_mount(const struct fs_type *t, uint32_t magic, const struct pseudo_node *root, struct super_block **out);

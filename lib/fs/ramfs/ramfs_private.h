// SPDX-License-Identifier: BSD-3-Clause
// Inodes and directories of ramfs.
#pragma once

#include "base/rbtree.h"
#include "mem/kalloc.h"
#include "ramfs/ramfs.h"
#include "vfs/path.h"

struct ram_xattr {
    struct ram_xattr *next;
    size_t size;
    char *value;
    char name[];
};

struct ram_inode {
    struct inode inode;
    struct rb_root entries;    /* directories: struct ram_entry by key. M */
    char *target;              /* symlinks. I */
    struct ram_xattr *xattrs;  /* M */
};

/** A name in a directory. The key is its hash and a number that tells names with one hash apart: also its position in listings. */
struct ram_entry {
    struct rb_node node;
    uint64_t key;
    struct inode *inode; /* reference */
    uint32_t length;
    char name[];
};

/** struct ram_super - Legend: I; a */
struct ram_super {
    struct page_quota pages; /* contents of regular files */
    uint64_t max_inodes;  /* I */
    uint64_t n_inodes;    /* a */
    uint64_t next_number; /* a */
};

static inline struct ram_inode *ram_of(struct inode *i)
{
    return container_of(i, struct ram_inode, inode);
}
struct ram_entry *ram_find(struct ram_inode *dir, const char *name, size_t len);
int ram_insert(struct ram_inode *dir, const char *name, size_t len, struct inode *i); /* takes over the reference */
void ram_remove(struct ram_inode *dir, struct ram_entry *e);                            /* drops the entry's reference */
int ram_read_dir(struct inode *dir, int64_t *pos, struct dir_sink *sink);
long ram_get_xattr(struct inode *i, const char *name, void *buf, size_t n);
int ram_set_xattr(struct inode *i, const char *name, const void *buf, size_t n, int flags);
long ram_list_xattr(struct inode *i, char *buf, size_t n);
int ram_remove_xattr(struct inode *i, const char *name);
void ram_free_xattrs(struct ram_inode *r);
struct inode *ram_make_inode(struct super_block *sb, uint32_t mode);
extern const struct inode_ops ram_file_inode_ops;

// SPDX-License-Identifier: BSD-3-Clause
// Dentries, mounts and walks as the files of this room see them.
#pragma once

#include "arch/spinlock.h"
#include "base/atomic.h"
#include "base/list.h"
#include "sched/mutex.h"
#include "sched/rcu.h"
#include "vfs/path.h"

#define NAME_BYTES_MAX 255u
#define PATH_BYTES_MAX 4096u
#define SYMLINKS_MAX 40
#define DENTRY_INLINE_NAME 40

/** A name and its hash; replaced as a whole by rename. */
struct dentry_name {
    struct rcu_head rcu;
    uint32_t hash, length;
    char text[];
};

#define DENTRY_DEAD 0x80000000u /* in refs: may not be revived */
#define DENTRY_HASHED 1u
#define DENTRY_ON_LRU 2u
#define DENTRY_UNCACHED 4u

/**
 * struct dentry - a name in a directory, positive or (inode NULL) known not to exist.
 * Legend: I; D = dcache_lock; r = written under D, read under RCU; a
 */
struct dentry {
    struct dentry *hash_next;    /* r */
    struct dentry *parent;       /* r: reference; itself for a root */
    struct dentry_name *name;    /* r */
    struct inode *inode;         /* r: reference; NULL -> inode once (creation) */
    uint32_t refs;               /* a: DENTRY_DEAD when it is going */
    uint32_t flags;              /* D */
    uint32_t n_mounts;           /* r: mounts on top of it, in any mount */
    struct super_block *sb;      /* I */
    struct list_node lru;        /* D */
    struct rcu_head rcu;
    char own_storage[sizeof(struct dentry_name) + DENTRY_INLINE_NAME] __aligned(8);
};

/** dentry_own_name - the storage for short names inside a dentry. */
static inline struct dentry_name *dentry_own_name(struct dentry *d)
{
    return (struct dentry_name *)d->own_storage;
}

/** struct mount - a file system in the tree. Legend: I; M = mount_lock; r = M, read under RCU; a */
struct mount {
    uint32_t refs;           /* a: one for being in the tree */
    struct super_block *sb;  /* I */
    struct dentry *root;     /* I: reference */
    struct mount *parent;    /* r: reference; NULL for the first root */
    struct dentry *point;    /* r: reference; where in @parent */
    struct list_node link;   /* M */
    struct mount *next;      /* r: all mounts, for look-up by (parent, point) */
    unsigned flags;          /* a: MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC */
    uint64_t id;             /* I */
    bool expired;            /* M */
    char *source;            /* I */
    struct rcu_head rcu;
};

struct fs_context {
    uint32_t refs;           /* a */
    struct spinlock lock;
    uint32_t seq;            /* a: odd while changing */
    struct vfs_path root, cwd; /* L, read under RCU with seq */
    uint32_t umask;          /* a */
};

/* dentry.c */
extern uint32_t dcache_rename_seq; /* odd while a rename or a change of mounts runs */
extern struct mutex dcache_rename_mutex; /* renames across directories, mounts */
int dcache_init(void);
uint32_t dentry_hash(const struct dentry *parent, const char *name, size_t len);
/** dentry_hash_component - the hash of the path component at @s in @parent; its length, up to a slash or the end, to *len. */
uint32_t dentry_hash_component(const struct dentry *parent, const char *s, size_t *len);
struct dentry *dcache_find_rcu(const struct dentry *parent, const char *name, size_t len, uint32_t hash);
bool dentry_try_get(struct dentry *d);
struct dentry *dentry_get(struct dentry *d);
void dentry_put(struct dentry *d);
struct dentry *dentry_parent_get(struct dentry *d);
/** dentry_alloc - unhashed, one reference, takes references on @parent and takes over @inode's. @parent NULL: a root. */
struct dentry *dentry_alloc(struct dentry *parent, const char *name, size_t len, struct inode *inode, struct super_block *sb);
/** dcache_insert - publish @d, unless the name is there already: then that one is returned and @d put. */
struct dentry *dcache_insert(struct dentry *d);
void dentry_set_inode(struct dentry *d, struct inode *inode); /* negative -> positive; takes over the reference */
void dcache_unhash(struct dentry *d);
int dcache_move(struct dentry *d, struct dentry *new_parent, const char *name, size_t len);
int dcache_exchange(struct dentry *a, struct dentry *b);
bool dentry_is_ancestor(struct dentry *maybe_above, struct dentry *d);
bool dentry_is_unlinked(const struct dentry *d);
void dcache_shrink_super(struct super_block *sb);
void dcache_seq_begin(void);
void dcache_seq_end(void);

/** dir_lookup - the dentry of a name, positive or negative, referenced. @dir_locked: the caller holds dir's inode lock. -ENOENT only for uncached directories. */
int dir_lookup(struct dentry *dir, const char *name, size_t len, bool dir_locked, struct dentry **out);

/* mount.c */
struct mount *mount_on_rcu(const struct mount *m, const struct dentry *d);
bool mount_try_get(struct mount *m);
struct mount *mount_get(struct mount *m);
void mount_put(struct mount *m);
void path_follow_mounts(struct vfs_path *p); /* down into what is mounted here */
extern struct vfs_path vfs_global_root;
extern struct list_node vfs_mounts;
extern struct mutex vfs_mount_lock;

/* walk.c */
struct walk_last {
    const char *name; /* in @buffer, or in the caller's string */
    size_t length;
    enum { LAST_NORMAL, LAST_DOT, LAST_DOTDOT, LAST_ROOT } kind;
    bool trailing_slash;
    char *buffer; /* to free; holds the rest of the path after symlinks */
};
/** walk_to_parent - like vfs_walk with WALK_PARENT; @last tells the final name. walk_last_free() afterwards. */
int walk_to_parent(int dirfd, const char *name, unsigned flags, struct vfs_path *parent, struct walk_last *last);
void walk_last_free(struct walk_last *last);
/** walk_from - continue at @base (consumed) with @name; used after a final symlink. */
int walk_from(struct vfs_path *base, const char *name, unsigned flags, struct vfs_path *out);
int walk_from_to_parent(struct vfs_path *base, const char *name, unsigned flags, struct vfs_path *parent, struct walk_last *last, int *n_links);
/** link_target - text of a symlink in a fresh buffer, or a jump (*text NULL, *jump set). */
int link_target(struct inode *i, char **text, struct vfs_path *jump);

extern const struct file_vfs_hooks vfs_file_hooks;
int permission_rcu(const struct inode *i, unsigned mask, const struct vfs_cred *c);
int may_create_in(struct vfs_path *parent);
int may_delete(struct inode *dir, struct inode *victim, bool is_dir);
int do_truncate(struct inode *i, int64_t length);
void inode_drop_setid(struct inode *i, const struct vfs_cred *c);
/** vfs_special_open - make @f an end of a fifo or an open device, by the inode's type and number. */
int vfs_special_open(struct inode *i, struct file *f);

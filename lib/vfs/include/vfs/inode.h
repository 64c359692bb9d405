// SPDX-License-Identifier: BSD-3-Clause
// Inodes: files, directories and links as a file system presents them.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "sched/mutex.h"
#include "sched/rcu.h"
#include "vm/object.h"
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct inode;
struct super_block;
struct file;
struct file_ops;
struct dir_sink;
struct dentry;
struct statfs; /* <sys/statfs.h> */
struct vfs_path;

/** struct vfs_cred - who asks. Room process owns one per thread; borrowed for the length of a call. */
struct vfs_cred {
    uint32_t uid, gid;            /* fsuid, fsgid */
    uint32_t n_groups;
    const uint32_t *groups;
    uint64_t capabilities;        /* effective, 1 << CAP_* */
};

struct inode_attr {
    unsigned valid; /* ATTR_* */
    uint32_t mode, uid, gid;
    int64_t size;
    struct timespec atime, mtime, ctime;
};
#define ATTR_MODE 1u
#define ATTR_UID 2u
#define ATTR_GID 4u
#define ATTR_SIZE 8u
#define ATTR_ATIME 16u
#define ATTR_MTIME 32u
#define ATTR_CTIME 64u

/** Directory and inode operations; NULL entries give the errno beside them. Directory ops run with dir->lock held for writing (lookup: reading). May sleep. */
struct inode_ops {
    int (*lookup)(struct inode *dir, const char *name, size_t len, struct inode **out); /* reference; -ENOENT */
    int (*create)(struct inode *dir, const char *name, size_t len, uint32_t mode, const struct vfs_cred *c, struct inode **out); /* NULL: -EROFS */
    int (*mknod)(struct inode *dir, const char *name, size_t len, uint32_t mode, uint64_t rdev, const struct vfs_cred *c, struct inode **out); /* -EPERM */
    int (*mkdir)(struct inode *dir, const char *name, size_t len, uint32_t mode, const struct vfs_cred *c, struct inode **out); /* -EPERM */
    int (*symlink)(struct inode *dir, const char *name, size_t len, const char *target, const struct vfs_cred *c, struct inode **out); /* -EPERM */
    int (*link)(struct inode *dir, const char *name, size_t len, struct inode *target); /* -EPERM */
    int (*unlink)(struct inode *dir, const char *name, size_t len, struct inode *victim); /* -EPERM */
    int (*rmdir)(struct inode *dir, const char *name, size_t len, struct inode *victim);  /* -EPERM; -ENOTEMPTY */
    int (*rename)(struct inode *old_dir, const char *old_name, size_t old_len, struct inode *inode, struct inode *new_dir,
                  const char *new_name, size_t new_len, struct inode *replaced, unsigned flags); /* -EPERM */
    int (*tmpfile)(struct inode *dir, uint32_t mode, const struct vfs_cred *c, struct inode **out); /* -EOPNOTSUPP */
    int (*readlink)(struct inode *i, char *buf, size_t n);      /* bytes, not terminated; -EINVAL */
    /** Magic links (/proc/self/fd/3): jump to a place instead of a text. */
    int (*follow)(struct inode *i, struct vfs_path *out);
    int (*set_attr)(struct inode *i, const struct inode_attr *a); /* after permission checks; NULL: -EPERM */
    int (*get_attr)(struct inode *i);                              /* refresh cached fields; NULL: they are always right */
    int (*open)(struct inode *i, struct file *f);                  /* may change f->ops and f->priv */
    long (*get_xattr)(struct inode *i, const char *name, void *buf, size_t n); /* -EOPNOTSUPP; -ENODATA; -ERANGE */
    int (*set_xattr)(struct inode *i, const char *name, const void *buf, size_t n, int flags);
    long (*list_xattr)(struct inode *i, char *buf, size_t n);
    int (*remove_xattr)(struct inode *i, const char *name);
    /** read_dir - emit every name but . and .. from position *pos (2 = first) on; stops when emit says false. NULL: not a directory. */
    int (*read_dir)(struct inode *dir, int64_t *pos, struct dir_sink *sink);
    bool uncached; /* names may vanish by themselves (procfs): do not keep dentries */
};

/**
 * struct inode - Legend: I; M = lock (metadata, directory contents); D = data_lock (file contents and size: shared for read); a
 */
struct inode {
    const struct inode_ops *ops;       /* I */
    const struct file_ops *file_ops;   /* I: given to files at open */
    struct super_block *sb;            /* I */
    uint64_t number;                   /* I */
    _Atomic uint32_t refs;             /* a */
    struct rwlock lock;
    struct rwlock data_lock;
    uint32_t mode, uid, gid;           /* M */
    _Atomic uint32_t n_links;          /* M */
    uint64_t rdev;                     /* I */
    int64_t size;                      /* D */
    struct timespec atime, mtime, ctime, btime; /* M */
    struct vm_object pages;            /* regular files: the page cache */
    void *locks;                       /* POSIX, OFD and flock locks: vfs/locks.c */
    void *watches;                     /* inotify: vfs/inotify.c */
    void *pipe;                        /* fifo */
    void *socket;                      /* bound unix socket */
    void *priv;                        /* file system's own */
    _Atomic uint32_t seals;            /* a: F_SEAL_*, only added; without INODE_SEALABLE the file system has none */
    _Atomic int32_t writers;           /* > 0: open for writing; < 0: being executed */
    struct rcu_head rcu;
};
#define INODE_SEALABLE 0x80000000u
struct inode *inode_get(struct inode *i);
void inode_put(struct inode *i);
/** inode_init - fill the generic part; one reference. File systems embed struct inode and free it in super_ops.destroy_inode. */
void inode_init(struct inode *i, struct super_block *sb, uint32_t mode);
void inode_touch(struct inode *i, unsigned which /* ATTR_ATIME|MTIME|CTIME */);

struct super_ops {
    void (*destroy_inode)(struct inode *i);                  /* last reference: the data goes; the struct itself stays for lock-free walkers */
    void (*free_inode)(struct inode *i);                     /* after a grace period: kfree what embeds it */
    int (*statfs)(struct super_block *sb, struct statfs *out);
    int (*sync)(struct super_block *sb, bool wait);
    void (*unmount)(struct super_block *sb);
    int (*remount)(struct super_block *sb, unsigned flags, const char *data);
};
struct super_block {
    const struct super_ops *ops; /* I */
    const struct fs_type *type;  /* I */
    uint64_t dev;                /* I: st_dev */
    uint32_t magic, block_bytes; /* I */
    unsigned flags;              /* MS_RDONLY, MS_NOEXEC ... */
    struct inode *root;          /* I */
    void *priv;
};
struct fs_type {
    const char *name;
    bool needs_device;
    /** mount - make a super block with its root. @source may be NULL. */
    int (*mount)(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out);
    const struct fs_type *next;
};
void fs_type_register(struct fs_type *t);

/** Directory listing: getdents64 and friends feed a sink. emit returns false when it is full. f->pos holds an opaque position. */
struct dir_sink {
    bool (*emit)(struct dir_sink *s, const char *name, size_t len, uint64_t ino, unsigned d_type, int64_t next_pos);
    int64_t pos;
};

/** file_ops for regular files whose contents are in inode->pages; file systems use them as they are. */
extern const struct file_ops vfs_page_file_ops;
extern const struct file_ops vfs_dir_file_ops; /* iterate through inode->ops->... see vfs/readdir.h */

/** Small tools for file systems. */
struct super_block *super_create(const struct fs_type *t, const struct super_ops *ops, uint32_t magic); /* NULL: no memory; st_dev is fresh */
void super_destroy(struct super_block *sb);
struct timespec inode_now(void);
const struct fs_type *vfs_fs_type_first(void);
static inline bool inode_is(const struct inode *i, uint32_t type) { return (i->mode & 0170000) == type; }
/** inode_init_owner - owner and group of a new child of @dir: setgid directories pass their group on. Returns the mode to use. */
uint32_t inode_init_owner(struct inode *i, const struct inode *dir, uint32_t mode, const struct vfs_cred *c);
bool vfs_cred_capable(const struct vfs_cred *c, unsigned cap);
bool vfs_cred_in_group(const struct vfs_cred *c, uint32_t gid);
#define VFS_CAP_CHOWN 0
#define VFS_CAP_DAC_OVERRIDE 1
#define VFS_CAP_DAC_READ_SEARCH 2
#define VFS_CAP_FOWNER 3
#define VFS_CAP_FSETID 4
#define VFS_CAP_SYS_CHROOT 18
#define VFS_CAP_SYS_ADMIN 21
#define VFS_CAP_SYS_RESOURCE 24
#define VFS_CAP_MKNOD 27
#define VFS_CAP_LEASE 28

// SPDX-License-Identifier: BSD-3-Clause
// Names: dentries, mounts and path walk.
#pragma once

#include "vfs/inode.h"

struct mount;
struct stat;
struct dentry;
/** struct vfs_path - a place in the tree: holds references on both. */
struct vfs_path {
    struct mount *mnt;
    struct dentry *dentry;
};
void vfs_path_get(struct vfs_path *p);
void vfs_path_put(struct vfs_path *p);
struct inode *vfs_path_inode(const struct vfs_path *p); /* borrowed */

/** struct fs_context - root, cwd and umask shared by the threads of a process (CLONE_FS). */
struct fs_context;
struct fs_context *fs_context_create(void);                 /* at the global root */
struct fs_context *fs_context_clone(struct fs_context *c);  /* own copy */
struct fs_context *fs_context_get(struct fs_context *c);
void fs_context_put(struct fs_context *c);
/** Hooks of room process: what the running thread uses. */
struct vfs_current_ops {
    struct fs_context *(*context)(void);
    const struct vfs_cred *(*cred)(void);
    uint64_t (*file_size_limit)(void); /* RLIMIT_FSIZE; exceeding raises SIGXFSZ in room linux */
};
void vfs_set_current_ops(const struct vfs_current_ops *ops);
uint32_t fs_context_umask_set(struct fs_context *c, uint32_t mask); /* returns the old one */

/** Flags of a walk. */
#define WALK_NOFOLLOW 1u        /* do not follow a final symlink */
#define WALK_PARENT 2u          /* stop at the parent; the last name is returned */
#define WALK_DIRECTORY 4u
#define WALK_EMPTY_OK 8u        /* AT_EMPTY_PATH */
#define WALK_NO_AUTOMOUNT 16u
#define WALK_NO_XDEV 32u        /* RESOLVE_* of openat2 */
#define WALK_NO_MAGICLINKS 64u
#define WALK_NO_SYMLINKS 128u
#define WALK_BENEATH 256u
#define WALK_IN_ROOT 512u
/** vfs_walk - resolve @name (kernel copy) from descriptor @dirfd (AT_FDCWD: cwd). Return: 0 with references in *out, or Linux's errno. May sleep. */
int vfs_walk(int dirfd, const char *name, unsigned flags, struct vfs_path *out) __must_check;

struct open_how; /* abi/open_how.h */
int vfs_open(int dirfd, const char *name, int flags, uint32_t mode, unsigned walk_flags, struct file **out) __must_check;
/** vfs_open_exec - open a program for execve: a regular file with execute permission on a mount without noexec. -EACCES otherwise; -ETXTBSY. */
int vfs_open_exec(int dirfd, const char *name, unsigned walk_flags, struct file **out) __must_check;
int vfs_mkdir(int dirfd, const char *name, uint32_t mode) __must_check;
int vfs_mknod(int dirfd, const char *name, uint32_t mode, uint64_t rdev) __must_check;
int vfs_symlink(const char *target, int dirfd, const char *name) __must_check;
int vfs_link(int old_dirfd, const char *old_name, int new_dirfd, const char *new_name, int at_flags) __must_check;
int vfs_unlink(int dirfd, const char *name, bool directory) __must_check;
int vfs_rename(int old_dirfd, const char *old_name, int new_dirfd, const char *new_name, unsigned flags) __must_check;
int vfs_readlink(const struct vfs_path *p, char *buf, size_t n) __must_check;
int vfs_stat_path(const struct vfs_path *p, struct stat *out) __must_check;
int vfs_set_attr(const struct vfs_path *p, struct inode_attr *a) __must_check; /* permission checks included */
int vfs_permission(struct inode *i, unsigned mask /* 4 r, 2 w, 1 x */, const struct vfs_cred *c) __must_check;
int vfs_truncate(const struct vfs_path *p, int64_t length) __must_check;
/** vfs_path_string - absolute name relative to the process root; " (deleted)" appended for unlinked. Return: length or -ERANGE. */
int vfs_path_string(const struct vfs_path *p, char *buf, size_t n) __must_check;
int vfs_chdir(struct fs_context *c, const struct vfs_path *p);
int vfs_chroot(struct fs_context *c, const struct vfs_path *p);
void vfs_get_cwd(struct fs_context *c, struct vfs_path *out);

int vfs_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) __must_check;
int vfs_unmount(const char *target, int flags) __must_check;
/** vfs_init - mounts the root (ramfs). Optional room: file systems register before it. */
int vfs_init(void);
/** vfs_fifo/socket special files use inode->pipe and inode->socket; character devices are found by number here. */
int vfs_char_device_register(unsigned major, unsigned minor_first, unsigned n_minors, const struct file_ops *ops,
                             int (*open)(struct inode *, struct file *));
/** inotify and fsnotify: called by the vfs itself on each change. */
struct file *inotify_create(unsigned flags);
int inotify_add(struct file *in, const struct vfs_path *p, uint32_t mask);
int inotify_remove(struct file *in, int wd);

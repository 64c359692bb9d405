// SPDX-License-Identifier: BSD-3-Clause
// Names: dentries, mounts and path walk.
#pragma once

#include "file/file.h"
#include "vfs/inode.h"

struct mount;
struct stat;
struct dentry;
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
int vfs_pivot_root(const char *new_root, const char *put_old) __must_check;
struct statfs;
int vfs_statfs(const struct vfs_path *p, struct statfs *out) __must_check;
void vfs_sync_all(void);
/** vfs_want_write - -EROFS if the mount or the file system is read-only. */
int vfs_want_write(const struct vfs_path *p) __must_check;
const struct vfs_cred *vfs_current_cred(void);
struct fs_context *vfs_current_context(void);
uint64_t vfs_file_size_limit(void);
uint32_t fs_context_umask(struct fs_context *c);
void vfs_get_root(struct fs_context *c, struct vfs_path *out);
uint64_t vfs_mount_id(const struct vfs_path *p);
bool vfs_is_mount_root(const struct vfs_path *p);
/** vfs_base - the place @dirfd names (AT_FDCWD: cwd). -EBADF; -ENOTDIR if @need_dir. References in *out. */
int vfs_base(int dirfd, bool need_dir, struct vfs_path *out) __must_check;
int vfs_stat_inode(struct inode *i, struct stat *out);
int vfs_stat_file(struct file *f, struct stat *out);
int vfs_open_path(const struct vfs_path *p, int flags, struct file **out) __must_check; /* an existing place, checks included */
/** vfs_mount_for_each - in mount order: /proc/self/mounts. */
struct vfs_mount_info {
    uint64_t id, parent_id, dev;
    const char *type, *source, *root, *target, *options;
    bool read_only;
};
void vfs_mount_for_each(int (*fn)(const struct vfs_mount_info *, void *), void *arg);
/** Locks of file contents: vfs/locks.c. */
struct flock;
int vfs_flock(struct file *f, int op);
long vfs_posix_lock(struct file *f, int cmd, struct flock *fl, void *owner, int pid);
void vfs_locks_closed(struct file *f, void *owner);
void vfs_locks_release(struct file *f);
/** vfs_set_lock_hooks - registered by locks.c when first used, so that files without locks do not link it. */
struct vfs_lock_hooks {
    void (*closed)(struct file *f, void *owner);
    void (*release)(struct file *f);
    long (*control)(struct file *f, unsigned cmd, unsigned long arg);
    void (*inode_gone)(struct inode *i);
};
void vfs_set_lock_hooks(const struct vfs_lock_hooks *h);
/** Change notification: registered by inotify.c when first used. @name NULL: about @i itself. */
typedef void (*vfs_notify_fn)(struct inode *i, struct inode *parent, const char *name, size_t len, uint32_t mask, uint32_t cookie);
void vfs_set_notify_hook(vfs_notify_fn fn);
extern vfs_notify_fn vfs_notify_hook;
static inline void vfs_notify(struct inode *i, struct inode *parent, const char *name, size_t len, uint32_t mask, uint32_t cookie)
{
    if (vfs_notify_hook != NULL)
        vfs_notify_hook(i, parent, name, len, mask, cookie);
}
void vfs_notify_dentry(struct dentry *d, uint32_t mask);
static inline void vfs_notify_file(struct file *f, uint32_t mask)
{
    if (vfs_notify_hook != NULL && f->path != NULL)
        vfs_notify_dentry(f->path->dentry, mask);
}
/** vfs_init - mounts the root (ramfs). Optional room: file systems register before it. */
int vfs_init(void);
/** vfs_bind_socket - a socket node named @name; its inode->socket is @socket. vfs_find_socket - the reverse: borrowed inode with reference. */
int vfs_bind_socket(const char *name, uint32_t mode, void *socket, struct vfs_path *out) __must_check;
int vfs_find_socket(const char *name, struct vfs_path *out) __must_check; /* -ECONNREFUSED: not a socket */
/** vfs_fifo/socket special files use inode->pipe and inode->socket; character devices are found by number here. */
int vfs_char_device_register(unsigned major, unsigned minor_first, unsigned n_minors, const struct file_ops *ops,
                             int (*open)(struct inode *, struct file *));
/** inotify and fsnotify: called by the vfs itself on each change. */
struct file *inotify_create(unsigned flags);
int inotify_add(struct file *in, const struct vfs_path *p, uint32_t mask);
int inotify_remove(struct file *in, int wd);
const struct file_ops *vfs_char_device_find(uint64_t rdev, int (**open)(struct inode *, struct file *));
/** vfs_open_anonymous - an open file on @i (consumed), named @label in /proc, in no directory: memfd, SysV and POSIX shared memory. */
int vfs_open_anonymous(struct inode *i, const char *label, int flags, struct file **out) __must_check;
void vfs_fifo_free(struct inode *i); /* of a dying inode */

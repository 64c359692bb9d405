// SPDX-License-Identifier: BSD-3-Clause
// Open-file objects ("open file descriptions") and the operations that implement them.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "file/iov_iter.h"
#include "sched/mutex.h"
#include <stdbool.h>
#include <stdint.h>

struct file;
struct poll_table;
struct stat;
struct vm_object;
struct dir_sink;

/** struct vfs_path - a place in the tree; both members are opaque here and owned by room vfs. */
struct vfs_path {
    struct mount *mnt;
    struct dentry *dentry;
};

/** Per-operation flags (preadv2 RWF_*, and what the descriptor implies), passed in struct io. */
struct io {
    int64_t pos;      /* in/out: file position for seekable files */
    unsigned rwf;     /* RWF_NOWAIT, RWF_APPEND, RWF_DSYNC, RWF_SYNC, RWF_HIPRI */
    bool nonblock;    /* O_NONBLOCK or RWF_NOWAIT: return -EAGAIN instead of sleeping */
};

/** struct file_ops - NULL means: the operation does not exist for this kind of file (the errno stands beside each). */
struct file_ops {
    const char *kind;                                                         /* "pipe", "eventfd", "inode" ... */
    long (*read)(struct file *f, struct iov_iter *it, struct io *io);         /* NULL: -EINVAL; returns bytes */
    long (*write)(struct file *f, struct iov_iter *it, struct io *io);        /* NULL: -EINVAL */
    int64_t (*seek)(struct file *f, int64_t offset, int whence);              /* NULL: -ESPIPE */
    unsigned (*poll)(struct file *f, struct poll_table *pt);                  /* NULL: always POLLIN|POLLOUT|POLLRDNORM|POLLWRNORM; epoll refuses with -EPERM */
    long (*ioctl)(struct file *f, unsigned cmd, unsigned long arg);           /* NULL: -ENOTTY */
    int (*stat)(struct file *f, struct stat *st);                             /* NULL: anonymous inode */
    int (*truncate)(struct file *f, int64_t length);                          /* NULL: -EINVAL */
    int (*fallocate)(struct file *f, int mode, int64_t offset, int64_t len);  /* NULL: -ENODEV / -ESPIPE for pipes */
    int (*sync)(struct file *f, int64_t start, int64_t end, bool data_only);  /* NULL: -EINVAL */
    int (*iterate)(struct file *f, struct dir_sink *sink);                    /* NULL: -ENOTDIR */
    int (*mmap)(struct file *f, int prot, int flags, int64_t offset, size_t length, struct vm_object **out); /* NULL: -ENODEV */
    int (*set_flags)(struct file *f, unsigned new_flags);                     /* F_SETFL hook; NULL: accept */
    int (*flush)(struct file *f, void *owner);                                /* each close(2) of a descriptor */
    void (*release)(struct file *f);                                          /* last reference; may sleep */
    void (*fdinfo)(struct file *f, char *buf, size_t n);                      /* extra lines for /proc/self/fdinfo */
    long (*control)(struct file *f, unsigned cmd, unsigned long arg);         /* fcntl commands of this kind; -EINVAL: not mine. NULL: none */
    long (*splice_read)(struct file *f, struct io *io, struct file *pipe, size_t n, unsigned flags);
};

/**
 * struct file - one open file description, shared by dup'ed descriptors.
 * Legend: I immutable after open; a atomic; P position lock
 */
struct file {
    const struct file_ops *ops; /* I */
    _Atomic uint32_t refs;      /* a */
    _Atomic uint32_t flags;     /* a: O_* as F_GETFL reports: access mode, O_APPEND, O_NONBLOCK, O_DIRECT, O_PATH ... */
    struct mutex pos_lock;      /* taken by read/write/lseek of seekable files only */
    int64_t pos;                /* P */
    void *priv;                 /* I: the implementation's object */
    struct vfs_path *path;      /* I: NULL for anonymous files, else &path_storage; references released through struct file_vfs_hooks */
    struct vfs_path path_storage; /* I */
    struct inode *inode;        /* I: NULL for anonymous files; room vfs */
    void *epoll_items;          /* list head of watching epoll items, under file/epoll.c's lock */
    int owner_pid, owner_sig;   /* F_SETOWN, F_SETSIG */
    struct async_watch *async;  /* O_ASYNC: who is told by signal; room linux */
    uint8_t owner_kind;         /* F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP */
    uint8_t vfs_state;          /* I: room vfs: what open counted in the inode */
};

/*
 * Memory of struct file is type-stable: it is reused for other files but never returned, so that descriptor look-up needs no lock (fd_table.c).
 */
struct file *file_alloc(const struct file_ops *ops, unsigned flags, void *priv); /* one reference; NULL: no memory. Counts against file-max */
struct file *file_get(struct file *f);
void file_put(struct file *f); /* last put runs release in this thread; may sleep */
static inline bool file_readable(const struct file *f) { return (f->flags & 3) != 1 && !(f->flags & 010000000); }
static inline bool file_writable(const struct file *f) { return (f->flags & 3) != 0 && (f->flags & 3) != 3 && !(f->flags & 010000000); }

/** file_read/file_write - what read(2), pread(2), readv(2)... do below descriptor look-up: access mode, position, limits. @pos NULL: use and move f->pos. */
long file_read(struct file *f, struct iov_iter *it, int64_t *pos, unsigned rwf);
long file_write(struct file *f, struct iov_iter *it, int64_t *pos, unsigned rwf);
long file_read_kernel(struct file *f, void *buf, size_t n, int64_t pos);
unsigned file_poll(struct file *f, struct poll_table *pt);
uint64_t file_count(void); /* open now, all processes: /proc/sys/fs/file-nr */

/** struct file_vfs_hooks - what room vfs does for files that have a name. Registered once. */
struct file_vfs_hooks {
    void (*closed)(struct file *f, void *owner); /* each close(2) of a descriptor of table @owner: POSIX locks go */
    int (*stat)(struct file *f, struct stat *st);
    long (*control)(struct file *f, unsigned cmd, unsigned long arg); /* fcntl commands of named files: locks, leases, seals */
    void (*release)(struct file *f);             /* after ops->release of a file with an inode: path, locks, notifications */
};
void file_set_vfs_hooks(const struct file_vfs_hooks *hooks);
/** file_control - fcntl commands that are not about descriptors or flags. -EINVAL: unknown for this file. */
long file_control(struct file *f, unsigned cmd, unsigned long arg);
/** file_stat - fstat of any file. */
int file_stat(struct file *f, struct stat *st);
void file_run_closed_hook(struct file *f, void *owner);
/** file_set_epoll_hook - room file's epoll.c: forget a file that goes away while it is watched. */
void file_set_epoll_hook(void (*fn)(struct file *f));
/** file_set_async_hook - room linux's file_async.c: stop telling of a file that goes away. */
void file_set_async_hook(void (*fn)(struct file *f));
/** file_raise - send @signo (SIGXFSZ) to the calling thread; does nothing until someone registers how. */
void file_raise(int signo);
void file_set_raise_hook(void (*fn)(int signo));

#define FILE_RW_MAX 0x7ffff000ul /* most bytes one call moves */

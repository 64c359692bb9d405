// SPDX-License-Identifier: BSD-3-Clause
// fcntl: descriptor flags, status flags, owners; the rest belongs to the file.
#define _GNU_SOURCE 1
#include "arch/uaccess.h"
#include "base/atomic.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "file_async.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "vfs/inode.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#endif

#define SETTABLE (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | O_ASYNC)
#define O_LARGEFILE_ABI 0100000
#define INTERNAL_FLAGS (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

static long set_status(struct file *f, int fd, unsigned long arg)
{
    unsigned flags = ((unsigned)arg & SETTABLE) | (f->flags & ~(unsigned)SETTABLE);

    if ((flags & O_DIRECT) && f->inode != NULL && f->ops->mmap == NULL)
        return -EINVAL;
    if (f->ops->set_flags != NULL) {
        int r = f->ops->set_flags(f, flags);
        if (r != 0)
            return r;
    }
    if ((flags ^ f->flags) & O_ASYNC) {
        int r = file_async_set(f, fd, flags & O_ASYNC);
        if (r != 0)
            return r;
    }
    atomic_store_release((uint32_t *)&f->flags, flags);
    return 0;
}

static long get_status(const struct file *f)
{
    unsigned flags = f->flags & ~(unsigned)INTERNAL_FLAGS;

    return f->inode != NULL && !(flags & O_PATH) ? flags | O_LARGEFILE_ABI : flags;
}

static int in_group(struct process *p, void *arg)
{
    return p->pgid == *(const int *)arg;
}

/* @pid > 0 names a thread for F_OWNER_TID, a process else; 0 nobody. */
static long set_owner(struct file *f, int kind, int pid)
{
    if (pid != 0 && kind == F_OWNER_TID) {
        struct process_thread *t = process_thread_find(pid);
        if (t == NULL)
            return -ESRCH;
        process_thread_put(t);
    } else if (pid != 0 && kind == F_OWNER_PID) {
        struct process *p = process_find(pid);
        if (p == NULL)
            return -ESRCH;
        process_put(p);
    } else if (pid != 0 && !process_iterate(in_group, &pid)) {
        return -ESRCH;
    }
    f->owner_kind = (uint8_t)kind;
    f->owner_pid = kind == F_OWNER_PGRP ? -pid : pid;
    return 0;
}

static long set_owner_ex(struct file *f, unsigned long arg)
{
    struct f_owner_ex owner;

    if (copy_in(&owner, (const void *)arg, sizeof owner) != 0)
        return -EFAULT;
    if (owner.type != F_OWNER_TID && owner.type != F_OWNER_PID && owner.type != F_OWNER_PGRP)
        return -EINVAL;
    return owner.pid < 0 ? -ESRCH : set_owner(f, owner.type, owner.pid);
}

static long get_owner_ex(const struct file *f, unsigned long arg)
{
    struct f_owner_ex owner = {.type = f->owner_kind,
                               .pid = f->owner_pid < 0 ? -f->owner_pid : f->owner_pid};

    return copy_out((void *)arg, &owner, sizeof owner);
}

/* Linked only with programs that open files; that have pipes. */
extern long fcntl_lock(struct file *f, unsigned cmd, unsigned long arg) __weak;
#pragma weak pipe_of

static long other_command(struct file *f, unsigned cmd, unsigned long arg)
{
    if ((cmd == F_SETPIPE_SZ || cmd == F_GETPIPE_SZ) && (pipe_of == NULL || pipe_of(f) == NULL))
        return -EBADF;
    long r = file_control(f, cmd, arg);

    return r == -EINVAL && f->inode != NULL && fcntl_lock != NULL ? fcntl_lock(f, cmd, arg) : r;
}

static long file_command(struct file *f, int fd, unsigned cmd, unsigned long arg)
{
    switch (cmd) {
    case F_GETFL:
        return get_status(f);
    case F_SETFL:
        return set_status(f, fd, arg);
    case F_GETOWN:
        return f->owner_pid;
    case F_SETOWN:
        if ((int)arg == INT32_MIN)
            return -EINVAL;
        return set_owner(f, (int)arg < 0 ? F_OWNER_PGRP : F_OWNER_PID, (int)arg < 0 ? -(int)arg : (int)arg);
    case F_SETOWN_EX:
        return set_owner_ex(f, arg);
    case F_GETOWN_EX:
        return get_owner_ex(f, arg);
    case F_GETSIG:
        return f->owner_sig;
    case F_SETSIG:
        if (arg > 64)
            return -EINVAL;
        f->owner_sig = (int)arg;
        return 0;
    case F_NOTIFY: /* directory signals are not built; that none is wanted is true already */
        return (arg & ~(unsigned long)DN_MULTISHOT) != 0 ? -EINVAL : f->inode != NULL && S_ISDIR(f->inode->mode) ? 0 : -ENOTDIR;
    default:
        return other_command(f, cmd, arg);
    }
}

static bool allowed_on_path(unsigned cmd)
{
    return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_GETFD || cmd == F_SETFD || cmd == F_GETFL;
}

long sys_fcntl(int fd, unsigned cmd, unsigned long arg)
{
    struct fd_table *t = fd_table_current();
    int r;

    switch (cmd) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return fd_dup(t, fd, arg > INT32_MAX ? -1 : (int)arg, cmd == F_DUPFD_CLOEXEC);
    case F_GETFD:
        r = fd_get_cloexec(t, fd);
        return r < 0 ? r : r ? FD_CLOEXEC : 0;
    case F_SETFD:
        return fd_set_cloexec(t, fd, arg & FD_CLOEXEC);
    default:
        break;
    }
    struct file *f = fd_get_path(fd);
    if (f == NULL)
        return -EBADF;
    long result = (f->flags & O_PATH) && !allowed_on_path(cmd) ? -EBADF : file_command(f, fd, cmd, arg);
    file_put(f);
    return result;
}

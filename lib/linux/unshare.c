// SPDX-License-Identifier: BSD-3-Clause
// unshare: no namespaces, but own descriptors and own names.
#include "file/fd_table.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "vfs/path.h"
#include <abi/sched.h>
#include <errno.h>

#pragma weak fs_context_clone
#pragma weak fs_context_put

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)
#define KNOWN (NAMESPACES | CLONE_FS | CLONE_FILES | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

static int own_files(struct process_thread *t)
{
    struct fd_table *own = fd_table_clone(t->files);
    if (own == NULL)
        return -ENOMEM;
    struct fd_table *old = t->files;
    t->files = own;
    if (t->process->leader == t)
        t->process->files = own;
    fd_table_put(old);
    return 0;
}

static int own_names(struct process_thread *t)
{
    struct fs_context *now = process_fs();
    if (now == NULL || fs_context_clone == NULL)
        return 0;
    struct fs_context *own = fs_context_clone(now);
    if (own == NULL)
        return -ENOMEM;
    if (t->fs != NULL)
        fs_context_put(t->fs);
    t->fs = own;
    return 0;
}

long sys_unshare(unsigned long flags)
{
    struct process_thread *t = process_thread_current();
    int err = 0;

    if (flags & ~(unsigned long)KNOWN)
        return -EINVAL;
    if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && t->process->n_threads > 1)
        return -EINVAL;
    if (flags & NAMESPACES)
        return -EPERM;
    if (t->process->n_threads == 1)
        return 0; /* nothing is shared */
    if (flags & CLONE_FILES)
        err = own_files(t);
    if (err == 0 && (flags & CLONE_FS))
        err = own_names(t);
    return err;
}

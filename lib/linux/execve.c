// SPDX-License-Identifier: BSD-3-Clause
// execve, execveat: the caller's strings are copied, the loader does the rest.

#include <arch/uaccess.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/syscalls.h>
#include <loader/exec.h>
#include <mem/kalloc.h>

#include "fs_start.h"
#include "mapped_files.h"
#include "vdso_calls.h"

/* A program is found by its name: this links the file systems. */
int (*const execve_needs)(void) = filesystems_start;

static int copy_strings(struct exec_request *r, const char *path, char *const *argv, char *const *envp)
{
    long length = copy_in_string(r->owned_path, path, PATH_MAX);
    if (length < 0)
        return (int)length;
    int err = exec_strings_copy((const char *const *)argv, &r->argv);
    if (err)
        return err;
    err = exec_strings_copy((const char *const *)envp, &r->envp);
    if (err)
        exec_strings_free(&r->argv);
    return err;
}

long sys_execveat(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
    if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    struct exec_request r = {.dirfd = dirfd, .at_flags = flags, .owned_path = kmalloc(PATH_MAX)};
    if (r.owned_path == NULL)
        return -ENOMEM;
    int err = copy_strings(&r, path, argv, envp);
    if (err) {
        kfree(r.owned_path);
        return err;
    }
    r.path = r.owned_path;
    mapped_files_register();
    vdso_calls_register();
    return loader_exec(&r);
}

long sys_execve(const char *path, char *const *argv, char *const *envp)
{
    return sys_execveat(AT_FDCWD, path, argv, envp, 0);
}

// SPDX-License-Identifier: BSD-3-Clause
// inotify.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/inotify.h>

long sys_inotify_init1(int flags)
{
    if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
        return -EINVAL;
    struct file *f = inotify_create((unsigned)flags);
    return f == NULL ? -ENOMEM : fd_open_file(f, flags & IN_CLOEXEC);
}

long sys_inotify_init(void)
{
    return sys_inotify_init1(0);
}

static long add(struct file *f, const char *user_path, uint32_t mask)
{
    struct path_arg path;
    struct vfs_path p;
    unsigned walk_flags = (mask & IN_DONT_FOLLOW ? WALK_NOFOLLOW : 0) | (mask & IN_ONLYDIR ? WALK_DIRECTORY : 0);
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_walk(AT_FDCWD, path.name, walk_flags, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    r = inotify_add(f, &p, mask);
    vfs_path_put(&p);
    return r;
}

long sys_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (!(mask & (IN_ALL_EVENTS | IN_UNMOUNT)))
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    long r = add(f, path, mask);
    file_put(f);
    return r;
}

long sys_inotify_rm_watch(int fd, int wd)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = inotify_remove(f, wd);
    file_put(f);
    return r;
}

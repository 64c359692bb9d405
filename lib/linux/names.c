// SPDX-License-Identifier: BSD-3-Clause
// Making, removing and renaming names.
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/sysmacros.h>

long sys_mkdirat(int dirfd, const char *user_path, mode_t mode)
{
    struct path_arg path;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_mkdir(dirfd, path.name, mode);
    path_arg_put(&path);
    return r;
}

long sys_mkdir(const char *path, mode_t mode)
{
    return sys_mkdirat(AT_FDCWD, path, mode);
}

static uint64_t decode_dev(unsigned dev)
{
    return makedev((dev & 0xfff00) >> 8, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

long sys_mknodat(int dirfd, const char *user_path, mode_t mode, unsigned dev)
{
    struct path_arg path;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_mknod(dirfd, path.name, mode, decode_dev(dev));
    path_arg_put(&path);
    return r;
}

long sys_mknod(const char *path, mode_t mode, unsigned dev)
{
    return sys_mknodat(AT_FDCWD, path, mode, dev);
}

long sys_unlinkat(int dirfd, const char *user_path, int flags)
{
    struct path_arg path;

    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    r = vfs_unlink(dirfd, path.name, flags & AT_REMOVEDIR);
    path_arg_put(&path);
    return r;
}

long sys_unlink(const char *path)
{
    return sys_unlinkat(AT_FDCWD, path, 0);
}

long sys_rmdir(const char *path)
{
    return sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

long sys_symlinkat(const char *user_target, int dirfd, const char *user_path)
{
    struct path_arg target, path;
    int r = path_arg_get(&target, user_target);

    if (r != 0)
        return r;
    r = path_arg_get(&path, user_path);
    if (r == 0) {
        r = vfs_symlink(target.name, dirfd, path.name);
        path_arg_put(&path);
    }
    path_arg_put(&target);
    return r;
}

long sys_symlink(const char *target, const char *path)
{
    return sys_symlinkat(target, AT_FDCWD, path);
}

/* Both paths of a call that has two. 0, or -errno with neither held. */
static int two_paths_get(struct path_arg *first, const char *user_first, struct path_arg *second, const char *user_second)
{
    int r = path_arg_get(first, user_first);

    if (r != 0)
        return r;
    r = path_arg_get(second, user_second);
    if (r != 0)
        path_arg_put(first);
    return r;
}

long sys_linkat(int old_dirfd, const char *user_old, int new_dirfd, const char *user_new, int flags)
{
    struct path_arg old_path, new_path;
    int r = two_paths_get(&old_path, user_old, &new_path, user_new);

    if (r != 0)
        return r;
    r = vfs_link(old_dirfd, old_path.name, new_dirfd, new_path.name, flags);
    path_arg_put(&new_path);
    path_arg_put(&old_path);
    return r;
}

long sys_link(const char *old_path, const char *new_path)
{
    return sys_linkat(AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

long sys_renameat2(int old_dirfd, const char *user_old, int new_dirfd, const char *user_new, unsigned flags)
{
    struct path_arg old_path, new_path;
    int r = two_paths_get(&old_path, user_old, &new_path, user_new);

    if (r != 0)
        return r;
    r = vfs_rename(old_dirfd, old_path.name, new_dirfd, new_path.name, flags);
    path_arg_put(&new_path);
    path_arg_put(&old_path);
    return r;
}

long sys_renameat(int old_dirfd, const char *old_path, int new_dirfd, const char *new_path)
{
    return sys_renameat2(old_dirfd, old_path, new_dirfd, new_path, 0);
}

long sys_rename(const char *old_path, const char *new_path)
{
    return sys_renameat2(AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

long sys_readlinkat(int dirfd, const char *user_path, char *buf, int size)
{
    struct path_arg path;
    struct vfs_path p;
    char *target;

    if (size <= 0)
        return -EINVAL;
    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    bool empty = *path.name == '\0';
    r = vfs_walk(dirfd, path.name, WALK_NOFOLLOW | WALK_EMPTY_OK, &p);
    path_arg_put(&path);
    if (r != 0)
        return empty && dirfd == AT_FDCWD ? -ENOENT : r;
    target = kmalloc(PATH_ARG_BYTES);
    r = target == NULL ? -ENOMEM : vfs_readlink(&p, target, PATH_ARG_BYTES);
    if (r == -EINVAL && empty)
        r = -ENOENT;
    if (r > size)
        r = size;
    if (r > 0 && copy_out(buf, target, (size_t)r) != 0)
        r = -EFAULT;
    kfree(target);
    vfs_path_put(&p);
    return r;
}

long sys_readlink(const char *path, char *buf, int size)
{
    return sys_readlinkat(AT_FDCWD, path, buf, size);
}

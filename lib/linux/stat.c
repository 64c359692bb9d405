// SPDX-License-Identifier: BSD-3-Clause
// stat by name.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/stat.h>

static long stat_name(int dirfd, const char *user_path, struct stat *user, unsigned walk_flags)
{
    struct path_arg path;
    struct vfs_path p;
    struct stat st;

    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    r = vfs_walk(dirfd, path.name, walk_flags, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    r = vfs_stat_path(&p, &st);
    vfs_path_put(&p);
    return r != 0 ? r : copy_out(user, &st, sizeof st);
}

long sys_stat(const char *path, struct stat *st)
{
    return stat_name(AT_FDCWD, path, st, 0);
}

long sys_lstat(const char *path, struct stat *st)
{
    return stat_name(AT_FDCWD, path, st, WALK_NOFOLLOW);
}

static bool is_empty(const char *user_path)
{
    uint8_t first;

    return user_path == NULL || (get_user_u8(&first, user_path) == 0 && first == 0);
}

long sys_newfstatat(int dirfd, const char *path, struct stat *st, int flags)
{
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | 0x6000 /* AT_STATX_SYNC_TYPE */))
        return -EINVAL;
    if ((flags & AT_EMPTY_PATH) && dirfd >= 0 && is_empty(path))
        return sys_fstat(dirfd, st);
    return stat_name(dirfd, path, st,
                     (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0));
}

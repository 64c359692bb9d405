// SPDX-License-Identifier: BSD-3-Clause
// statx.
#include "abi/stat.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static struct kernel_statx_timestamp stamp(const struct timespec *ts)
{
    return (struct kernel_statx_timestamp){.tv_sec = ts->tv_sec, .tv_nsec = (uint32_t)ts->tv_nsec};
}

static void fill(struct kernel_statx *x, const struct stat *st, struct inode *i, uint64_t mount_id, bool mount_root)
{
    *x = (struct kernel_statx){.stx_mask = STATX_BASIC_STATS,
                               .stx_blksize = (uint32_t)st->st_blksize,
                               .stx_nlink = (uint32_t)st->st_nlink,
                               .stx_uid = st->st_uid,
                               .stx_gid = st->st_gid,
                               .stx_mode = (uint16_t)st->st_mode,
                               .stx_ino = st->st_ino,
                               .stx_size = (uint64_t)st->st_size,
                               .stx_blocks = (uint64_t)st->st_blocks,
                               .stx_attributes_mask = STATX_ATTR_MOUNT_ROOT,
                               .stx_atime = stamp(&st->st_atim),
                               .stx_ctime = stamp(&st->st_ctim),
                               .stx_mtime = stamp(&st->st_mtim),
                               .stx_rdev_major = major(st->st_rdev),
                               .stx_rdev_minor = minor(st->st_rdev),
                               .stx_dev_major = major(st->st_dev),
                               .stx_dev_minor = minor(st->st_dev)};
    if (i != NULL) {
        x->stx_btime = stamp(&i->btime);
        x->stx_mask |= STATX_BTIME;
    }
    if (mount_id != 0) {
        x->stx_mnt_id = mount_id;
        x->stx_mask |= STATX_MNT_ID;
        if (mount_root)
            x->stx_attributes |= STATX_ATTR_MOUNT_ROOT;
    }
}

static int statx_fd(int fd, struct kernel_statx *x)
{
    struct file *f = fd_get_path(fd);
    struct stat st;

    if (f == NULL)
        return -EBADF;
    int r = file_stat(f, &st);
    if (r == 0)
        fill(x, &st, f->inode, f->path != NULL ? vfs_mount_id(f->path) : 0, f->path != NULL && vfs_is_mount_root(f->path));
    file_put(f);
    return r;
}

static int statx_name(int dirfd, const char *name, unsigned flags, struct kernel_statx *x)
{
    struct vfs_path p;
    struct stat st;
    int r = vfs_walk(dirfd, name, (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0), &p);

    if (r != 0)
        return r;
    r = vfs_stat_path(&p, &st);
    if (r == 0)
        fill(x, &st, vfs_path_inode(&p), vfs_mount_id(&p), vfs_is_mount_root(&p));
    vfs_path_put(&p);
    return r;
}

long sys_statx(int dirfd, const char *user_path, unsigned flags, unsigned mask, struct statx *user)
{
    struct kernel_statx x;
    struct path_arg path;

    if (mask & STATX__RESERVED)
        return -EINVAL;
    if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE) ||
        (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
        return -EINVAL;
    if (user_path == NULL && (flags & AT_EMPTY_PATH) && dirfd >= 0) {
        int r = statx_fd(dirfd, &x);
        return r != 0 ? r : copy_out(user, &x, sizeof x);
    }
    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    if (*path.name == '\0' && (flags & AT_EMPTY_PATH) && dirfd >= 0)
        r = statx_fd(dirfd, &x);
    else
        r = statx_name(dirfd, path.name, flags, &x);
    path_arg_put(&path);
    return r != 0 ? r : copy_out(user, &x, sizeof x);
}

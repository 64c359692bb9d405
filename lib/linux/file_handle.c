// SPDX-License-Identifier: BSD-3-Clause
// name_to_handle_at and open_by_handle_at: no file system here gives out handles, as ramfs gives none on Linux.
#define _GNU_SOURCE 1
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <errno.h>
#include <fcntl.h>

#define HANDLE_BYTES_MAX 128u

long sys_name_to_handle_at(int dirfd, const char *user_path, struct file_handle *handle, int *mount_id, int flags)
{
    struct path_arg path;
    struct vfs_path p;

    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    r = vfs_walk(dirfd, path.name, (flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0), &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    vfs_path_put(&p);
    return -EOPNOTSUPP;
}

long sys_open_by_handle_at(int mount_fd, struct file_handle *handle, int flags)
{
    uint32_t n_bytes;

    if (!vfs_cred_capable(vfs_current_cred(), VFS_CAP_DAC_READ_SEARCH))
        return -EPERM;
    if (get_user_u32(&n_bytes, (const uint32_t *)handle) != 0)
        return -EFAULT;
    if (n_bytes == 0 || n_bytes > HANDLE_BYTES_MAX)
        return -EINVAL;
    if (mount_fd != AT_FDCWD) {
        struct file *f = fd_get_path(mount_fd);
        if (f == NULL)
            return -EBADF;
        file_put(f);
    }
    return -ESTALE; /* made elsewhere, or made up */
}

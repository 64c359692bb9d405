// SPDX-License-Identifier: BSD-3-Clause
// Names of unix sockets.
#include "vfs_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int vfs_bind_socket(const char *name, uint32_t mode, void *socket, struct vfs_path *out)
{
    int r = vfs_mknod(AT_FDCWD, name, S_IFSOCK | (mode & 07777), 0);

    if (r != 0)
        return r == -EEXIST ? -EADDRINUSE : r;
    r = vfs_walk(AT_FDCWD, name, WALK_NOFOLLOW, out);
    if (r == 0)
        vfs_path_inode(out)->socket = socket;
    return r;
}

int vfs_find_socket(const char *name, struct vfs_path *out)
{
    int r = vfs_walk(AT_FDCWD, name, 0, out);

    if (r != 0)
        return r;
    struct inode *i = vfs_path_inode(out);
    r = vfs_permission(i, 2, vfs_current_cred());
    if (r == 0 && (!S_ISSOCK(i->mode) || i->socket == NULL))
        r = -ECONNREFUSED;
    if (r != 0)
        vfs_path_put(out);
    return r;
}

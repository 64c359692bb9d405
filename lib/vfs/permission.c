// SPDX-License-Identifier: BSD-3-Clause
// Who may do what to an inode.
#include "vfs_private.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

bool vfs_cred_capable(const struct vfs_cred *c, unsigned cap)
{
    return c->capabilities >> cap & 1;
}

bool vfs_cred_in_group(const struct vfs_cred *c, uint32_t gid)
{
    if (c->gid == gid)
        return true;
    for (uint32_t k = 0; k < c->n_groups; k++)
        if (c->groups[k] == gid)
            return true;
    return false;
}

static bool mode_allows(const struct inode *i, unsigned mask, const struct vfs_cred *c)
{
    uint32_t mode = i->mode;

    if (i->uid == c->uid)
        mode >>= 6;
    else if ((((mode >> 3) ^ mode) & 7) != 0 && vfs_cred_in_group(c, i->gid))
        mode >>= 3;
    return (mask & ~mode & 7) == 0;
}

int permission_rcu(const struct inode *i, unsigned mask, const struct vfs_cred *c)
{
    if (mode_allows(i, mask, c))
        return 0;
    if (S_ISDIR(i->mode)) {
        if (!(mask & 2) && vfs_cred_capable(c, VFS_CAP_DAC_READ_SEARCH))
            return 0;
        return vfs_cred_capable(c, VFS_CAP_DAC_OVERRIDE) ? 0 : -EACCES;
    }
    if ((mask & 7) == 4 && vfs_cred_capable(c, VFS_CAP_DAC_READ_SEARCH))
        return 0;
    if ((!(mask & 1) || (i->mode & 0111)) && vfs_cred_capable(c, VFS_CAP_DAC_OVERRIDE))
        return 0;
    return -EACCES;
}

int vfs_permission(struct inode *i, unsigned mask, const struct vfs_cred *c)
{
    if ((mask & 2) && (i->sb->flags & MS_RDONLY) && (S_ISREG(i->mode) || S_ISDIR(i->mode) || S_ISLNK(i->mode)))
        return -EROFS;
    return permission_rcu(i, mask, c);
}

int vfs_want_write(const struct vfs_path *p)
{
    return (p->mnt->flags & MS_RDONLY) || (p->mnt->sb->flags & MS_RDONLY) ? -EROFS : 0;
}

int may_create_in(struct vfs_path *parent)
{
    struct inode *dir = vfs_path_inode(parent);
    int r = vfs_permission(dir, 3, vfs_current_cred());

    return r != 0 ? r : dir->n_links == 0 ? -ENOENT : 0;
}

int may_delete(struct inode *dir, struct inode *victim, bool is_dir)
{
    const struct vfs_cred *c = vfs_current_cred();
    int r = vfs_permission(dir, 3, c);

    if (r != 0)
        return r;
    if ((dir->mode & S_ISVTX) && victim->uid != c->uid && dir->uid != c->uid && !vfs_cred_capable(c, VFS_CAP_FOWNER))
        return -EPERM;
    if (is_dir)
        return S_ISDIR(victim->mode) ? 0 : -ENOTDIR;
    return S_ISDIR(victim->mode) ? -EISDIR : 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// Making and removing names: mkdir, mknod, symlink, link, unlink, rmdir.
#include "vfs_private.h"

#include "base/string.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

/* A name about to be made: parent locked for writing, dentry negative. */
struct new_name {
    struct vfs_path parent;
    struct walk_last last;
    struct dentry *dentry;
};

static void new_name_end(struct new_name *n)
{
    rwlock_write_unlock(&vfs_path_inode(&n->parent)->lock);
    if (n->dentry != NULL)
        dentry_put(n->dentry);
    walk_last_free(&n->last);
    vfs_path_put(&n->parent);
}

static int check_new(struct new_name *n, bool is_dir)
{
    int r = dir_lookup(n->parent.dentry, n->last.name, n->last.length, true, &n->dentry);

    if (r == -ENOENT) /* uncached directories make nothing */
        return vfs_path_inode(&n->parent)->ops->mkdir == NULL ? -EPERM : r;
    if (r != 0)
        return r;
    if (n->dentry->inode != NULL)
        return -EEXIST;
    if (n->last.trailing_slash && !is_dir)
        return -ENOENT;
    r = vfs_want_write(&n->parent);
    return r != 0 ? r : may_create_in(&n->parent);
}

static int new_name_begin(struct new_name *n, int dirfd, const char *name, bool is_dir)
{
    int r = walk_to_parent(dirfd, name, 0, &n->parent, &n->last);

    if (r != 0)
        return r;
    n->dentry = NULL;
    if (n->last.kind != LAST_NORMAL) {
        walk_last_free(&n->last);
        vfs_path_put(&n->parent);
        return -EEXIST;
    }
    rwlock_write_lock(&vfs_path_inode(&n->parent)->lock);
    r = check_new(n, is_dir);
    if (r != 0)
        new_name_end(n);
    return r;
}

static int made(struct new_name *n, int r, struct inode *i)
{
    if (r == 0) {
        dentry_set_inode(n->dentry, i);
        vfs_notify_dentry(n->dentry, IN_CREATE);
    }
    new_name_end(n);
    return r;
}

static uint32_t masked(uint32_t mode)
{
    return mode & ~fs_context_umask(vfs_current_context());
}

int vfs_mkdir(int dirfd, const char *name, uint32_t mode)
{
    struct new_name n;
    struct inode *i = NULL;
    int r = new_name_begin(&n, dirfd, name, true);

    if (r != 0)
        return r;
    struct inode *dir = vfs_path_inode(&n.parent);
    r = dir->ops->mkdir == NULL ? -EPERM
                                : dir->ops->mkdir(dir, n.last.name, n.last.length, masked(mode & 01777), vfs_current_cred(), &i);
    return made(&n, r, i);
}

static int check_node_type(uint32_t mode, uint64_t rdev)
{
    switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
    case S_IFIFO:
    case S_IFSOCK:
        return 0;
    case S_IFCHR:
    case S_IFBLK:
        return vfs_cred_capable(vfs_current_cred(), VFS_CAP_MKNOD) ? 0 : -EPERM;
    case S_IFDIR:
        return -EPERM;
    default:
        return -EINVAL;
    }
}

int vfs_mknod(int dirfd, const char *name, uint32_t mode, uint64_t rdev)
{
    struct new_name n;
    struct inode *i = NULL;
    int r = check_node_type(mode, rdev);

    if (r != 0)
        return r;
    if ((mode & S_IFMT) == 0)
        mode |= S_IFREG;
    r = new_name_begin(&n, dirfd, name, false);
    if (r != 0)
        return r;
    struct inode *dir = vfs_path_inode(&n.parent);
    const struct vfs_cred *c = vfs_current_cred();
    if (S_ISREG(mode))
        r = dir->ops->create == NULL ? -EPERM : dir->ops->create(dir, n.last.name, n.last.length, masked(mode), c, &i);
    else
        r = dir->ops->mknod == NULL ? -EPERM : dir->ops->mknod(dir, n.last.name, n.last.length, masked(mode), rdev, c, &i);
    return made(&n, r, i);
}

int vfs_symlink(const char *target, int dirfd, const char *name)
{
    struct new_name n;
    struct inode *i = NULL;

    if (*target == '\0')
        return -ENOENT;
    int r = new_name_begin(&n, dirfd, name, false);
    if (r != 0)
        return r;
    struct inode *dir = vfs_path_inode(&n.parent);
    r = dir->ops->symlink == NULL ? -EPERM : dir->ops->symlink(dir, n.last.name, n.last.length, target, vfs_current_cred(), &i);
    return made(&n, r, i);
}

static int link_locked(struct new_name *n, struct vfs_path *old)
{
    struct inode *dir = vfs_path_inode(&n->parent), *i = vfs_path_inode(old);

    if (i->sb != dir->sb || old->mnt != n->parent.mnt)
        return -EXDEV;
    if (S_ISDIR(i->mode) || dir->ops->link == NULL)
        return -EPERM;
    if (i->n_links == 0 && i->priv != (void *)i)
        return -ENOENT;
    return dir->ops->link(dir, n->last.name, n->last.length, i);
}

int vfs_link(int old_dirfd, const char *old_name, int new_dirfd, const char *new_name, int at_flags)
{
    struct vfs_path old;
    struct new_name n;
    unsigned flags = (at_flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW) | (at_flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0);

    if (at_flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    if ((at_flags & AT_EMPTY_PATH) && !vfs_cred_capable(vfs_current_cred(), VFS_CAP_DAC_READ_SEARCH))
        return -ENOENT;
    int r = vfs_walk(old_dirfd, old_name, flags, &old);
    if (r != 0)
        return r;
    r = new_name_begin(&n, new_dirfd, new_name, false);
    if (r == 0) {
        r = link_locked(&n, &old);
        r = made(&n, r, r == 0 ? inode_get(vfs_path_inode(&old)) : NULL);
    }
    vfs_path_put(&old);
    return r;
}

static int remove_locked(struct vfs_path *parent, struct walk_last *last, bool is_dir)
{
    struct inode *dir = vfs_path_inode(parent);
    struct dentry *d;
    int r = dir_lookup(parent->dentry, last->name, last->length, true, &d);

    if (r != 0)
        return r;
    struct inode *victim = d->inode;
    if (victim == NULL)
        r = -ENOENT;
    else if (last->trailing_slash && !is_dir)
        r = S_ISDIR(victim->mode) ? -EISDIR : -ENOTDIR;
    if (r == 0)
        r = vfs_want_write(parent);
    if (r == 0)
        r = may_delete(dir, victim, is_dir);
    if (r == 0 && d->n_mounts != 0)
        r = -EBUSY;
    if (r == 0 && (is_dir ? dir->ops->rmdir == NULL : dir->ops->unlink == NULL))
        r = -EPERM;
    if (r == 0 && is_dir) {
        rwlock_write_lock(&victim->lock);
        r = dir->ops->rmdir(dir, last->name, last->length, victim);
        rwlock_write_unlock(&victim->lock);
    } else if (r == 0) {
        r = dir->ops->unlink(dir, last->name, last->length, victim);
    }
    if (r == 0) {
        if (vfs_notify_hook != NULL) {
            if (!is_dir)
                vfs_notify(victim, NULL, NULL, 0, IN_ATTRIB, 0);
            vfs_notify_dentry(d, IN_DELETE);
        }
        dcache_unhash(d);
    }
    dentry_put(d);
    return r;
}

int vfs_unlink(int dirfd, const char *name, bool is_dir)
{
    struct vfs_path parent;
    struct walk_last last;
    int r = walk_to_parent(dirfd, name, 0, &parent, &last);

    if (r != 0)
        return r;
    if (last.kind != LAST_NORMAL) {
        r = !is_dir ? -EISDIR : last.kind == LAST_DOT ? -EINVAL : last.kind == LAST_DOTDOT ? -ENOTEMPTY : -EBUSY;
    } else {
        rwlock_write_lock(&vfs_path_inode(&parent)->lock);
        r = remove_locked(&parent, &last, is_dir);
        rwlock_write_unlock(&vfs_path_inode(&parent)->lock);
    }
    walk_last_free(&last);
    vfs_path_put(&parent);
    return r;
}

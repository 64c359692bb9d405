// SPDX-License-Identifier: BSD-3-Clause
// Changing attributes: mode, owner, times, size.
#include "vfs_private.h"

#include "sched/time.h"
#include <errno.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/stat.h>

static bool owner_or_capable(const struct inode *i, const struct vfs_cred *c)
{
    return i->uid == c->uid || vfs_cred_capable(c, VFS_CAP_FOWNER);
}

static int check_owner_change(const struct inode *i, const struct inode_attr *a, const struct vfs_cred *c)
{
    if (vfs_cred_capable(c, VFS_CAP_CHOWN))
        return 0;
    if ((a->valid & ATTR_UID) && (i->uid != c->uid || a->uid != i->uid))
        return -EPERM;
    if ((a->valid & ATTR_GID) && (i->uid != c->uid || (a->gid != i->gid && !vfs_cred_in_group(c, a->gid))))
        return -EPERM;
    return 0;
}

static void strip_setgid(const struct inode *i, struct inode_attr *a, const struct vfs_cred *c)
{
    uint32_t gid = a->valid & ATTR_GID ? a->gid : i->gid;

    if ((a->mode & S_ISGID) && !vfs_cred_in_group(c, gid) && !vfs_cred_capable(c, VFS_CAP_FSETID))
        a->mode &= ~(uint32_t)S_ISGID;
}

/* A change of owner takes away set-id bits of anything but a directory. */
static void add_mode_loss(const struct inode *i, struct inode_attr *a)
{
    if (!(a->valid & (ATTR_UID | ATTR_GID)) || S_ISDIR(i->mode) || (a->valid & ATTR_MODE))
        return;
    uint32_t mode = i->mode & ~(uint32_t)S_ISUID;
    if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        mode &= ~(uint32_t)S_ISGID;
    if (mode != i->mode) {
        a->mode = mode;
        a->valid |= ATTR_MODE;
    }
}

static int apply(struct inode *i, const struct inode_attr *a)
{
    if (i->ops->set_attr == NULL)
        return -EPERM;
    return i->ops->set_attr(i, a);
}

int vfs_set_attr(const struct vfs_path *p, struct inode_attr *a)
{
    struct inode *i = vfs_path_inode(p);
    const struct vfs_cred *c = vfs_current_cred();
    int r = vfs_want_write(p);

    if (r != 0)
        return r;
    rwlock_write_lock(&i->lock);
    if ((a->valid & (ATTR_UID | ATTR_GID)))
        r = check_owner_change(i, a, c);
    if (r == 0 && (a->valid & ATTR_MODE) && !owner_or_capable(i, c))
        r = -EPERM;
    if (r == 0) {
        if (a->valid & ATTR_MODE) {
            a->mode = (a->mode & 07777) | (i->mode & S_IFMT);
            strip_setgid(i, a, c);
        }
        add_mode_loss(i, a);
        if (!(a->valid & ATTR_CTIME)) {
            a->ctime = inode_now();
            a->valid |= ATTR_CTIME;
        }
        r = apply(i, a);
    }
    rwlock_write_unlock(&i->lock);
    if (r == 0)
        vfs_notify_dentry(p->dentry, IN_ATTRIB);
    return r;
}

void inode_drop_setid(struct inode *i, const struct vfs_cred *c)
{
    if (likely(!(i->mode & (S_ISUID | S_ISGID))) || vfs_cred_capable(c, VFS_CAP_FSETID))
        return;
    uint32_t mode = i->mode & ~(uint32_t)S_ISUID;
    if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        mode &= ~(uint32_t)S_ISGID;
    i->mode = mode;
}

int do_truncate(struct inode *i, int64_t length)
{
    struct inode_attr a = {.valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME, .size = length};

    if (length > i->size && (uint64_t)length > vfs_file_size_limit()) {
        file_raise(SIGXFSZ);
        return -EFBIG;
    }
    a.mtime = a.ctime = inode_now();
    rwlock_write_lock(&i->lock);
    rwlock_write_lock(&i->data_lock);
    int r = apply(i, &a);
    if (r == 0)
        inode_drop_setid(i, vfs_current_cred());
    rwlock_write_unlock(&i->data_lock);
    rwlock_write_unlock(&i->lock);
    return r;
}

int vfs_truncate(const struct vfs_path *p, int64_t length)
{
    struct inode *i = vfs_path_inode(p);

    if (S_ISDIR(i->mode))
        return -EISDIR;
    if (!S_ISREG(i->mode))
        return -EINVAL;
    int r = vfs_want_write(p);
    if (r == 0)
        r = vfs_permission(i, 2, vfs_current_cred());
    if (r == 0 && i->writers < 0)
        r = -ETXTBSY;
    if (r == 0)
        r = do_truncate(i, length);
    if (r == 0)
        vfs_notify_dentry(p->dentry, IN_MODIFY);
    return r;
}

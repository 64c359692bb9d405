// SPDX-License-Identifier: BSD-3-Clause
// open: from a name to an open file.
#include "vfs_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define STATE_WRITER 1
#define STATE_EXEC 2
#define OPEN_INTERNAL (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
#ifndef O_TMPFILE
#define O_TMPFILE 020200000
#endif
#define TMPFILE_BIT 020000000

static unsigned access_mask(int flags)
{
    static const unsigned masks[4] = {4, 2, 6, 6};

    return masks[flags & O_ACCMODE] | (flags & O_TRUNC ? 2u : 0);
}

static int check_type(const struct vfs_path *p, struct inode *i, int flags)
{
    unsigned mask = access_mask(flags);

    switch (i->mode & S_IFMT) {
    case S_IFLNK:
        return -ELOOP;
    case S_IFDIR:
        return mask & 2 ? -EISDIR : 0;
    case S_IFSOCK:
        return -ENXIO;
    case S_IFBLK:
    case S_IFCHR:
        return p->mnt->flags & MS_NODEV ? -EACCES : 0;
    case S_IFREG:
        return mask & 2 ? vfs_want_write(p) : 0;
    default:
        return 0;
    }
}

static int may_open(const struct vfs_path *p, int flags)
{
    struct inode *i = vfs_path_inode(p);
    const struct vfs_cred *c = vfs_current_cred();
    int r;

    if ((flags & O_DIRECTORY) && !S_ISDIR(i->mode))
        return -ENOTDIR;
    r = check_type(p, i, flags);
    if (r == 0)
        r = vfs_permission(i, access_mask(flags), c);
    if (r != 0)
        return r;
    if ((flags & O_NOATIME) && i->uid != c->uid && !vfs_cred_capable(c, VFS_CAP_FOWNER))
        return -EPERM;
    return 0;
}

static int take_write(struct inode *i)
{
    int32_t old = atomic_load_relaxed((int32_t *)&i->writers);

    do {
        if (old < 0)
            return -ETXTBSY;
    } while (!atomic_cmpxchg((int32_t *)&i->writers, &old, old + 1));
    return 0;
}

static int take_exec(struct inode *i)
{
    int32_t old = atomic_load_relaxed((int32_t *)&i->writers);

    do {
        if (old > 0)
            return -ETXTBSY;
    } while (!atomic_cmpxchg((int32_t *)&i->writers, &old, old - 1));
    return 0;
}

static int count_open(struct file *f, struct inode *i)
{
    if (!S_ISREG(i->mode) || !file_writable(f))
        return 0;
    int r = take_write(i);
    if (r == 0)
        f->vfs_state = STATE_WRITER;
    return r;
}

static const struct file_ops path_ops = {.kind = "path"};
static const struct file_ops unopened_ops = {.kind = "inode"};

/* @p's references go to the file, also on failure. */
static int make_file(struct vfs_path *p, int flags, struct file **out)
{
    struct inode *i = vfs_path_inode(p);
    struct file *f = file_alloc(flags & O_PATH ? &path_ops : &unopened_ops, (unsigned)flags & ~(unsigned)OPEN_INTERNAL, NULL);

    if (f == NULL) {
        vfs_path_put(p);
        return -ENFILE;
    }
    f->path_storage = *p;
    f->path = &f->path_storage;
    f->inode = inode_get(i);
    if (flags & O_PATH) {
        *out = f;
        return 0;
    }
    bool opened = false;
    int r = count_open(f, i);
    if (r == 0) {
        const struct file_ops *ops = i->file_ops != NULL ? i->file_ops : &unopened_ops;
        if (i->ops->open != NULL)
            r = i->ops->open(i, f);
        else if (S_ISREG(i->mode) || S_ISDIR(i->mode))
            f->ops = ops;
        else
            r = vfs_special_open(i, f);
        if (r == 0 && f->ops == &unopened_ops)
            f->ops = ops;
        opened = r == 0;
    }
    if (r == 0 && (flags & O_TRUNC) && S_ISREG(i->mode))
        r = do_truncate(i, 0);
    if (r != 0) {
        if (!opened)
            f->ops = &unopened_ops; /* no release of what was not opened */
        file_put(f);
        return r;
    }
    if (vfs_notify_hook != NULL) {
        if ((flags & O_TRUNC) && S_ISREG(i->mode))
            vfs_notify_file(f, IN_MODIFY);
        vfs_notify_file(f, IN_OPEN);
    }
    *out = f;
    return 0;
}

static int open_place(struct vfs_path *p, int flags, struct file **out)
{
    int r;

    if (flags & O_PATH)
        r = (flags & O_DIRECTORY) && !S_ISDIR(vfs_path_inode(p)->mode) ? -ENOTDIR : 0;
    else
        r = may_open(p, flags);
    if (r == 0)
        return make_file(p, flags, out);
    vfs_path_put(p);
    return r;
}

int vfs_open_path(const struct vfs_path *p, int flags, struct file **out)
{
    struct vfs_path own = *p;

    vfs_path_get(&own);
    return open_place(&own, flags, out);
}

/* ---- O_CREAT ---- */

struct create_request {
    int flags;
    uint32_t mode;
    unsigned walk_flags;
    int n_links;
};

/* Parent locked, @d negative. */
static int create_here(struct vfs_path *parent, struct walk_last *last, struct dentry *d, const struct create_request *q)
{
    struct inode *dir = vfs_path_inode(parent), *i;
    int r = vfs_want_write(parent);

    if (r == 0)
        r = may_create_in(parent);
    if (r != 0)
        return r;
    if (dir->ops->create == NULL)
        return -EACCES;
    uint32_t mode = ((q->mode & 07777) | S_IFREG) & ~fs_context_umask(vfs_current_context());
    r = dir->ops->create(dir, last->name, last->length, mode, vfs_current_cred(), &i);
    if (r == 0) {
        dentry_set_inode(d, i);
        vfs_notify_dentry(d, IN_CREATE);
    }
    return r;
}

static int find_or_create(struct vfs_path *parent, struct walk_last *last, const struct create_request *q, struct dentry **out,
                          bool *created)
{
    struct inode *dir = vfs_path_inode(parent);
    struct dentry *d;
    int r = dir_lookup(parent->dentry, last->name, last->length, false, &d);

    *created = false;
    if (r == -ENOENT)
        return dir->ops->create == NULL ? -EACCES : r;
    if (r != 0)
        return r;
    if (d->inode == NULL) {
        dentry_put(d);
        rwlock_write_lock(&dir->lock);
        r = dir_lookup(parent->dentry, last->name, last->length, true, &d);
        if (r == 0 && d->inode == NULL) {
            r = create_here(parent, last, d, q);
            *created = r == 0;
            if (r != 0)
                dentry_put(d);
        }
        rwlock_write_unlock(&dir->lock);
    }
    if (r == 0)
        *out = d;
    return r;
}

/* 0 with *at the opened place; 1: a symlink was met, go on at *parent with *text. */
static int create_step(struct vfs_path *parent, struct walk_last *last, struct create_request *q, struct file **out, char **text)
{
    struct dentry *d;
    struct vfs_path jump;
    bool created;

    if (last->kind != LAST_NORMAL)
        return q->flags & O_EXCL ? -EEXIST : -EISDIR;
    if (last->trailing_slash)
        return -EISDIR;
    int r = find_or_create(parent, last, q, &d, &created);
    if (r != 0)
        return r;
    struct vfs_path p = {mount_get(parent->mnt), d};
    path_follow_mounts(&p);
    struct inode *i = vfs_path_inode(&p);
    if (created)
        return make_file(&p, q->flags & ~O_TRUNC, out);
    if (q->flags & O_EXCL) {
        vfs_path_put(&p);
        return -EEXIST;
    }
    if (S_ISLNK(i->mode)) {
        r = (q->flags & O_NOFOLLOW) || (q->walk_flags & WALK_NO_SYMLINKS) || ++q->n_links > SYMLINKS_MAX ? -ELOOP
                                                                                                     : link_target(i, text, &jump);
        vfs_path_put(&p);
        if (r != 0)
            return r;
        return *text != NULL ? 1 : open_place(&jump, q->flags, out);
    }
    if (S_ISDIR(i->mode)) {
        vfs_path_put(&p);
        return -EISDIR;
    }
    return open_place(&p, q->flags, out);
}

static int open_create(int dirfd, const char *name, struct create_request *q, struct file **out)
{
    struct vfs_path parent;
    struct walk_last last;
    int r = walk_to_parent(dirfd, name, q->walk_flags, &parent, &last);

    while (r == 0) {
        char *text = NULL;
        r = create_step(&parent, &last, q, out, &text);
        walk_last_free(&last);
        if (r != 1) {
            vfs_path_put(&parent);
            return r;
        }
        struct vfs_path base = parent;
        r = walk_from_to_parent(&base, text, q->walk_flags, &parent, &last, &q->n_links);
        kfree(text);
    }
    return r;
}

static int open_tmpfile(int dirfd, const char *name, int flags, uint32_t mode, unsigned walk_flags, struct file **out)
{
    struct vfs_path dir;
    struct inode *i;
    int r = vfs_walk(dirfd, name, walk_flags | WALK_DIRECTORY, &dir);

    if (r != 0)
        return r;
    struct inode *d = vfs_path_inode(&dir);
    r = vfs_want_write(&dir);
    if (r == 0)
        r = vfs_permission(d, 3, vfs_current_cred());
    if (r == 0 && d->ops->tmpfile == NULL)
        r = -EOPNOTSUPP;
    if (r == 0)
        r = d->ops->tmpfile(d, (mode & 07777 & ~fs_context_umask(vfs_current_context())) | S_IFREG, vfs_current_cred(), &i);
    if (r != 0) {
        vfs_path_put(&dir);
        return r;
    }
    if (!(flags & O_EXCL))
        i->priv = i; /* may be given a name by linkat */
    struct dentry *anon = dentry_alloc(dir.dentry, "#tmpfile", 8, i, d->sb);
    if (anon == NULL) {
        inode_put(i);
        vfs_path_put(&dir);
        return -ENOMEM;
    }
    dentry_put(dir.dentry);
    struct vfs_path p = {dir.mnt, anon};
    return make_file(&p, flags & ~(TMPFILE_BIT | O_DIRECTORY), out);
}

int vfs_open(int dirfd, const char *name, int flags, uint32_t mode, unsigned walk_flags, struct file **out)
{
    struct create_request q = {.flags = flags, .mode = mode, .walk_flags = walk_flags & ~WALK_NOFOLLOW};
    struct vfs_path p;

    if (flags & O_PATH)
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    else if (flags & TMPFILE_BIT) {
        if (!(flags & O_DIRECTORY) || !(access_mask(flags) & 2) || (flags & O_CREAT))
            return -EINVAL;
        return open_tmpfile(dirfd, name, flags, mode, walk_flags, out);
    } else if (flags & O_CREAT) {
        if (flags & O_DIRECTORY)
            return -EINVAL;
        return open_create(dirfd, name, &q, out);
    }
    if (flags & O_NOFOLLOW)
        walk_flags |= WALK_NOFOLLOW;
    int r = vfs_walk(dirfd, name, walk_flags, &p);
    if (r != 0)
        return r;
    return open_place(&p, flags, out);
}

int vfs_open_exec(int dirfd, const char *name, unsigned walk_flags, struct file **out)
{
    struct vfs_path p;
    int r = vfs_walk(dirfd, name, walk_flags, &p);

    if (r != 0)
        return r;
    struct inode *i = vfs_path_inode(&p);
    if (S_ISLNK(i->mode))
        r = -ELOOP;
    else if (!S_ISREG(i->mode) || (p.mnt->flags & MS_NOEXEC))
        r = -EACCES;
    else
        r = vfs_permission(i, 1, vfs_current_cred());
    if (r == 0)
        r = take_exec(i);
    if (r != 0) {
        vfs_path_put(&p);
        return r;
    }
    inode_get(i);
    r = make_file(&p, O_RDONLY, out);
    if (r == 0)
        (*out)->vfs_state = STATE_EXEC;
    else
        atomic_fetch_add((int32_t *)&i->writers, 1);
    inode_put(i);
    return r;
}

int vfs_open_anonymous(struct inode *i, const char *label, int flags, struct file **out)
{
    struct fs_context *c = vfs_current_context(); /* makes sure that the root is there */
    struct dentry *d = c == NULL ? NULL : dentry_alloc(NULL, label, strlen(label), i, i->sb);

    if (d == NULL) {
        inode_put(i);
        return -ENOMEM;
    }
    struct vfs_path p = {mount_get(vfs_global_root.mnt), d};
    return make_file(&p, flags, out);
}

/* ---- what files with a name do at their end ---- */

static const struct vfs_lock_hooks *lock_hooks;

void vfs_set_lock_hooks(const struct vfs_lock_hooks *h)
{
    lock_hooks = h;
}

static void named_file_closed(struct file *f, void *owner)
{
    if (f->inode->locks != NULL && lock_hooks != NULL)
        lock_hooks->closed(f, owner);
}

static long named_file_control(struct file *f, unsigned cmd, unsigned long arg)
{
    return lock_hooks != NULL ? lock_hooks->control(f, cmd, arg) : -EINVAL;
}

static void named_file_release(struct file *f)
{
    struct inode *i = f->inode;

    if (i->locks != NULL && lock_hooks != NULL)
        lock_hooks->release(f);
    if (vfs_notify_hook != NULL && !(f->flags & O_PATH))
        vfs_notify_file(f, file_writable(f) ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
    if (f->vfs_state == STATE_WRITER)
        atomic_fetch_sub((int32_t *)&i->writers, 1);
    else if (f->vfs_state == STATE_EXEC)
        atomic_fetch_add((int32_t *)&i->writers, 1);
    f->inode = NULL;
    f->path = NULL;
    vfs_path_put(&f->path_storage);
    inode_put(i);
}

const struct file_vfs_hooks vfs_file_hooks = {
    .closed = named_file_closed, .stat = vfs_stat_file, .control = named_file_control, .release = named_file_release};

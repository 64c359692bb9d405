// SPDX-License-Identifier: BSD-3-Clause
// rename.
//
// Locks: dcache_rename_mutex (no other rename changes the tree's shape), then both directories: an ancestor before what is
// below it, else by address; then a directory that is to be replaced.
#include "vfs_private.h"

#include "abi/misc.h"
#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>

struct end {
    struct vfs_path parent;
    struct walk_last last;
    struct dentry *dentry;
};

static int end_begin(struct end *e, int dirfd, const char *name)
{
    e->dentry = NULL;
    return walk_to_parent(dirfd, name, 0, &e->parent, &e->last);
}

static void end_release(struct end *e)
{
    if (e->dentry != NULL)
        dentry_put(e->dentry);
    walk_last_free(&e->last);
    vfs_path_put(&e->parent);
}

static struct inode *dir_of(struct end *e)
{
    return vfs_path_inode(&e->parent);
}

static void lock_dirs(struct end *a, struct end *b)
{
    struct inode *first = dir_of(a), *second = dir_of(b);

    if (first != second && (dentry_is_ancestor(b->parent.dentry, a->parent.dentry) ||
                            (!dentry_is_ancestor(a->parent.dentry, b->parent.dentry) && second < first))) {
        struct inode *swap = first;
        first = second;
        second = swap;
    }
    rwlock_write_lock(&first->lock);
    if (first != second)
        rwlock_write_lock(&second->lock);
}

static void unlock_dirs(struct end *a, struct end *b)
{
    rwlock_write_unlock(&dir_of(a)->lock);
    if (dir_of(a) != dir_of(b))
        rwlock_write_unlock(&dir_of(b)->lock);
}

static int find_both(struct end *from, struct end *to, unsigned flags)
{
    int r = dir_lookup(from->parent.dentry, from->last.name, from->last.length, true, &from->dentry);

    if (r == 0 && from->dentry->inode == NULL)
        r = -ENOENT;
    if (r == 0)
        r = dir_lookup(to->parent.dentry, to->last.name, to->last.length, true, &to->dentry);
    if (r != 0)
        return r;
    if ((flags & RENAME_NOREPLACE) && to->dentry->inode != NULL)
        return -EEXIST;
    if ((flags & RENAME_EXCHANGE) && to->dentry->inode == NULL)
        return -ENOENT;
    if (!S_ISDIR(from->dentry->inode->mode) && from->last.trailing_slash)
        return -ENOTDIR;
    bool to_needs_dir = to->last.trailing_slash;
    if (flags & RENAME_EXCHANGE)
        return to_needs_dir && !S_ISDIR(to->dentry->inode->mode) ? -ENOTDIR : 0;
    return to_needs_dir && !S_ISDIR(from->dentry->inode->mode) ? -ENOTDIR : 0;
}

static int check_loops(struct end *from, struct end *to, unsigned flags)
{
    if (dentry_is_ancestor(from->dentry, to->parent.dentry))
        return -EINVAL; /* into its own subtree */
    if (to->dentry->inode != NULL && dentry_is_ancestor(to->dentry, from->parent.dentry))
        return flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
    return 0;
}

static int check_permissions(struct end *from, struct end *to, unsigned flags)
{
    struct inode *moved = from->dentry->inode, *replaced = to->dentry->inode;
    bool is_dir = S_ISDIR(moved->mode);
    int r = may_delete(dir_of(from), moved, is_dir);

    if (r != 0)
        return r;
    if (replaced == NULL)
        r = may_create_in(&to->parent);
    else
        r = may_delete(dir_of(to), replaced, flags & RENAME_EXCHANGE ? S_ISDIR(replaced->mode) : is_dir);
    if (r != 0)
        return r;
    if (is_dir && dir_of(from) != dir_of(to)) { /* its .. changes */
        r = vfs_permission(moved, 2, vfs_current_cred());
        if (r != 0)
            return r;
    }
    if ((flags & RENAME_EXCHANGE) && S_ISDIR(replaced->mode) && dir_of(from) != dir_of(to)) {
        r = vfs_permission(replaced, 2, vfs_current_cred());
        if (r != 0)
            return r;
    }
    return from->dentry->n_mounts != 0 || to->dentry->n_mounts != 0 ? -EBUSY : 0;
}

static void announce(struct end *from, struct end *to, struct inode *moved, struct inode *replaced)
{
    static uint32_t next_cookie;
    uint32_t cookie, dir_bit = S_ISDIR(moved->mode) ? IN_ISDIR : 0;

    if (vfs_notify_hook == NULL)
        return;
    cookie = atomic_add(&next_cookie, 1);
    vfs_notify(NULL, dir_of(from), from->last.name, from->last.length, IN_MOVED_FROM | dir_bit, cookie);
    vfs_notify(NULL, dir_of(to), to->last.name, to->last.length, IN_MOVED_TO | dir_bit, cookie);
    vfs_notify(moved, NULL, NULL, 0, IN_MOVE_SELF | dir_bit, 0);
    if (replaced != NULL)
        vfs_notify(replaced, NULL, NULL, 0, IN_ATTRIB, 0);
}

static int do_rename(struct end *from, struct end *to, unsigned flags)
{
    struct inode *moved = from->dentry->inode, *replaced = to->dentry->inode;
    bool lock_replaced = replaced != NULL && S_ISDIR(replaced->mode) && !(flags & RENAME_EXCHANGE);

    if (dir_of(from)->ops->rename == NULL)
        return -EPERM;
    if (lock_replaced)
        rwlock_write_lock(&replaced->lock);
    int r = dir_of(from)->ops->rename(dir_of(from), from->last.name, from->last.length, moved, dir_of(to), to->last.name,
                                      to->last.length, replaced, flags);
    if (lock_replaced)
        rwlock_write_unlock(&replaced->lock);
    if (r != 0)
        return r;
    announce(from, to, moved, flags & RENAME_EXCHANGE ? NULL : replaced);
    if (flags & RENAME_EXCHANGE)
        return dcache_exchange(from->dentry, to->dentry);
    dcache_unhash(to->dentry);
    return dcache_move(from->dentry, to->parent.dentry, to->last.name, to->last.length);
}

static int rename_locked(struct end *from, struct end *to, unsigned flags)
{
    int r = find_both(from, to, flags);

    if (r == 0)
        r = check_loops(from, to, flags);
    if (r == 0 && from->dentry->inode == to->dentry->inode)
        return 0; /* two names of one file: nothing happens */
    if (r == 0)
        r = check_permissions(from, to, flags);
    return r != 0 ? r : do_rename(from, to, flags);
}

static int rename_ends(struct end *from, struct end *to, unsigned flags)
{
    if (from->parent.mnt != to->parent.mnt)
        return -EXDEV;
    if (from->last.kind != LAST_NORMAL)
        return -EBUSY;
    if (to->last.kind != LAST_NORMAL)
        return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
    int r = vfs_want_write(&from->parent);
    if (r != 0)
        return r;
    mutex_lock(&dcache_rename_mutex);
    lock_dirs(from, to);
    r = rename_locked(from, to, flags);
    unlock_dirs(from, to);
    mutex_unlock(&dcache_rename_mutex);
    return r;
}

int vfs_rename(int old_dirfd, const char *old_name, int new_dirfd, const char *new_name, unsigned flags)
{
    struct end from, to;

    if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
        return -EINVAL;
    if ((flags & RENAME_EXCHANGE) && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)))
        return -EINVAL;
    if (flags & RENAME_WHITEOUT)
        return -EINVAL; /* no file system here stores whiteouts */
    int r = end_begin(&from, old_dirfd, old_name);
    if (r != 0)
        return r;
    r = end_begin(&to, new_dirfd, new_name);
    if (r == 0) {
        r = rename_ends(&from, &to, flags);
        end_release(&to);
    }
    end_release(&from);
    return r;
}

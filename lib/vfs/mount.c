// SPDX-License-Identifier: BSD-3-Clause
// Mounts: which file system covers which place.
//
// The tree of mounts is a list searched by (parent mount, dentry); a dentry counts the mounts on it, so that walks look only where
// there is one. Changes hold vfs_mount_lock and make dcache_rename_seq odd; walks read under RCU.
#include "vfs_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define PER_MOUNT_FLAGS (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME)

struct vfs_path vfs_global_root;
struct list_node vfs_mounts = {&vfs_mounts, &vfs_mounts};
struct mutex vfs_mount_lock = MUTEX_INIT(vfs_mount_lock);
static struct mount *all_mounts; /* r */
static const struct fs_type *types;
static uint64_t next_id = 20;

void fs_type_register(struct fs_type *t)
{
    for (const struct fs_type *k = types; k != NULL; k = k->next)
        if (k == t)
            return;
    t->next = types;
    types = t;
}

const struct fs_type *vfs_fs_type_first(void)
{
    return types;
}

static const struct fs_type *find_type(const char *name)
{
    for (const struct fs_type *t = types; t != NULL; t = t->next)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

struct mount *mount_on_rcu(const struct mount *m, const struct dentry *d)
{
    for (struct mount *k = atomic_load_acquire(&all_mounts); k != NULL; k = atomic_load_acquire(&k->next))
        if (atomic_load_relaxed(&k->parent) == m && atomic_load_relaxed(&k->point) == d)
            return k;
    return NULL;
}

bool mount_try_get(struct mount *m)
{
    uint32_t old = atomic_load_relaxed(&m->refs);

    while (old != 0)
        if (atomic_cmpxchg(&m->refs, &old, old + 1))
            return true;
    return false;
}

struct mount *mount_get(struct mount *m)
{
    atomic_add_relaxed(&m->refs, 1);
    return m;
}

static void free_rcu(struct rcu_head *h)
{
    kfree(container_of(h, struct mount, rcu));
}

static bool super_in_use(const struct super_block *sb)
{
    struct mount *m;

    LIST_FOR_EACH (m, &vfs_mounts, link)
        if (m->sb == sb)
            return true;
    return false;
}

void mount_put(struct mount *m)
{
    if (atomic_sub(&m->refs, 1) != 0)
        return;
    struct super_block *sb = m->sb;
    dentry_put(m->root);
    kfree(m->source);
    mutex_lock(&vfs_mount_lock);
    bool last = !super_in_use(sb);
    mutex_unlock(&vfs_mount_lock);
    rcu_call(&m->rcu, free_rcu);
    if (!last)
        return;
    dcache_shrink_super(sb);
    if (sb->ops->sync != NULL)
        (void)sb->ops->sync(sb, true);
    rcu_barrier();
    if (sb->ops->unmount != NULL)
        sb->ops->unmount(sb);
}

static struct mount *mount_create(struct super_block *sb, struct dentry *root, const char *source, unsigned flags)
{
    struct mount *m = kzalloc(sizeof *m);

    if (m == NULL)
        return NULL;
    m->refs = 1;
    m->sb = sb;
    m->root = root;
    m->flags = flags & PER_MOUNT_FLAGS;
    m->id = atomic_fetch_add(&next_id, 1);
    m->source = kstrdup(source != NULL ? source : "none");
    list_init(&m->link);
    return m;
}

/* Takes over the references in @at. */
static void attach(struct mount *m, struct vfs_path *at)
{
    dcache_seq_begin();
    m->parent = at->mnt;
    m->point = at->dentry;
    if (at->dentry != NULL)
        atomic_add_relaxed(&at->dentry->n_mounts, 1);
    m->next = all_mounts;
    atomic_store_release(&all_mounts, m);
    list_push_back(&vfs_mounts, &m->link);
    dcache_seq_end();
}

/* With vfs_mount_lock. The place it covered is returned for the caller to put. */
static struct vfs_path detach(struct mount *m)
{
    struct vfs_path at = {m->parent, m->point};
    struct mount **k = &all_mounts;

    dcache_seq_begin();
    while (*k != m)
        k = &(*k)->next;
    atomic_store_release(k, m->next);
    if (at.dentry != NULL)
        atomic_sub_relaxed(&at.dentry->n_mounts, 1);
    m->parent = NULL;
    m->point = NULL;
    list_remove(&m->link);
    dcache_seq_end();
    return at;
}

static int make_mount(const char *source, const char *type_name, unsigned long flags, const char *data, struct mount **out)
{
    const struct fs_type *t = find_type(type_name);
    struct super_block *sb;

    if (t == NULL)
        return -ENODEV;
    int r = t->mount(t, source, (unsigned)flags, data, &sb);
    if (r != 0)
        return r;
    struct dentry *root = dentry_alloc(NULL, "/", 1, inode_get(sb->root), sb);
    struct mount *m = root == NULL ? NULL : mount_create(sb, root, source, (unsigned)flags);
    if (m == NULL)
        return -ENOMEM;
    *out = m;
    return 0;
}

int vfs_init(void)
{
    struct mount *m;
    struct vfs_path nowhere = {NULL, NULL};

    if (vfs_global_root.mnt != NULL)
        return 0;
    int r = dcache_init();
    if (r == 0)
        r = make_mount("rootfs", find_type("rootfs") != NULL ? "rootfs" : "ramfs", 0, NULL, &m);
    if (r != 0)
        return r;
    attach(m, &nowhere);
    vfs_global_root = (struct vfs_path){m, m->root};
    file_set_vfs_hooks(&vfs_file_hooks);
    return 0;
}

static int mount_new(const char *source, struct vfs_path *at, const char *type, unsigned long flags, const char *data)
{
    struct mount *m;

    if (!S_ISDIR(vfs_path_inode(at)->mode))
        return -ENOTDIR;
    int r = make_mount(source, type, flags, data, &m);
    if (r != 0)
        return r;
    vfs_path_get(at);
    mutex_lock(&vfs_mount_lock);
    attach(m, at);
    mutex_unlock(&vfs_mount_lock);
    return 0;
}

static int mount_bind(const char *source, struct vfs_path *at, unsigned long flags)
{
    struct vfs_path from;

    if (source == NULL)
        return -EINVAL;
    int r = vfs_walk(-100, source, 0, &from);
    if (r != 0)
        return r;
    if (S_ISDIR(vfs_path_inode(&from)->mode) != S_ISDIR(vfs_path_inode(at)->mode)) {
        vfs_path_put(&from);
        return -ENOTDIR;
    }
    struct mount *m = mount_create(from.mnt->sb, dentry_get(from.dentry), from.mnt->source, from.mnt->flags);
    vfs_path_put(&from);
    if (m == NULL)
        return -ENOMEM;
    vfs_path_get(at);
    mutex_lock(&vfs_mount_lock);
    attach(m, at);
    mutex_unlock(&vfs_mount_lock);
    return 0;
}

static int remount(struct vfs_path *at, unsigned long flags, const char *data)
{
    struct super_block *sb = at->mnt->sb;

    if (at->dentry != at->mnt->root)
        return -EINVAL;
    at->mnt->flags = (unsigned)flags & PER_MOUNT_FLAGS;
    if (flags & MS_BIND)
        return 0;
    if (sb->ops->remount != NULL) {
        int r = sb->ops->remount(sb, (unsigned)flags, data);
        if (r != 0)
            return r;
    }
    sb->flags = (sb->flags & ~(unsigned)MS_RDONLY) | ((unsigned)flags & MS_RDONLY);
    return 0;
}

static int mount_move(const char *source, struct vfs_path *at)
{
    struct vfs_path from, old;

    if (source == NULL)
        return -EINVAL;
    int r = vfs_walk(-100, source, 0, &from);
    if (r != 0)
        return r;
    mutex_lock(&vfs_mount_lock);
    struct mount *above = at->mnt;
    while (above != NULL && above != from.mnt)
        above = above->parent;
    if (from.dentry != from.mnt->root || from.mnt->parent == NULL)
        r = -EINVAL;
    else if (above != NULL)
        r = -ELOOP;
    if (r == 0) {
        old = detach(from.mnt);
        vfs_path_get(at);
        attach(from.mnt, at);
    }
    mutex_unlock(&vfs_mount_lock);
    vfs_path_put(&from);
    if (r == 0)
        vfs_path_put(&old);
    return r;
}

int vfs_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
    struct vfs_path at;

    if ((flags & 0xffff0000) == 0xc0ed0000) /* MS_MGC_VAL of old programs */
        flags &= 0xffff;
    int r = vfs_walk(-100, target, 0, &at);
    if (r != 0)
        return r;
    if (flags & MS_REMOUNT)
        r = remount(&at, flags, data);
    else if (flags & MS_BIND)
        r = mount_bind(source, &at, flags);
    else if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
        r = at.dentry == at.mnt->root ? 0 : -EINVAL; /* one mount namespace: propagation has nobody to go to */
    else if (flags & MS_MOVE)
        r = mount_move(source, &at);
    else
        r = type == NULL ? -EINVAL : mount_new(source, &at, type, flags, data);
    vfs_path_put(&at);
    return r;
}

static bool has_children(const struct mount *m)
{
    for (const struct mount *k = all_mounts; k != NULL; k = k->next)
        if (k->parent == m)
            return true;
    return false;
}

/* References beyond the tree's and the caller's mean: files are open or a cwd is there. */
static int check_idle(struct mount *m, int flags)
{
    if (m->parent == NULL)
        return -EINVAL;
    if (flags & MNT_DETACH)
        return 0;
    if (has_children(m) || atomic_load_seq(&m->refs) > 2)
        return -EBUSY;
    if ((flags & MNT_EXPIRE) && !m->expired) {
        m->expired = true;
        return -EAGAIN;
    }
    return 0;
}

int vfs_unmount(const char *target, int flags)
{
    struct vfs_path at, covered = {NULL, NULL};

    if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
        return -EINVAL;
    if ((flags & MNT_EXPIRE) && (flags & (MNT_FORCE | MNT_DETACH)))
        return -EINVAL;
    int r = vfs_walk(-100, target, flags & UMOUNT_NOFOLLOW ? WALK_NOFOLLOW : 0, &at);
    if (r != 0)
        return r;
    struct mount *m = at.mnt;
    mutex_lock(&vfs_mount_lock);
    r = at.dentry != m->root ? -EINVAL : check_idle(m, flags);
    if (r == 0)
        covered = detach(m);
    mutex_unlock(&vfs_mount_lock);
    vfs_path_put(&at);
    if (r == 0) {
        vfs_path_put(&covered);
        mount_put(m);
    }
    return r;
}

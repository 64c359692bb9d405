// SPDX-License-Identifier: BSD-3-Clause
// Root, working directory and umask of a process.
#include "vfs_private.h"

#include "mem/kalloc.h"
#include <errno.h>
#include <sys/stat.h>

struct fs_context *fs_context_create(void)
{
    struct fs_context *c = kzalloc(sizeof *c);

    if (c == NULL)
        return NULL;
    c->refs = 1;
    spin_init(&c->lock, RANK_FILE);
    c->umask = 022;
    if (vfs_global_root.mnt == NULL && vfs_init() != 0) {
        kfree(c);
        return NULL;
    }
    c->root = c->cwd = vfs_global_root;
    vfs_path_get(&c->root);
    vfs_path_get(&c->cwd);
    return c;
}

struct fs_context *fs_context_clone(struct fs_context *c)
{
    struct fs_context *copy = kzalloc(sizeof *copy);

    if (copy == NULL)
        return NULL;
    copy->refs = 1;
    spin_init(&copy->lock, RANK_FILE);
    copy->umask = c->umask;
    vfs_get_root(c, &copy->root);
    vfs_get_cwd(c, &copy->cwd);
    return copy;
}

struct fs_context *fs_context_get(struct fs_context *c)
{
    atomic_add_relaxed(&c->refs, 1);
    return c;
}

void fs_context_put(struct fs_context *c)
{
    if (atomic_sub(&c->refs, 1) != 0)
        return;
    vfs_path_put(&c->root);
    vfs_path_put(&c->cwd);
    kfree(c);
}

uint32_t fs_context_umask(struct fs_context *c)
{
    return atomic_load_relaxed(&c->umask);
}

uint32_t fs_context_umask_set(struct fs_context *c, uint32_t mask)
{
    return atomic_exchange(&c->umask, mask & 0777);
}

static void get_place(struct fs_context *c, const struct vfs_path *place, struct vfs_path *out)
{
    spin_lock(&c->lock);
    *out = *place;
    vfs_path_get(out);
    spin_unlock(&c->lock);
}

void vfs_get_cwd(struct fs_context *c, struct vfs_path *out)
{
    get_place(c, &c->cwd, out);
}

void vfs_get_root(struct fs_context *c, struct vfs_path *out)
{
    get_place(c, &c->root, out);
}

static void set_place(struct fs_context *c, struct vfs_path *place, const struct vfs_path *p)
{
    struct vfs_path old, fresh = *p;

    vfs_path_get(&fresh);
    spin_lock(&c->lock);
    atomic_store_seq(&c->seq, c->seq + 1);
    old = *place;
    *place = fresh;
    atomic_store_seq(&c->seq, c->seq + 1);
    spin_unlock(&c->lock);
    vfs_path_put(&old);
}

static int check_directory(const struct vfs_path *p)
{
    struct inode *i = vfs_path_inode(p);

    if (!S_ISDIR(i->mode))
        return -ENOTDIR;
    return vfs_permission(i, 1, vfs_current_cred());
}

int vfs_chdir(struct fs_context *c, const struct vfs_path *p)
{
    int r = check_directory(p);

    if (r == 0)
        set_place(c, &c->cwd, p);
    return r;
}

int vfs_chroot(struct fs_context *c, const struct vfs_path *p)
{
    int r = check_directory(p);

    if (r == 0 && !vfs_cred_capable(vfs_current_cred(), VFS_CAP_SYS_CHROOT))
        r = -EPERM;
    if (r == 0)
        set_place(c, &c->root, p);
    return r;
}

// SPDX-License-Identifier: BSD-3-Clause
// Mounts: statistics, synchronisation, enumeration, pivot_root.
#include "vfs_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

uint64_t vfs_mount_id(const struct vfs_path *p)
{
    return p->mnt->id;
}

bool vfs_is_mount_root(const struct vfs_path *p)
{
    return p->dentry == p->mnt->root;
}

int vfs_statfs(const struct vfs_path *p, struct statfs *out)
{
    struct super_block *sb = p->mnt->sb;

    *out = (struct statfs){.f_type = sb->magic, .f_bsize = sb->block_bytes, .f_namelen = NAME_BYTES_MAX, .f_frsize = sb->block_bytes};
    out->f_fsid.__val[0] = (int)sb->dev;
    int r = sb->ops->statfs != NULL ? sb->ops->statfs(sb, out) : 0;
    out->f_flags = 0x20 /* ST_VALID */ | ((p->mnt->flags | sb->flags) & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)) |
                   (p->mnt->flags & MS_NOATIME ? 1024 : 4096 /* ST_RELATIME */);
    return r;
}

void vfs_sync_all(void)
{
    struct mount *m;

    mutex_lock(&vfs_mount_lock);
    LIST_FOR_EACH (m, &vfs_mounts, link)
        if (m->sb->ops->sync != NULL)
            (void)m->sb->ops->sync(m->sb, true);
    mutex_unlock(&vfs_mount_lock);
}

static void describe(struct mount *m, char *buf, size_t n, struct vfs_mount_info *info)
{
    struct vfs_path root = {m, m->root};

    if (m->parent == NULL || vfs_path_string(&root, buf, n) < 0)
        strlcpy(buf, "/", n);
    *info = (struct vfs_mount_info){.id = m->id,
                                    .parent_id = m->parent != NULL ? m->parent->id : 1,
                                    .dev = m->sb->dev,
                                    .type = m->sb->type->name,
                                    .source = m->source,
                                    .root = "/",
                                    .target = buf,
                                    .options = m->flags & MS_NOATIME ? "noatime" : "relatime",
                                    .read_only = (m->flags | m->sb->flags) & MS_RDONLY};
}

void vfs_mount_for_each(int (*fn)(const struct vfs_mount_info *, void *), void *arg)
{
    char *buf = kmalloc(PATH_BYTES_MAX);
    struct vfs_mount_info info;
    struct mount *m;

    if (buf == NULL)
        return;
    mutex_lock(&vfs_mount_lock);
    LIST_FOR_EACH (m, &vfs_mounts, link) {
        describe(m, buf, PATH_BYTES_MAX, &info);
        if (fn(&info, arg) != 0)
            break;
    }
    mutex_unlock(&vfs_mount_lock);
    kfree(buf);
}

static int pivot(struct vfs_path *fresh, struct vfs_path *old_place)
{
    struct fs_context *c = vfs_current_context();
    struct vfs_path root;
    int r;

    vfs_get_root(c, &root);
    if (fresh->dentry != fresh->mnt->root || fresh->mnt->parent == NULL || root.dentry != root.mnt->root || root.mnt->parent == NULL)
        r = -EINVAL; /* the first root of all cannot be pivoted away, on Linux either: switch_root is how one leaves a rootfs */
    else if (fresh->mnt == root.mnt || old_place->mnt == root.mnt)
        r = -EBUSY;
    else if (!dentry_is_ancestor(fresh->dentry, old_place->dentry))
        r = -EINVAL;
    else
        r = -EOPNOTSUPP; /* rearranging the root of every process: use chroot or a moved mount */
    vfs_path_put(&root);
    return r;
}

int vfs_pivot_root(const char *new_root, const char *put_old)
{
    struct vfs_path fresh, old_place;
    int r = vfs_walk(-100, new_root, WALK_DIRECTORY, &fresh);

    if (r != 0)
        return r;
    r = vfs_walk(-100, put_old, WALK_DIRECTORY, &old_place);
    if (r == 0) {
        r = pivot(&fresh, &old_place);
        vfs_path_put(&old_place);
    }
    vfs_path_put(&fresh);
    return r;
}

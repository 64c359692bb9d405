// SPDX-License-Identifier: BSD-3-Clause
// System V IPC: keys, identifiers, permissions.
#define _GNU_SOURCE 1
#include "sysv.h"

#include "vfs/path.h"
#include <errno.h>

#define SLOT_BITS 12

struct sysv_object *sysv_find(struct sysv_table *t, int id)
{
    struct sysv_object *o = id < 0 ? NULL : t->objects[id & (SYSV_MAX - 1)];

    return o != NULL && o->id == id ? o : NULL;
}

struct sysv_object *sysv_find_key(struct sysv_table *t, int key)
{
    for (int k = 0; k < SYSV_MAX; k++)
        if (t->objects[k] != NULL && t->objects[k]->key == key)
            return t->objects[k];
    return NULL;
}

int sysv_add(struct sysv_table *t, struct sysv_object *o, int key, int flags)
{
    const struct vfs_cred *c = vfs_current_cred();

    for (int k = 0; k < SYSV_MAX; k++) {
        if (t->objects[k] != NULL)
            continue;
        o->seq = t->next_seq++ & 0x7fff;
        o->id = (int)(o->seq << SLOT_BITS) | k;
        o->key = key;
        o->uid = o->cuid = c->uid;
        o->gid = o->cgid = c->gid;
        o->mode = (uint32_t)flags & 0777;
        t->objects[k] = o;
        return o->id;
    }
    return -ENOSPC;
}

void sysv_remove(struct sysv_table *t, struct sysv_object *o)
{
    t->objects[o->id & (SYSV_MAX - 1)] = NULL;
}

int sysv_permit(const struct sysv_object *o, unsigned mask)
{
    const struct vfs_cred *c = vfs_current_cred();
    uint32_t mode = c->uid == o->uid || c->uid == o->cuid ? o->mode >> 6
                    : vfs_cred_in_group(c, o->gid) || vfs_cred_in_group(c, o->cgid) ? o->mode >> 3
                                                                                     : o->mode;

    return (mask & ~mode & 7) == 0 || vfs_cred_capable(c, 15 /* CAP_IPC_OWNER */) ? 0 : -EACCES;
}

int sysv_owner(const struct sysv_object *o)
{
    const struct vfs_cred *c = vfs_current_cred();

    return c->uid == o->uid || c->uid == o->cuid || vfs_cred_capable(c, VFS_CAP_SYS_ADMIN) ? 0 : -EPERM;
}

void sysv_perm_out(const struct sysv_object *o, struct ipc_perm *out)
{
    *out = (struct ipc_perm){.__ipc_perm_key = o->key,
                             .uid = o->uid,
                             .gid = o->gid,
                             .cuid = o->cuid,
                             .cgid = o->cgid,
                             .mode = o->mode,
                             .__ipc_perm_seq = (int)o->seq};
}

void sysv_perm_in(struct sysv_object *o, const struct ipc_perm *in)
{
    o->uid = in->uid;
    o->gid = in->gid;
    o->mode = (o->mode & ~0777u) | (in->mode & 0777u);
}

int sysv_get(struct sysv_table *t, int key, int flags, struct sysv_object **out)
{
    struct sysv_object *o = key == IPC_PRIVATE ? NULL : sysv_find_key(t, key);

    *out = o;
    if (o == NULL)
        return key == IPC_PRIVATE || (flags & IPC_CREAT) ? 0 : -ENOENT;
    if ((flags & IPC_CREAT) && (flags & IPC_EXCL))
        return -EEXIST;
    unsigned mask = (unsigned)(flags >> 6 | flags >> 3 | flags) & 7;
    return sysv_permit(o, mask);
}

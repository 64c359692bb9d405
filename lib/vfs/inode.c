// SPDX-License-Identifier: BSD-3-Clause
// Inodes and super blocks: life, times, ownership.
#include "vfs_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include "sched/time.h"
#include <sys/stat.h>

static uint64_t next_dev = 0x15;

struct timespec inode_now(void)
{
    nsec_t now = clock_realtime_ns();

    return (struct timespec){.tv_sec = now / NSEC_PER_SEC, .tv_nsec = now % NSEC_PER_SEC};
}

void inode_init(struct inode *i, struct super_block *sb, uint32_t mode)
{
    i->sb = sb;
    i->mode = mode;
    i->refs = 1;
    i->n_links = 1;
    rwlock_init(&i->lock);
    rwlock_init(&i->data_lock);
    i->atime = i->mtime = i->ctime = i->btime = inode_now();
}

struct inode *inode_get(struct inode *i)
{
    atomic_add_relaxed((uint32_t *)&i->refs, 1);
    return i;
}

static void free_rcu(struct rcu_head *h)
{
    struct inode *i = container_of(h, struct inode, rcu);

    i->sb->ops->free_inode(i);
}

void inode_put(struct inode *i)
{
    if (atomic_sub((uint32_t *)&i->refs, 1) != 0)
        return;
    if (i->n_links == 0 || i->watches != NULL)
        vfs_notify(i, NULL, NULL, 0, 0x400 /* IN_DELETE_SELF */, 0);
    if (i->sb->ops->destroy_inode != NULL)
        i->sb->ops->destroy_inode(i);
    if (i->sb->ops->free_inode != NULL)
        rcu_call(&i->rcu, free_rcu);
}

void inode_touch(struct inode *i, unsigned which)
{
    struct timespec now = inode_now();

    if (which & ATTR_ATIME)
        i->atime = now;
    if (which & ATTR_MTIME)
        i->mtime = now;
    if (which & ATTR_CTIME)
        i->ctime = now;
}

uint32_t inode_init_owner(struct inode *i, const struct inode *dir, uint32_t mode, const struct vfs_cred *c)
{
    i->uid = c->uid;
    i->gid = c->gid;
    if (dir != NULL && (dir->mode & S_ISGID)) {
        i->gid = dir->gid;
        if (S_ISDIR(mode))
            mode |= S_ISGID;
        else if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && !vfs_cred_in_group(c, i->gid) &&
                 !vfs_cred_capable(c, VFS_CAP_FSETID))
            mode &= ~(uint32_t)S_ISGID;
    }
    i->mode = mode;
    return mode;
}

struct super_block *super_create(const struct fs_type *t, const struct super_ops *ops, uint32_t magic)
{
    struct super_block *sb = kzalloc(sizeof *sb);

    if (sb == NULL)
        return NULL;
    sb->type = t;
    sb->ops = ops;
    sb->magic = magic;
    sb->block_bytes = 4096;
    sb->dev = atomic_fetch_add(&next_dev, 1);
    return sb;
}

void super_destroy(struct super_block *sb)
{
    kfree(sb);
}

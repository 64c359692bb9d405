// SPDX-License-Identifier: BSD-3-Clause
// What stat tells about an inode.
#include "vfs_private.h"

#include <sys/stat.h>

int vfs_stat_inode(struct inode *i, struct stat *out)
{
    if (i->ops->get_attr != NULL) {
        int r = i->ops->get_attr(i);
        if (r != 0)
            return r;
    }
    out->st_dev = i->sb->dev;
    out->st_ino = i->number;
    out->st_nlink = i->n_links;
    out->st_mode = i->mode;
    out->st_uid = i->uid;
    out->st_gid = i->gid;
    out->__pad0 = 0;
    out->st_rdev = i->rdev;
    out->st_size = i->size;
    out->st_blksize = (blksize_t)i->sb->block_bytes;
    out->st_blocks = S_ISREG(i->mode) ? (blkcnt_t)(i->pages.n_pages * 8) : 0;
    out->st_atim = i->atime;
    out->st_mtim = i->mtime;
    out->st_ctim = i->ctime;
    out->__unused[0] = out->__unused[1] = out->__unused[2] = 0;
    return 0;
}

int vfs_stat_path(const struct vfs_path *p, struct stat *out)
{
    return vfs_stat_inode(vfs_path_inode(p), out);
}

int vfs_stat_file(struct file *f, struct stat *out)
{
    return vfs_stat_inode(f->inode, out);
}

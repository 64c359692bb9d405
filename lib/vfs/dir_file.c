// SPDX-License-Identifier: BSD-3-Clause
// Directories as open files: listing and seeking.
#include "vfs_private.h"

#include <dirent.h>
#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static long dir_read(struct file *f, struct iov_iter *it, struct io *io)
{
    return -EISDIR;
}

/* Any position a listing handed out may come back; 0 starts again. */
static int64_t dir_seek(struct file *f, int64_t offset, int whence)
{
    if (whence == SEEK_CUR)
        offset += f->pos;
    else if (whence == SEEK_END)
        offset += INT64_MAX;
    else if (whence != SEEK_SET)
        return -EINVAL;
    if (offset < 0)
        return -EINVAL;
    f->pos = offset;
    return offset;
}

static uint64_t parent_number(struct file *f)
{
    struct dentry *up = dentry_parent_get(f->path->dentry);
    uint64_t number = up->inode != NULL ? up->inode->number : f->inode->number;

    dentry_put(up);
    return number;
}

static bool emit_dots(struct file *f, struct dir_sink *sink)
{
    if (sink->pos == 0) {
        if (!sink->emit(sink, ".", 1, f->inode->number, DT_DIR, 1))
            return false;
        sink->pos = 1;
    }
    if (sink->pos == 1) {
        if (!sink->emit(sink, "..", 2, parent_number(f), DT_DIR, 2))
            return false;
        sink->pos = 2;
    }
    return true;
}

static int dir_iterate(struct file *f, struct dir_sink *sink)
{
    struct inode *dir = f->inode;
    int r = 0;

    if (dir->ops->read_dir == NULL)
        return -ENOTDIR;
    rwlock_read_lock(&dir->lock);
    if (dir->n_links == 0)
        r = -ENOENT;
    else if (emit_dots(f, sink))
        r = dir->ops->read_dir(dir, &sink->pos, sink);
    rwlock_read_unlock(&dir->lock);
    if (r == 0 && !(f->flags & 01000000 /* O_NOATIME */))
        inode_touch(dir, ATTR_ATIME);
    return r;
}

static int dir_sync(struct file *f, int64_t start, int64_t end, bool data_only)
{
    struct super_block *sb = f->inode->sb;

    return sb->ops->sync != NULL ? sb->ops->sync(sb, true) : 0;
}

const struct file_ops vfs_dir_file_ops = {
    .kind = "dir", .read = dir_read, .seek = dir_seek, .iterate = dir_iterate, .sync = dir_sync};

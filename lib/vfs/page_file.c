// SPDX-License-Identifier: BSD-3-Clause
// Regular files whose contents are pages of the cache: read, write, seek, allocate, map.
//
// Readers hold the inode's data_lock shared, so reads of one file run in parallel; writers and everything that changes the size hold it
// alone. A page fault on a mapping of the file takes only the memory object's lock, so a user buffer may be a mapping of the same file.
#include "vfs_private.h"

#include "abi/ioctl.h"
#include "abi/misc.h"
#include "arch/uaccess.h"
#include "base/overflow.h"
#include <errno.h>
#include <fcntl.h>

#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEAL_SHRINK = 2, SEAL_GROW = 4, SEAL_WRITE = 8, SEAL_FUTURE_WRITE = 16 }; /* F_SEAL_* */

#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE 1
#define FALLOC_FL_PUNCH_HOLE 2
#endif
#define FALLOC_FL_COLLAPSE_RANGE 8
#define FALLOC_FL_ZERO_RANGE 16
#define FALLOC_FL_INSERT_RANGE 32

static long put_page(void *cursor, void *bytes, size_t n)
{
    return iov_iter_put(cursor, bytes, n);
}

static long take_page(void *cursor, void *bytes, size_t n)
{
    return iov_iter_take(cursor, bytes, n);
}

static inline bool later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Relative access times: updated once after each change. */
static void touch_accessed(struct file *f, struct inode *i)
{
    if ((f->flags & O_NOATIME) || (f->path->mnt->flags & (MS_NOATIME | MS_RDONLY)))
        return;
    if (later(&i->atime, &i->mtime) && later(&i->atime, &i->ctime))
        return;
    inode_touch(i, ATTR_ATIME);
}

static long page_file_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct inode *i = f->inode;
    long n = 0;

    if (io->nonblock && (io->rwf & RWF_NOWAIT)) {
        if (!rwlock_try_read_lock(&i->data_lock))
            return -EAGAIN;
    } else {
        rwlock_read_lock(&i->data_lock);
    }
    if (io->pos < i->size) {
        size_t wanted = iov_iter_count(it), there = (size_t)(i->size - io->pos);
        n = page_cache_read(&i->pages, (uint64_t)io->pos, min(wanted, there), put_page, it);
    }
    rwlock_read_unlock(&i->data_lock);
    if (n > 0) {
        io->pos += n;
        touch_accessed(f, i);
        vfs_notify_file(f, IN_ACCESS);
    }
    return n;
}

/* How much of @n may be written at @pos. */
static long limit_write(struct inode *i, int64_t pos, size_t n)
{
    uint64_t limit = vfs_file_size_limit();

    if (pos >= INT64_MAX - 1)
        return -EFBIG;
    if ((uint64_t)pos >= limit) {
        file_raise(SIGXFSZ);
        return -EFBIG;
    }
    if (n > limit - (uint64_t)pos)
        n = limit - (uint64_t)pos;
    if (n > (uint64_t)(INT64_MAX - pos))
        n = (size_t)(INT64_MAX - pos);
    return (long)n;
}

static long write_locked(struct inode *i, struct iov_iter *it, struct io *io)
{
    long n = limit_write(i, io->pos, iov_iter_count(it));

    if (n <= 0)
        return n;
    inode_drop_setid(i, vfs_current_cred());
    n = page_cache_write(&i->pages, (uint64_t)io->pos, (size_t)n, take_page, it);
    if (n <= 0)
        return n == -ENOMEM ? -ENOSPC : n;
    io->pos += n;
    if (io->pos > i->size) {
        i->size = io->pos;
        i->pages.size_bytes = (uint64_t)io->pos;
    }
    inode_touch(i, ATTR_MTIME | ATTR_CTIME);
    return n;
}

/* Do the inode's seals forbid a write of @n bytes at @pos? */
static bool sealed(const struct inode *i, int64_t pos, int64_t n)
{
    return (i->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE)) || ((i->seals & SEAL_GROW) && n > i->size - pos);
}

static long page_file_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct inode *i = f->inode;

    if (iov_iter_count(it) == 0)
        return 0;
    rwlock_write_lock(&i->data_lock);
    if ((f->flags & O_APPEND) || (io->rwf & RWF_APPEND))
        io->pos = i->size;
    long n = sealed(i, io->pos, (int64_t)iov_iter_count(it)) ? -EPERM : write_locked(i, it, io);
    rwlock_write_unlock(&i->data_lock);
    if (n > 0) {
        if ((f->flags & (O_SYNC | O_DSYNC)) || (io->rwf & (RWF_SYNC | RWF_DSYNC)))
            (void)page_cache_sync(&i->pages, (uint64_t)(io->pos - n), (uint64_t)io->pos);
        vfs_notify_file(f, IN_MODIFY);
    }
    return n;
}

static int64_t seek_data(struct file *f, int64_t offset, bool want_hole)
{
    struct inode *i = f->inode;

    if (offset < 0 || offset >= i->size)
        return -ENXIO;
    rwlock_read_lock(&i->data_lock);
    int64_t r = page_cache_seek(&i->pages, (uint64_t)offset, want_hole);
    if (want_hole && (r < 0 || r > i->size))
        r = i->size;
    if (!want_hole && r >= i->size)
        r = -ENXIO;
    rwlock_read_unlock(&i->data_lock);
    return r;
}

static int64_t page_file_seek(struct file *f, int64_t offset, int whence)
{
    int64_t base = 0, target;

    switch (whence) {
    case SEEK_SET:
        break;
    case SEEK_CUR:
        base = f->pos;
        break;
    case SEEK_END:
        base = f->inode->size;
        break;
    case 3:
    case 4:
        base = seek_data(f, offset, whence == 4);
        if (base >= 0)
            f->pos = base;
        return base;
    default:
        return -EINVAL;
    }
    if (add_overflow(base, offset, &target))
        return -EINVAL; /* Linux' answer; POSIX would have EOVERFLOW */
    if (target < 0)
        return -EINVAL;
    f->pos = target;
    return target;
}

static int page_file_truncate(struct file *f, int64_t length)
{
    uint32_t seals = f->inode->seals;

    if ((seals & SEAL_SHRINK && length < f->inode->size) || (seals & SEAL_GROW && length > f->inode->size))
        return -EPERM;
    int r = do_truncate(f->inode, length);

    if (r == 0)
        vfs_notify_file(f, IN_MODIFY);
    return r;
}

static int allocate_pages(struct inode *i, int64_t start, int64_t end)
{
    for (int64_t at = start & ~(int64_t)4095; at < end; at += 4096) {
        struct frame *page;
        int r = page_cache_get(&i->pages, (uint64_t)at / 4096, true, &page);
        if (r != 0)
            return r == -ENOMEM ? -ENOSPC : r;
        page_cache_mark_dirty(&i->pages, page);
        frame_put(page);
        if (wait_signal_pending())
            return -EINTR;
    }
    return 0;
}

static void set_size(struct inode *i, int64_t size)
{
    i->size = size;
    i->pages.size_bytes = (uint64_t)size;
}

/* Moves [from, size) to @to by copying; used by collapse and insert. */
static int move_bytes(struct inode *i, int64_t from, int64_t to, int64_t n)
{
    bool backwards = to > from;

    for (int64_t done = 0; done < n; done += 4096) {
        int64_t k = backwards ? n - 4096 - done : done;
        struct frame *source = NULL, *target;
        int r = page_cache_get(&i->pages, (uint64_t)(from + k) / 4096, true, &source);
        if (r != 0)
            return r;
        r = page_cache_get(&i->pages, (uint64_t)(to + k) / 4096, true, &target);
        if (r == 0) {
            __builtin_memcpy(frame_to_virt(target), frame_to_virt(source), 4096);
            page_cache_mark_dirty(&i->pages, target);
            frame_put(target);
        }
        frame_put(source);
        if (r != 0)
            return r == -ENOMEM ? -ENOSPC : r;
    }
    return 0;
}

static int collapse(struct inode *i, int64_t offset, int64_t len)
{
    if ((offset | len) & 4095 || offset + len >= i->size)
        return -EINVAL;
    int r = move_bytes(i, offset + len, offset, ALIGN_UP(i->size - offset - len, 4096));
    if (r == 0) {
        page_cache_truncate(&i->pages, (uint64_t)(i->size - len));
        set_size(i, i->size - len);
    }
    return r;
}

static int insert(struct inode *i, int64_t offset, int64_t len)
{
    if ((offset | len) & 4095 || offset >= i->size)
        return -EINVAL;
    if (i->size > INT64_MAX - len)
        return -EFBIG;
    int64_t old = i->size;
    set_size(i, old + len);
    int r = move_bytes(i, offset, offset + len, ALIGN_UP(old - offset, 4096));
    if (r == 0)
        r = page_cache_punch(&i->pages, (uint64_t)offset, (uint64_t)(offset + len));
    return r;
}

static int fallocate_locked(struct inode *i, int mode, int64_t offset, int64_t len)
{
    int64_t end = offset + len;
    int r;

    if (!(mode & FALLOC_FL_KEEP_SIZE) && end > i->size && (uint64_t)end > vfs_file_size_limit()) {
        file_raise(SIGXFSZ);
        return -EFBIG;
    }
    switch (mode & ~FALLOC_FL_KEEP_SIZE) {
    case FALLOC_FL_PUNCH_HOLE:
        return page_cache_punch(&i->pages, (uint64_t)offset, (uint64_t)end);
    case FALLOC_FL_COLLAPSE_RANGE:
        return collapse(i, offset, len);
    case FALLOC_FL_INSERT_RANGE:
        return insert(i, offset, len);
    case FALLOC_FL_ZERO_RANGE:
        r = page_cache_punch(&i->pages, (uint64_t)offset, (uint64_t)end);
        break;
    case 0:
        r = 0;
        break;
    default:
        return -EOPNOTSUPP;
    }
    if (r == 0)
        r = allocate_pages(i, offset, end);
    if (r == 0 && !(mode & FALLOC_FL_KEEP_SIZE) && end > i->size)
        set_size(i, end);
    return r;
}

static int page_file_fallocate(struct file *f, int mode, int64_t offset, int64_t len)
{
    struct inode *i = f->inode;

    if ((mode & FALLOC_FL_PUNCH_HOLE) && !(mode & FALLOC_FL_KEEP_SIZE))
        return -EOPNOTSUPP;
    if ((mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) && (mode & ~(FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)))
        return -EINVAL;
    if ((i->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE)) && (mode & FALLOC_FL_PUNCH_HOLE))
        return -EPERM;
    if ((i->seals & SEAL_GROW) && !(mode & FALLOC_FL_PUNCH_HOLE) && offset + len > i->size)
        return -EPERM;
    rwlock_write_lock(&i->data_lock);
    int r = fallocate_locked(i, mode, offset, len);
    if (r == 0)
        inode_touch(i, ATTR_MTIME | ATTR_CTIME);
    rwlock_write_unlock(&i->data_lock);
    if (r == 0)
        vfs_notify_file(f, IN_MODIFY);
    return r;
}

static int page_file_sync(struct file *f, int64_t start, int64_t end, bool data_only)
{
    return page_cache_sync(&f->inode->pages, (uint64_t)start, (uint64_t)end);
}

static int page_file_mmap(struct file *f, int prot, int flags, int64_t offset, size_t length, struct vm_object **out)
{
    if ((prot & PROT_EXEC) && (f->path->mnt->flags & MS_NOEXEC))
        return -EPERM;
    if ((f->inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE)) && (flags & MAP_SHARED) && (prot & PROT_WRITE))
        return -EPERM;
    touch_accessed(f, f->inode);
    *out = vm_object_get(&f->inode->pages);
    return 0;
}

static long page_file_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
    int64_t left = f->inode->size - f->pos;

    switch (cmd) {
    case FIONREAD:
        return put_user_u32((void *)arg, left < 0 ? 0 : (uint32_t)left);
    case FIGETBSZ:
        return put_user_u32((void *)arg, f->inode->sb->block_bytes);
    default:
        return -ENOTTY;
    }
}

const struct file_ops vfs_page_file_ops = {
    .kind = "inode",
    .read = page_file_read,
    .write = page_file_write,
    .seek = page_file_seek,
    .ioctl = page_file_ioctl,
    .truncate = page_file_truncate,
    .fallocate = page_file_fallocate,
    .sync = page_file_sync,
    .mmap = page_file_mmap,
};

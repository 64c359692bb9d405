// SPDX-License-Identifier: BSD-3-Clause
// Directories: listing, working directory, root.
#include "abi/dirent.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/stat.h>

struct dents {
    struct dir_sink sink;
    char *buffer;
    size_t used, size;
    bool old_format, too_small;
};

static bool emit64(struct dents *d, const char *name, size_t len, uint64_t ino, unsigned type, int64_t next)
{
    struct linux_dirent64 *e = (struct linux_dirent64 *)(d->buffer + d->used);
    size_t n = ALIGN_UP(offsetof(struct linux_dirent64, d_name) + len + 1, 8);

    if (n > d->size - d->used)
        return false;
    memset(e, 0, n);
    e->d_ino = ino;
    e->d_off = next;
    e->d_reclen = (uint16_t)n;
    e->d_type = (uint8_t)type;
    memcpy(e->d_name, name, len);
    d->used += n;
    return true;
}

static bool emit_old(struct dents *d, const char *name, size_t len, uint64_t ino, unsigned type, int64_t next)
{
    struct linux_dirent *e = (struct linux_dirent *)(d->buffer + d->used);
    size_t n = ALIGN_UP(offsetof(struct linux_dirent, d_name) + len + 2, 8);

    if (n > d->size - d->used)
        return false;
    memset(e, 0, n);
    e->d_ino = ino;
    e->d_off = (unsigned long)next;
    e->d_reclen = (unsigned short)n;
    memcpy(e->d_name, name, len);
    ((char *)e)[n - 1] = (char)type;
    d->used += n;
    return true;
}

static bool emit(struct dir_sink *s, const char *name, size_t len, uint64_t ino, unsigned type, int64_t next)
{
    struct dents *d = container_of(s, struct dents, sink);
    bool fits = d->old_format ? emit_old(d, name, len, ino, type, next) : emit64(d, name, len, ino, type, next);

    d->too_small = !fits && d->used == 0;
    return fits;
}

#define DENTS_MAX 65536u

static long list(struct file *f, void *user, unsigned count, bool old_format)
{
    struct dents d = {.sink = {.emit = emit}, .size = count < DENTS_MAX ? count : DENTS_MAX, .old_format = old_format};

    if (f->ops->iterate == NULL)
        return -ENOTDIR;
    d.buffer = kmalloc(d.size + 1);
    if (d.buffer == NULL)
        return -ENOMEM;
    mutex_lock(&f->pos_lock);
    d.sink.pos = f->pos;
    long r = f->ops->iterate(f, &d.sink);
    if (r == 0 && d.too_small)
        r = -EINVAL;
    if (r == 0 && copy_out(user, d.buffer, d.used) != 0)
        r = -EFAULT;
    if (r == 0) {
        f->pos = d.sink.pos;
        r = (long)d.used;
    }
    mutex_unlock(&f->pos_lock);
    kfree(d.buffer);
    return r;
}

static long getdents(int fd, void *dirent, unsigned count, bool old_format)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = list(f, dirent, count, old_format);
    file_put(f);
    return r;
}

long sys_getdents64(int fd, void *dirent, unsigned count)
{
    return getdents(fd, dirent, count, false);
}

long sys_getdents(int fd, void *dirent, unsigned count)
{
    return getdents(fd, dirent, count, true);
}

long sys_getcwd(char *buf, size_t size)
{
    struct vfs_path cwd;
    char *name = kmalloc(PATH_ARG_BYTES);

    if (name == NULL)
        return -ENOMEM;
    vfs_get_cwd(vfs_current_context(), &cwd);
    long n = vfs_path_inode(&cwd)->n_links == 0 ? -ENOENT : vfs_path_string(&cwd, name, PATH_ARG_BYTES);
    vfs_path_put(&cwd);
    if (n == -ERANGE)
        n = -ENAMETOOLONG;
    if (n >= 0) {
        n++;
        if ((size_t)n > size)
            n = -ERANGE;
        else if (copy_out(buf, name, (size_t)n) != 0)
            n = -EFAULT;
    }
    kfree(name);
    return n;
}

static long change(const char *user_path, int (*fn)(struct fs_context *, const struct vfs_path *))
{
    struct path_arg path;
    struct vfs_path p;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_walk(AT_FDCWD, path.name, WALK_DIRECTORY, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    r = fn(vfs_current_context(), &p);
    vfs_path_put(&p);
    return r;
}

long sys_chdir(const char *path)
{
    return change(path, vfs_chdir);
}

long sys_chroot(const char *path)
{
    return change(path, vfs_chroot);
}

long sys_fchdir(int fd)
{
    struct file *f = fd_get_path(fd);

    if (f == NULL)
        return -EBADF;
    int r = f->path == NULL ? -ENOTDIR : vfs_chdir(vfs_current_context(), f->path);
    file_put(f);
    return r;
}

long sys_umask(int mask)
{
    return fs_context_umask_set(vfs_current_context(), (uint32_t)mask);
}

// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes.
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define NAME_MAX_BYTES 255
#define VALUE_MAX 65536u
#define LIST_MAX 65536u

struct request {
    char name[NAME_MAX_BYTES + 1];
    void *user_value;
    size_t size;
    int flags;
    long (*fn)(const struct vfs_path *p, struct request *q);
};

static int import_name(struct request *q, const char *user)
{
    long n = copy_in_string(q->name, user, sizeof q->name);

    if (n == -ENAMETOOLONG || n == 0)
        return -ERANGE;
    return n < 0 ? (int)n : 0;
}

static int check_namespace(struct inode *i, const char *name, bool write)
{
    const struct vfs_cred *c = vfs_current_cred();

    if (write && (strcmp(name, "user.") == 0 || strcmp(name, "trusted.") == 0 || strcmp(name, "security.") == 0))
        return -EINVAL; /* a name space without a name */
    if (string_starts_with(name, "trusted."))
        return vfs_cred_capable(c, VFS_CAP_SYS_ADMIN) ? 0 : write ? -EPERM : -ENODATA;
    if (string_starts_with(name, "user.")) {
        if (!S_ISREG(i->mode) && !S_ISDIR(i->mode))
            return write ? -EPERM : -ENODATA;
        if (write && S_ISDIR(i->mode) && (i->mode & S_ISVTX) && i->uid != c->uid && !vfs_cred_capable(c, VFS_CAP_FOWNER))
            return -EPERM;
        return vfs_permission(i, write ? 2 : 4, c);
    }
    if (string_starts_with(name, "security."))
        return write && !vfs_cred_capable(c, VFS_CAP_SYS_ADMIN) ? -EPERM : 0;
    return -EOPNOTSUPP;
}

static long get(const struct vfs_path *p, struct request *q)
{
    struct inode *i = vfs_path_inode(p);
    int r = check_namespace(i, q->name, false);

    if (r != 0)
        return r;
    if (i->ops->get_xattr == NULL)
        return -EOPNOTSUPP;
    size_t size = q->size < VALUE_MAX ? q->size : VALUE_MAX;
    void *buf = kmalloc(size + 1);
    if (buf == NULL)
        return -ENOMEM;
    rwlock_read_lock(&i->lock);
    long n = i->ops->get_xattr(i, q->name, buf, size);
    rwlock_read_unlock(&i->lock);
    if (n > 0 && size != 0 && copy_out(q->user_value, buf, (size_t)n) != 0)
        n = -EFAULT;
    kfree(buf);
    return n;
}

static long set(const struct vfs_path *p, struct request *q)
{
    struct inode *i = vfs_path_inode(p);

    if (q->flags & ~(XATTR_CREATE | XATTR_REPLACE))
        return -EINVAL;
    if (q->size > VALUE_MAX)
        return -E2BIG;
    void *buf = kmalloc(q->size + 1);
    if (buf == NULL)
        return -ENOMEM;
    long r = q->size != 0 && copy_in(buf, q->user_value, q->size) != 0 ? -EFAULT : vfs_want_write(p);
    if (r == 0)
        r = check_namespace(i, q->name, true);
    if (r == 0 && i->ops->set_xattr == NULL)
        r = -EOPNOTSUPP;
    if (r == 0) {
        rwlock_write_lock(&i->lock);
        r = i->ops->set_xattr(i, q->name, buf, q->size, q->flags);
        if (r == 0)
            inode_touch(i, ATTR_CTIME);
        rwlock_write_unlock(&i->lock);
    }
    kfree(buf);
    return r;
}

static long list(const struct vfs_path *p, struct request *q)
{
    struct inode *i = vfs_path_inode(p);

    if (i->ops->list_xattr == NULL)
        return 0;
    size_t size = q->size < LIST_MAX ? q->size : LIST_MAX;
    char *buf = kmalloc(size + 1);
    if (buf == NULL)
        return -ENOMEM;
    rwlock_read_lock(&i->lock);
    long n = i->ops->list_xattr(i, buf, size);
    rwlock_read_unlock(&i->lock);
    if (n > 0 && size != 0 && copy_out(q->user_value, buf, (size_t)n) != 0)
        n = -EFAULT;
    kfree(buf);
    return n;
}

static long remove(const struct vfs_path *p, struct request *q)
{
    struct inode *i = vfs_path_inode(p);
    int r = vfs_want_write(p);

    if (r == 0)
        r = check_namespace(i, q->name, true);
    if (r == 0 && i->ops->remove_xattr == NULL)
        r = -EOPNOTSUPP;
    if (r != 0)
        return r;
    rwlock_write_lock(&i->lock);
    r = i->ops->remove_xattr(i, q->name);
    rwlock_write_unlock(&i->lock);
    return r;
}

static long by_name(const char *user_path, unsigned walk_flags, struct request *q)
{
    struct path_arg path;
    struct vfs_path p;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_walk(AT_FDCWD, path.name, walk_flags, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    long n = q->fn(&p, q);
    vfs_path_put(&p);
    return n;
}

static long by_fd(int fd, struct request *q)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long n = f->path == NULL ? -EOPNOTSUPP : q->fn(f->path, q);
    file_put(f);
    return n;
}

static long run(const char *path, int fd, unsigned walk_flags, const char *name, struct request *q)
{
    if (name != NULL || q->fn != list) {
        int r = import_name(q, name);
        if (r != 0)
            return r;
    }
    return path != NULL || fd < 0 ? by_name(path, walk_flags, q) : by_fd(fd, q);
}

long sys_setxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
    struct request q = {.user_value = (void *)value, .size = size, .flags = flags, .fn = set};
    return run(path, -1, 0, name, &q);
}

long sys_lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
    struct request q = {.user_value = (void *)value, .size = size, .flags = flags, .fn = set};
    return run(path, -1, WALK_NOFOLLOW, name, &q);
}

long sys_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
    struct request q = {.user_value = (void *)value, .size = size, .flags = flags, .fn = set};
    return fd < 0 ? -EBADF : run(NULL, fd, 0, name, &q);
}

long sys_getxattr(const char *path, const char *name, void *value, size_t size)
{
    struct request q = {.user_value = value, .size = size, .fn = get};
    return run(path, -1, 0, name, &q);
}

long sys_lgetxattr(const char *path, const char *name, void *value, size_t size)
{
    struct request q = {.user_value = value, .size = size, .fn = get};
    return run(path, -1, WALK_NOFOLLOW, name, &q);
}

long sys_fgetxattr(int fd, const char *name, void *value, size_t size)
{
    struct request q = {.user_value = value, .size = size, .fn = get};
    return fd < 0 ? -EBADF : run(NULL, fd, 0, name, &q);
}

long sys_listxattr(const char *path, char *names, size_t size)
{
    struct request q = {.user_value = names, .size = size, .fn = list};
    return run(path, -1, 0, NULL, &q);
}

long sys_llistxattr(const char *path, char *names, size_t size)
{
    struct request q = {.user_value = names, .size = size, .fn = list};
    return run(path, -1, WALK_NOFOLLOW, NULL, &q);
}

long sys_flistxattr(int fd, char *names, size_t size)
{
    struct request q = {.user_value = names, .size = size, .fn = list};
    return fd < 0 ? -EBADF : run(NULL, fd, 0, NULL, &q);
}

long sys_removexattr(const char *path, const char *name)
{
    struct request q = {.fn = remove};
    return run(path, -1, 0, name, &q);
}

long sys_lremovexattr(const char *path, const char *name)
{
    struct request q = {.fn = remove};
    return run(path, -1, WALK_NOFOLLOW, name, &q);
}

long sys_fremovexattr(int fd, const char *name)
{
    struct request q = {.fn = remove};
    return fd < 0 ? -EBADF : run(NULL, fd, 0, name, &q);
}

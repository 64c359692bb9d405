// SPDX-License-Identifier: BSD-3-Clause
// mount, umount, statfs, sync.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/statfs.h>

static int optional_string(struct path_arg *p, const char *user)
{
    p->name = NULL;
    return user == NULL ? 0 : path_arg_get(p, user);
}

static void optional_put(struct path_arg *p)
{
    if (p->name != NULL)
        path_arg_put(p);
}

static bool may_mount(void)
{
    return vfs_cred_capable(vfs_current_cred(), VFS_CAP_SYS_ADMIN);
}

struct mount_args {
    struct path_arg source, target, type, data;
};

long sys_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
    struct mount_args *a = kzalloc(sizeof *a);

    if (a == NULL)
        return -ENOMEM;
    int r = optional_string(&a->type, type);
    if (r == 0)
        r = optional_string(&a->source, source);
    if (r == 0)
        r = optional_string(&a->data, data);
    if (r == 0)
        r = path_arg_get(&a->target, target);
    else
        a->target.name = NULL;
    if (r == 0)
        r = may_mount() ? vfs_mount(a->source.name, a->target.name, a->type.name, flags, a->data.name) : -EPERM;
    optional_put(&a->source);
    optional_put(&a->target);
    optional_put(&a->type);
    optional_put(&a->data);
    kfree(a);
    return r;
}

long sys_umount2(const char *target, int flags)
{
    struct path_arg path;

    int r = path_arg_get(&path, target);
    if (r != 0)
        return r;
    r = may_mount() ? vfs_unmount(path.name, flags) : -EPERM;
    path_arg_put(&path);
    return r;
}

long sys_pivot_root(const char *new_root, const char *put_old)
{
    struct path_arg fresh, old;

    if (!may_mount())
        return -EPERM;
    int r = path_arg_get(&fresh, new_root);
    if (r != 0)
        return r;
    r = path_arg_get(&old, put_old);
    if (r == 0) {
        r = vfs_pivot_root(fresh.name, old.name);
        path_arg_put(&old);
    }
    path_arg_put(&fresh);
    return r;
}

long sys_statfs(const char *user_path, struct statfs *user)
{
    struct path_arg path;
    struct vfs_path p;
    struct statfs st;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_walk(AT_FDCWD, path.name, 0, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    r = vfs_statfs(&p, &st);
    vfs_path_put(&p);
    return r != 0 ? r : copy_out(user, &st, sizeof st);
}

static int statfs_anonymous(struct statfs *st)
{
    *st = (struct statfs){.f_type = 0x09041934 /* ANON_INODE_FS_MAGIC */, .f_bsize = 4096, .f_frsize = 4096, .f_namelen = 255};
    return 0;
}

long sys_fstatfs(int fd, struct statfs *user)
{
    struct statfs st;
    struct file *f = fd_get_path(fd);

    if (f == NULL)
        return -EBADF;
    int r = f->path != NULL ? vfs_statfs(f->path, &st) : statfs_anonymous(&st);
    file_put(f);
    return r != 0 ? r : copy_out(user, &st, sizeof st);
}

long sys_sync(void)
{
    vfs_sync_all();
    return 0;
}

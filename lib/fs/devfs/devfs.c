// SPDX-License-Identifier: BSD-3-Clause
// devtmpfs: a ramfs that starts with the standard nodes.
#include "devfs/devfs.h"

#include "base/string.h"
#include "devfs_private.h"
#include "ramfs/ramfs.h"
#include "vfs/path.h"
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct node {
    const char *name;
    uint32_t mode;
    unsigned major, minor, gid;
    const char *target; /* symlinks */
};

static const struct node nodes[] = {
    {"null", S_IFCHR | 0666, 1, 3, 0, NULL},
    {"zero", S_IFCHR | 0666, 1, 5, 0, NULL},
    {"full", S_IFCHR | 0666, 1, 7, 0, NULL},
    {"random", S_IFCHR | 0666, 1, 8, 0, NULL},
    {"urandom", S_IFCHR | 0666, 1, 9, 0, NULL},
    {"kmsg", S_IFCHR | 0644, 1, 11, 0, NULL},
    {"tty", S_IFCHR | 0666, 5, 0, 5, NULL},
    {"console", S_IFCHR | 0600, 5, 1, 5, NULL},
    {"ttyS0", S_IFCHR | 0660, 4, 64, 5, NULL},
    {"hvc0", S_IFCHR | 0660, 229, 0, 5, NULL},
    {"ptmx", S_IFCHR | 0666, 5, 2, 5, NULL},
    {"pts", S_IFDIR | 0755, 0, 0, 0, NULL},
    {"shm", S_IFDIR | 01777, 0, 0, 0, NULL},
    {"mqueue", S_IFDIR | 01777, 0, 0, 0, NULL},
    {"fd", S_IFLNK, 0, 0, 0, "/proc/self/fd"},
    {"stdin", S_IFLNK, 0, 0, 0, "/proc/self/fd/0"},
    {"stdout", S_IFLNK, 0, 0, 0, "/proc/self/fd/1"},
    {"stderr", S_IFLNK, 0, 0, 0, "/proc/self/fd/2"},
};

static const struct vfs_cred creator = {.capabilities = UINT64_MAX};

static int make_node(struct inode *dir, const struct node *n)
{
    const struct inode_ops *ops = dir->ops;
    size_t len = strlen(n->name);
    struct inode *i;
    int r;

    if (S_ISDIR(n->mode))
        r = ops->mkdir(dir, n->name, len, n->mode, &creator, &i);
    else if (S_ISLNK(n->mode))
        r = ops->symlink(dir, n->name, len, n->target, &creator, &i);
    else
        r = ops->mknod(dir, n->name, len, n->mode, makedev(n->major, n->minor), &creator, &i);
    if (r != 0)
        return r;
    i->gid = n->gid;
    inode_put(i); /* the directory keeps its own */
    return 0;
}

static int devfs_mount(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out)
{
    static struct super_block *only; /* every mount shows the same devices */

    if (only == NULL) {
        struct super_block *sb;
        int r = ramfs_super(t, 0x01021994, flags, NULL, &sb);
        for (unsigned k = 0; r == 0 && k < ARRAY_SIZE(nodes); k++)
            r = make_node(sb->root, &nodes[k]);
        if (r != 0)
            return r;
        inode_get(sb->root);
        only = sb;
    }
    *out = only;
    return 0;
}

static struct fs_type devfs_type = {.name = "devtmpfs", .mount = devfs_mount};

void devfs_register(void)
{
    fs_type_register(&devfs_type);
    mem_devices_register();
    tty_devices_register();
    devpts_register();
}

// SPDX-License-Identifier: BSD-3-Clause
// Special files: named pipes, and devices found by number.
#include "vfs_private.h"

#include "file/poll.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct char_region {
    struct char_region *next;
    unsigned major, first, count;
    const struct file_ops *ops;
    int (*open)(struct inode *, struct file *);
};

static struct char_region *regions;
static struct mutex regions_lock = MUTEX_INIT(regions_lock);

int vfs_char_device_register(unsigned major_nr, unsigned minor_first, unsigned n_minors, const struct file_ops *ops,
                             int (*open)(struct inode *, struct file *))
{
    struct char_region *r = kmalloc(sizeof *r);

    if (r == NULL)
        return -ENOMEM;
    *r = (struct char_region){.major = major_nr, .first = minor_first, .count = n_minors, .ops = ops, .open = open};
    mutex_lock(&regions_lock);
    r->next = regions;
    atomic_store_release(&regions, r);
    mutex_unlock(&regions_lock);
    return 0;
}

const struct file_ops *vfs_char_device_find(uint64_t rdev, int (**open)(struct inode *, struct file *))
{
    for (struct char_region *r = atomic_load_acquire(&regions); r != NULL; r = r->next)
        if (r->major == major(rdev) && minor(rdev) - r->first < r->count) {
            *open = r->open;
            return r->ops;
        }
    return NULL;
}

static int open_char(struct inode *i, struct file *f)
{
    int (*open)(struct inode *, struct file *);
    const struct file_ops *ops = vfs_char_device_find(i->rdev, &open);

    if (ops == NULL)
        return -ENXIO;
    f->ops = ops;
    return open != NULL ? open(i, f) : 0;
}

static struct pipe *pipe_of_inode(struct inode *i)
{
    rwlock_write_lock(&i->lock);
    if (i->pipe == NULL)
        i->pipe = pipe_alloc();
    rwlock_write_unlock(&i->lock);
    return i->pipe;
}

int vfs_special_open(struct inode *i, struct file *f)
{
    if (S_ISFIFO(i->mode)) {
        struct pipe *p = pipe_of_inode(i);
        return p == NULL ? -ENOMEM : fifo_open(p, f);
    }
    return S_ISCHR(i->mode) ? open_char(i, f) : -ENXIO;
}

void vfs_fifo_free(struct inode *i)
{
    pipe_free(i->pipe);
    i->pipe = NULL;
}

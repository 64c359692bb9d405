// SPDX-License-Identifier: BSD-3-Clause
// Open-file objects: allocation, references, release.
//
// A struct file is what Linux calls an open file description. Descriptors (fd_table.c) and kernel users hold references; the last
// put releases it in the putting thread. The memory is type-stable: freed files go to a pool and are only ever reused as files. So a
// descriptor look-up may load a pointer, raise the count unless it is zero, and then check that the descriptor still names this file;
// no lock and no grace period is involved. The price is that the pool never shrinks.
#include "file/file.h"

#include "arch/spinlock.h"
#include "base/atomic.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/stat.h>

#define POOL_CHUNK_BYTES 4032ul

static struct {
    struct spinlock lock;
    struct file *free; /* L: linked through priv */
    uint64_t in_use;   /* L */
} pool = {.lock = SPINLOCK_INIT(RANK_FILE)};

static const struct file_vfs_hooks *vfs_hooks;
static void (*epoll_hook)(struct file *f);
static void (*raise_hook)(int signo);
static void (*async_hook)(struct file *f);

void file_set_vfs_hooks(const struct file_vfs_hooks *hooks)
{
    vfs_hooks = hooks;
}

void file_set_epoll_hook(void (*fn)(struct file *f))
{
    epoll_hook = fn;
}

void file_set_async_hook(void (*fn)(struct file *f))
{
    async_hook = fn;
}

void file_set_raise_hook(void (*fn)(int signo))
{
    raise_hook = fn;
}

void file_raise(int signo)
{
    if (raise_hook != NULL)
        raise_hook(signo);
}

static void pool_add(struct file *chunk, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        chunk[i].priv = pool.free;
        pool.free = &chunk[i];
    }
}

static struct file *pool_take(void)
{
    irq_flags_t flags = spin_lock_irqsave(&pool.lock);
    struct file *f = pool.free;

    if (f != NULL) {
        pool.free = f->priv;
        pool.in_use++;
    }
    spin_unlock_irqrestore(&pool.lock, flags);
    return f;
}

static struct file *pool_grow_and_take(void)
{
    struct file *chunk = kzalloc(POOL_CHUNK_BYTES);

    if (chunk == NULL)
        return NULL;
    irq_flags_t flags = spin_lock_irqsave(&pool.lock);
    pool_add(chunk, POOL_CHUNK_BYTES / sizeof(*chunk));
    spin_unlock_irqrestore(&pool.lock, flags);
    return pool_take();
}

static void pool_return(struct file *f)
{
    irq_flags_t flags = spin_lock_irqsave(&pool.lock);

    f->priv = pool.free;
    pool.free = f;
    pool.in_use--;
    spin_unlock_irqrestore(&pool.lock, flags);
}

uint64_t file_count(void)
{
    return atomic_load_relaxed(&pool.in_use);
}

struct file *file_alloc(const struct file_ops *ops, unsigned flags, void *priv)
{
    struct file *f = pool_take();

    if (f == NULL)
        f = pool_grow_and_take();
    if (f == NULL)
        return NULL;
    f->ops = ops;
    f->flags = flags;
    mutex_init(&f->pos_lock);
    f->pos = 0;
    f->priv = priv;
    f->path = NULL;
    f->inode = NULL;
    f->epoll_items = NULL;
    f->owner_pid = 0;
    f->owner_sig = 0;
    f->owner_kind = 0;
    f->async = NULL;
    f->vfs_state = 0;
    atomic_store_release((uint32_t *)&f->refs, 1); /* pairs with the look-up's exchange in fd_table.c */
    return f;
}

struct file *file_get(struct file *f)
{
    atomic_add_relaxed((uint32_t *)&f->refs, 1);
    return f;
}

long file_control(struct file *f, unsigned cmd, unsigned long arg)
{
    if (f->ops->control != NULL)
        return f->ops->control(f, cmd, arg);
    if (f->inode != NULL && vfs_hooks != NULL)
        return vfs_hooks->control(f, cmd, arg);
    return -EINVAL;
}

int file_stat(struct file *f, struct stat *st)
{
    if (f->inode != NULL && vfs_hooks != NULL)
        return vfs_hooks->stat(f, st);
    if (f->ops->stat != NULL)
        return f->ops->stat(f, st);
    *st = (struct stat){.st_mode = 0600, .st_nlink = 1, .st_dev = 13, .st_ino = 1, .st_blksize = 4096};
    return 0;
}

static void file_destroy(struct file *f)
{
    if (f->epoll_items != NULL && epoll_hook != NULL)
        epoll_hook(f);
    if (f->async != NULL && async_hook != NULL)
        async_hook(f);
    if (f->ops->release != NULL)
        f->ops->release(f);
    if (f->inode != NULL && vfs_hooks != NULL)
        vfs_hooks->release(f);
    pool_return(f);
}

void file_put(struct file *f)
{
    if (atomic_fetch_sub((uint32_t *)&f->refs, 1) == 1)
        file_destroy(f);
}

void file_run_closed_hook(struct file *f, void *owner)
{
    if (f->ops->flush != NULL)
        f->ops->flush(f, owner);
    if (f->inode != NULL && vfs_hooks != NULL)
        vfs_hooks->closed(f, owner);
}

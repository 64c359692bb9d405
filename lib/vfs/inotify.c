// SPDX-License-Identifier: BSD-3-Clause
// inotify: watches on inodes, events in a queue that is a file.
#include "vfs_private.h"

#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define QUEUE_MAX 16384u
#define WATCHES_MAX 65536u
#define EVENTS_MASK (IN_ALL_EVENTS | IN_UNMOUNT)

struct inotify {
    struct list_node watches; /* notify_lock */
    struct list_node events;  /* notify_lock */
    unsigned n_events, n_watches;
    int next_wd;
    struct wait_queue readable;
};

struct watch {
    struct list_node inode_link, owner_link;
    struct inotify *owner;
    struct inode *inode; /* reference */
    uint32_t mask;
    int wd;
    bool spent; /* one-shot and fired, or its inode is gone: IN_IGNORED is next */
};

/* struct inotify_event without its flexible end. */
struct event_head {
    int32_t wd;
    uint32_t mask, cookie, len;
};
_Static_assert(sizeof(struct event_head) == sizeof(struct inotify_event), "inotify ABI");

struct event {
    struct list_node link;
    struct event_head head;
    char name[]; /* head.len bytes, zero padded */
};

static struct mutex notify_lock = MUTEX_INIT(notify_lock);

static struct list_node *watches_of(struct inode *i, bool create)
{
    struct list_node *l = i->watches;

    if (l == NULL && create) {
        l = kmalloc(sizeof *l);
        if (l != NULL) {
            list_init(l);
            i->watches = l;
        }
    }
    return l;
}

static bool same_as_last(struct inotify *in, const struct event *e)
{
    struct event *last = list_last_entry(&in->events, struct event, link);

    return last != NULL && last->head.wd == e->head.wd && last->head.mask == e->head.mask && last->head.cookie == e->head.cookie &&
           last->head.len == e->head.len && memcmp(last->name, e->name, e->head.len) == 0;
}

static void queue_event(struct inotify *in, int wd, uint32_t mask, uint32_t cookie, const char *name, size_t len)
{
    size_t padded = name == NULL ? 0 : ALIGN_UP(len + 1, sizeof(struct inotify_event));
    struct event *e;

    if (in->n_events >= QUEUE_MAX) {
        if (in->n_events > QUEUE_MAX)
            return;
        wd = -1;
        mask = IN_Q_OVERFLOW;
        padded = 0;
        cookie = 0;
    }
    e = kzalloc(sizeof *e + padded);
    if (e == NULL)
        return;
    e->head = (struct event_head){.wd = wd, .mask = mask, .cookie = cookie, .len = (uint32_t)padded};
    if (padded != 0)
        memcpy(e->name, name, len);
    if (same_as_last(in, e)) {
        kfree(e);
        return;
    }
    list_push_back(&in->events, &e->link);
    in->n_events++;
    wait_queue_wake(&in->readable, 1, POLLIN | POLLRDNORM);
}

/* Unlinks; the caller puts the inode after releasing the lock. */
static struct inode *watch_destroy(struct watch *w)
{
    struct inode *i = w->inode;

    list_remove(&w->inode_link);
    list_remove(&w->owner_link);
    w->owner->n_watches--;
    kfree(w);
    if (list_empty(i->watches)) {
        kfree(i->watches);
        i->watches = NULL;
    }
    return i;
}

static struct watch *spent_watch(struct inode *i)
{
    struct watch *w;

    if (i->watches != NULL)
        LIST_FOR_EACH (w, (struct list_node *)i->watches, inode_link)
            if (w->spent)
                return w;
    return NULL;
}

/* Return: how many references on @i they held. */
static unsigned end_spent_watches(struct inode *i)
{
    struct watch *w;
    unsigned n = 0;

    while ((w = spent_watch(i)) != NULL) {
        queue_event(w->owner, w->wd, IN_IGNORED, 0, NULL, 0);
        watch_destroy(w);
        n++;
    }
    return n;
}

static void tell(struct inode *i, uint32_t mask, uint32_t cookie, const char *name, size_t len)
{
    struct watch *w;
    struct list_node *l;

    if (i == NULL || i->watches == NULL)
        return;
    mutex_lock(&notify_lock);
    l = i->watches;
    if (l != NULL)
        LIST_FOR_EACH (w, l, inode_link) {
            if (w->mask & mask & EVENTS_MASK) {
                queue_event(w->owner, w->wd, mask, cookie, name, len);
                w->spent = w->mask & IN_ONESHOT;
            }
            w->spent = w->spent || (mask & IN_DELETE_SELF);
        }
    unsigned n_held = end_spent_watches(i);
    mutex_unlock(&notify_lock);
    while (n_held-- > 0)
        inode_put(i);
}

static void notify(struct inode *i, struct inode *parent, const char *name, size_t len, uint32_t mask, uint32_t cookie)
{
    if (parent != NULL)
        tell(parent, mask, cookie, name, len);
    if (i != NULL && name == NULL)
        tell(i, mask, cookie, NULL, 0);
}

static long copy_events(struct inotify *in, struct iov_iter *it)
{
    long total = 0;

    mutex_lock(&notify_lock);
    while (!list_empty(&in->events)) {
        struct event *e = list_first_entry(&in->events, struct event, link);
        size_t n = sizeof e->head + e->head.len;
        if (n > iov_iter_count(it)) {
            if (total == 0)
                total = -EINVAL;
            break;
        }
        long r = iov_iter_put(it, &e->head, n);
        if (r != (long)n) {
            total = total > 0 ? total : -EFAULT;
            break;
        }
        total += r;
        list_remove(&e->link);
        in->n_events--;
        kfree(e);
    }
    mutex_unlock(&notify_lock);
    return total;
}

static long inotify_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct inotify *in = f->priv;
    int r;

    for (;;) {
        long n = copy_events(in, it);
        if (n != 0)
            return n;
        if (io->nonblock)
            return -EAGAIN;
        WAIT_EVENT(&in->readable, in->n_events != 0, true, NSEC_FOREVER, r);
        if (r != 0)
            return -ERESTARTSYS;
    }
}

static unsigned inotify_poll(struct file *f, struct poll_table *pt)
{
    struct inotify *in = f->priv;

    poll_wait(pt, f, &in->readable);
    return in->n_events != 0 ? POLLIN | POLLRDNORM : 0;
}

static long inotify_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
    struct inotify *in = f->priv;
    struct event *e;
    size_t n = 0;

    if (cmd != FIONREAD)
        return -ENOTTY;
    mutex_lock(&notify_lock);
    LIST_FOR_EACH (e, &in->events, link)
        n += sizeof e->head + e->head.len;
    mutex_unlock(&notify_lock);
    return put_user_u32((void *)arg, (uint32_t)n);
}

static void inotify_release(struct file *f)
{
    struct inotify *in = f->priv;
    struct list_node *n;

    for (;;) {
        mutex_lock(&notify_lock);
        struct watch *w = list_first_entry(&in->watches, struct watch, owner_link);
        struct inode *i = w == NULL ? NULL : watch_destroy(w);
        mutex_unlock(&notify_lock);
        if (i == NULL)
            break;
        inode_put(i);
    }
    while ((n = list_pop_front(&in->events)) != NULL)
        kfree(container_of(n, struct event, link));
    kfree(in);
}

static const struct file_ops inotify_ops = {
    .kind = "inotify", .read = inotify_read, .poll = inotify_poll, .ioctl = inotify_ioctl, .release = inotify_release};

struct file *inotify_create(unsigned flags)
{
    struct inotify *in = kzalloc(sizeof *in);

    if (in == NULL)
        return NULL;
    list_init(&in->watches);
    list_init(&in->events);
    in->next_wd = 1;
    wait_queue_init(&in->readable);
    struct file *f = file_alloc(&inotify_ops, flags & O_NONBLOCK, in);
    if (f == NULL)
        kfree(in);
    else
        vfs_set_notify_hook(notify);
    return f;
}

static struct watch *find_watch(struct inotify *in, const struct inode *i, int wd)
{
    struct watch *w;

    LIST_FOR_EACH (w, &in->watches, owner_link)
        if (i != NULL ? w->inode == i : w->wd == wd)
            return w;
    return NULL;
}

static int add_locked(struct inotify *in, struct inode *i, uint32_t mask)
{
    struct watch *w = find_watch(in, i, 0);

    if (w != NULL) {
        if (mask & IN_MASK_CREATE)
            return -EEXIST;
        w->mask = mask & IN_MASK_ADD ? w->mask | (mask & (EVENTS_MASK | IN_ONESHOT)) : mask & (EVENTS_MASK | IN_ONESHOT);
        return w->wd;
    }
    if (in->n_watches >= WATCHES_MAX)
        return -ENOSPC;
    struct list_node *l = watches_of(i, true);
    w = l == NULL ? NULL : kzalloc(sizeof *w);
    if (w == NULL)
        return -ENOMEM;
    *w = (struct watch){.owner = in, .inode = inode_get(i), .mask = mask & (EVENTS_MASK | IN_ONESHOT), .wd = in->next_wd++};
    list_push_back(l, &w->inode_link);
    list_push_back(&in->watches, &w->owner_link);
    in->n_watches++;
    return w->wd;
}

int inotify_add(struct file *f, const struct vfs_path *p, uint32_t mask)
{
    if (f->ops != &inotify_ops || !(mask & EVENTS_MASK) || ((mask & IN_MASK_ADD) && (mask & IN_MASK_CREATE)))
        return -EINVAL;
    int r = vfs_permission(vfs_path_inode(p), 4, vfs_current_cred());
    if (r != 0)
        return r;
    mutex_lock(&notify_lock);
    r = add_locked(f->priv, vfs_path_inode(p), mask);
    mutex_unlock(&notify_lock);
    return r;
}

int inotify_remove(struct file *f, int wd)
{
    struct inode *i = NULL;

    if (f->ops != &inotify_ops)
        return -EINVAL;
    struct inotify *in = f->priv;
    mutex_lock(&notify_lock);
    struct watch *w = find_watch(in, NULL, wd);
    if (w != NULL) {
        i = watch_destroy(w);
        queue_event(in, wd, IN_IGNORED, 0, NULL, 0);
    }
    mutex_unlock(&notify_lock);
    if (i == NULL)
        return -EINVAL;
    inode_put(i);
    return 0;
}

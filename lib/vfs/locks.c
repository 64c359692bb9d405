// SPDX-License-Identifier: BSD-3-Clause
// File locks: flock, POSIX record locks, open-file-description locks.
//
// All locks of an inode are one list under one global mutex: lock traffic is rare and short here. An owner is a descriptor table (POSIX)
// or an open file (flock, OFD). Setting a range first removes what the owner has there (splitting at the edges), then adds, then joins
// neighbours. Blocked requests queue on one wait queue and look again after each release; POSIX waiters are checked for cycles.
#include "vfs_private.h"

#include "abi/restart.h"
#include "arch/uaccess.h"
#include "mem/kalloc.h"
#include "sched/wait.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum lock_kind { KIND_FLOCK, KIND_POSIX, KIND_OFD };

struct file_lock {
    struct list_node link;
    enum lock_kind kind;
    void *owner;
    int pid;
    bool exclusive;
    int64_t start, end; /* end inclusive */
};

struct inode_locks {
    struct list_node list;
};

/* A POSIX request that sleeps, for deadlock detection. */
struct blocked {
    struct list_node link;
    void *owner, *waits_for;
};

static struct mutex locks_mutex = MUTEX_INIT(locks_mutex);
static struct wait_queue released = WAIT_QUEUE_INIT(released);
static _Atomic uint64_t generation;
static struct list_node blocked_list = {&blocked_list, &blocked_list};

static struct inode_locks *locks_of(struct inode *i, bool create)
{
    struct inode_locks *l = i->locks;

    if (l == NULL && create) {
        l = kmalloc(sizeof *l);
        if (l != NULL) {
            list_init(&l->list);
            i->locks = l;
        }
    }
    return l;
}

static bool same_family(enum lock_kind a, enum lock_kind b)
{
    return (a == KIND_FLOCK) == (b == KIND_FLOCK);
}

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
    return a->kind == b->kind && a->owner == b->owner;
}

static struct file_lock *find_conflict(struct inode_locks *l, const struct file_lock *want)
{
    struct file_lock *k;

    LIST_FOR_EACH (k, &l->list, link)
        if (same_family(k->kind, want->kind) && !same_owner(k, want) && (k->exclusive || want->exclusive) && k->start <= want->end &&
            want->start <= k->end)
            return k;
    return NULL;
}

static struct file_lock *lock_copy(const struct file_lock *from)
{
    struct file_lock *k = kmalloc(sizeof *k);

    if (k != NULL)
        *k = *from;
    return k;
}

/* Removes @want's range from its owner's locks. @spare: for the one split that may be needed. */
static bool carve(struct inode_locks *l, const struct file_lock *want, struct file_lock **spare)
{
    struct file_lock *k, *next;
    bool removed = false;

    LIST_FOR_EACH_SAFE (k, next, &l->list, link) {
        if (!same_owner(k, want) || k->end < want->start || k->start > want->end)
            continue;
        removed = true;
        if (k->start < want->start && k->end > want->end) {
            struct file_lock *right = *spare;
            *spare = NULL;
            *right = *k;
            right->start = want->end + 1;
            k->end = want->start - 1;
            list_insert_after(&k->link, &right->link);
        } else if (k->start < want->start) {
            k->end = want->start - 1;
        } else if (k->end > want->end) {
            k->start = want->end + 1;
        } else {
            list_remove(&k->link);
            kfree(k);
        }
    }
    return removed;
}

static void join(struct inode_locks *l, struct file_lock *fresh)
{
    struct file_lock *k, *next;

    LIST_FOR_EACH_SAFE (k, next, &l->list, link) {
        if (k == fresh || !same_owner(k, fresh) || k->exclusive != fresh->exclusive)
            continue;
        bool touch = (k->end == INT64_MAX || k->end + 1 >= fresh->start) && (fresh->end == INT64_MAX || fresh->end + 1 >= k->start);
        if (!touch)
            continue;
        fresh->start = min(fresh->start, k->start);
        fresh->end = max(fresh->end, k->end);
        list_remove(&k->link);
        kfree(k);
    }
}

static void wake_waiters(void)
{
    generation++;
    wait_queue_wake_all(&released);
}

/* 0, -EAGAIN with *conflict, -ENOLCK. Unlock if @unlock. */
static int apply(struct inode *i, const struct file_lock *want, bool unlock, struct file_lock *conflict)
{
    struct inode_locks *l = locks_of(i, !unlock);

    if (l == NULL)
        return unlock ? 0 : -ENOLCK;
    if (!unlock) {
        struct file_lock *k = find_conflict(l, want);
        if (k != NULL) {
            *conflict = *k;
            return -EAGAIN;
        }
    }
    struct file_lock *spare = lock_copy(want), *fresh = unlock ? NULL : lock_copy(want);
    if (spare == NULL || (!unlock && fresh == NULL)) {
        kfree(spare);
        kfree(fresh);
        return -ENOLCK;
    }
    bool removed = carve(l, want, &spare);
    if (fresh != NULL) {
        list_push_back(&l->list, &fresh->link);
        join(l, fresh);
    }
    kfree(spare);
    if (removed)
        wake_waiters();
    return 0;
}

static bool would_deadlock(void *owner, void *waits_for)
{
    for (int depth = 0; depth < 64 && waits_for != NULL; depth++) {
        struct blocked *b;
        void *next = NULL;
        if (waits_for == owner)
            return true;
        LIST_FOR_EACH (b, &blocked_list, link)
            if (b->owner == waits_for)
                next = b->waits_for;
        waits_for = next;
    }
    return false;
}

static int wait_for_release(uint64_t seen)
{
    int r;

    WAIT_EVENT(&released, generation != seen, true, NSEC_FOREVER, r);
    return r != 0 ? -ERESTARTSYS : 0;
}

static int set_lock(struct inode *i, const struct file_lock *want, bool unlock, bool wait)
{
    struct file_lock conflict;
    struct blocked me = {.owner = want->owner};
    int r;

    list_init(&me.link);
    for (;;) {
        mutex_lock(&locks_mutex);
        list_remove(&me.link);
        r = apply(i, want, unlock, &conflict);
        uint64_t seen = generation;
        if (r == -EAGAIN && wait && want->kind == KIND_POSIX) {
            me.waits_for = conflict.owner;
            if (would_deadlock(want->owner, conflict.owner))
                r = -EDEADLK;
            else
                list_push_back(&blocked_list, &me.link);
        }
        mutex_unlock(&locks_mutex);
        if (r != -EAGAIN || !wait)
            return r;
        r = wait_for_release(seen);
        if (r != 0)
            break;
    }
    mutex_lock(&locks_mutex);
    list_remove(&me.link);
    mutex_unlock(&locks_mutex);
    return r;
}

static void drop_owner(struct inode *i, enum lock_kind kind, void *owner)
{
    struct inode_locks *l;
    struct file_lock *k, *next;
    bool any = false;

    mutex_lock(&locks_mutex);
    l = i->locks;
    if (l != NULL)
        LIST_FOR_EACH_SAFE (k, next, &l->list, link)
            if (k->kind == kind && k->owner == owner) {
                list_remove(&k->link);
                kfree(k);
                any = true;
            }
    if (any)
        wake_waiters();
    mutex_unlock(&locks_mutex);
}

void vfs_locks_closed(struct file *f, void *owner)
{
    drop_owner(f->inode, KIND_POSIX, owner);
}

void vfs_locks_release(struct file *f)
{
    drop_owner(f->inode, KIND_FLOCK, f);
    drop_owner(f->inode, KIND_OFD, f);
}

static void inode_gone(struct inode *i)
{
    kfree(i->locks);
    i->locks = NULL;
}

static long control(struct file *f, unsigned cmd, unsigned long arg);
static const struct vfs_lock_hooks hooks = {
    .closed = vfs_locks_closed, .release = vfs_locks_release, .control = control, .inode_gone = inode_gone};

int vfs_flock(struct file *f, int op)
{
    bool nonblock = op & LOCK_NB;
    struct file_lock want = {.kind = KIND_FLOCK, .owner = f, .start = 0, .end = INT64_MAX};

    op &= ~LOCK_NB;
    if (op & 32 /* LOCK_MAND: gone from Linux, which still says yes */)
        return 0;
    if (op != LOCK_SH && op != LOCK_EX && op != LOCK_UN)
        return -EINVAL;
    if (f->inode == NULL)
        return op == LOCK_UN ? 0 : -EBADF;
    vfs_set_lock_hooks(&hooks);
    want.exclusive = op == LOCK_EX;
    int r = set_lock(f->inode, &want, op == LOCK_UN, !nonblock);
    return r == -EAGAIN ? -EWOULDBLOCK : r;
}

static int range_of(struct file *f, const struct flock *fl, struct file_lock *out)
{
    int64_t base = fl->l_whence == SEEK_SET ? 0 : fl->l_whence == SEEK_CUR ? f->pos : f->inode->size, start, end;

    if (fl->l_whence != SEEK_SET && fl->l_whence != SEEK_CUR && fl->l_whence != SEEK_END)
        return -EINVAL;
    if (__builtin_add_overflow(base, fl->l_start, &start))
        return -EOVERFLOW;
    if (start < 0)
        return -EINVAL;
    end = INT64_MAX;
    if (fl->l_len > 0 && __builtin_add_overflow(start, fl->l_len - 1, &end))
        return -EOVERFLOW;
    if (fl->l_len < 0) {
        end = start - 1;
        start += fl->l_len;
        if (start < 0)
            return -EINVAL;
    }
    out->start = start;
    out->end = end;
    return 0;
}

static int get_lock(struct file *f, struct file_lock *want, struct flock *fl)
{
    mutex_lock(&locks_mutex);
    struct inode_locks *l = f->inode->locks;
    struct file_lock *k = l == NULL ? NULL : find_conflict(l, want);
    if (k == NULL) {
        fl->l_type = F_UNLCK;
    } else {
        fl->l_type = k->exclusive ? F_WRLCK : F_RDLCK;
        fl->l_whence = SEEK_SET;
        fl->l_start = k->start;
        fl->l_len = k->end == INT64_MAX ? 0 : k->end - k->start + 1;
        fl->l_pid = k->kind == KIND_OFD ? -1 : k->pid;
    }
    mutex_unlock(&locks_mutex);
    return 0;
}

static bool is_ofd(int cmd)
{
    return cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
}

long vfs_posix_lock(struct file *f, int cmd, struct flock *fl, void *owner, int pid)
{
    struct file_lock want = {.kind = is_ofd(cmd) ? KIND_OFD : KIND_POSIX, .owner = is_ofd(cmd) ? f : owner, .pid = pid};

    if (f->inode == NULL)
        return -EBADF;
    if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && fl->l_type != F_UNLCK)
        return -EINVAL;
    if (is_ofd(cmd) && fl->l_pid != 0)
        return -EINVAL;
    int r = range_of(f, fl, &want);
    if (r != 0)
        return r;
    want.exclusive = fl->l_type == F_WRLCK;
    vfs_set_lock_hooks(&hooks);
    if (cmd == F_GETLK || cmd == F_OFD_GETLK)
        return fl->l_type == F_UNLCK ? -EINVAL : get_lock(f, &want, fl);
    if ((fl->l_type == F_RDLCK && !file_readable(f)) || (fl->l_type == F_WRLCK && !file_writable(f)))
        return -EBADF;
    return set_lock(f->inode, &want, fl->l_type == F_UNLCK, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
}

/* fcntl reaches this only after room linux installed its own handler for lock commands. */
static long control(struct file *f, unsigned cmd, unsigned long arg)
{
    return -EINVAL;
}

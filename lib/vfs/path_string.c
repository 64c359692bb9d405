// SPDX-License-Identifier: BSD-3-Clause
// From a place back to its absolute name.
#include "vfs_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/stat.h>

struct builder {
    char *buf;
    size_t at; /* text is buf[at..] */
};

static bool prepend(struct builder *b, const char *s, size_t n)
{
    if (n > b->at)
        return false;
    b->at -= n;
    memcpy(b->buf + b->at, s, n);
    return true;
}

/* Walks up to @root; false: no room. *reached tells whether @root was met before the top of everything. */
static bool build(struct builder *b, const struct vfs_path *p, const struct vfs_path *root, bool *reached)
{
    struct mount *m = p->mnt;
    struct dentry *d = p->dentry;

    if (d->parent == d && d != m->root) { /* a memfd */
        const struct dentry_name *n = d->name;
        *reached = true;
        return prepend(b, n->text, n->length) && prepend(b, "/", 1);
    }
    for (;;) {
        if (m == root->mnt && d == root->dentry) {
            *reached = true;
            return true;
        }
        if (d == m->root) {
            if (m->parent == NULL) {
                *reached = false;
                return true;
            }
            d = m->point;
            m = m->parent;
            continue;
        }
        const struct dentry_name *n = atomic_load_acquire(&d->name);
        if (!prepend(b, n->text, n->length) || !prepend(b, "/", 1))
            return false;
        d = atomic_load_acquire(&d->parent);
    }
}

int vfs_path_string(const struct vfs_path *p, char *buf, size_t n)
{
    struct builder b = {buf, n};
    struct vfs_path root;
    bool reached = false, ok;
    uint32_t seq;

    vfs_get_root(vfs_current_context(), &root);
    do {
        seq = atomic_load_acquire(&dcache_rename_seq);
        b.at = n;
        ok = prepend(&b, "", 1);
        if (ok && (dentry_is_unlinked(p->dentry) || (p->dentry->parent == p->dentry && p->dentry != p->mnt->root)))
            ok = prepend(&b, " (deleted)", 10);
        size_t end = b.at;
        rcu_read_lock();
        ok = ok && build(&b, p, &root, &reached);
        rcu_read_unlock();
        if (ok && b.at == end)
            ok = prepend(&b, "/", 1);
        if (ok && !reached && p->dentry->sb->root != NULL && !(b.buf[b.at] == '/'))
            ok = prepend(&b, "(unreachable)", 13);
    } while ((seq & 1) || atomic_load_acquire(&dcache_rename_seq) != seq);
    vfs_path_put(&root);
    if (!ok)
        return -ERANGE;
    memmove(buf, buf + b.at, n - b.at);
    return (int)(n - b.at - 1);
}

int vfs_readlink(const struct vfs_path *p, char *buf, size_t n)
{
    struct inode *i = vfs_path_inode(p);

    if (!S_ISLNK(i->mode) || i->ops->readlink == NULL)
        return -EINVAL;
    return i->ops->readlink(i, buf, n);
}

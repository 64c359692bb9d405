// SPDX-License-Identifier: BSD-3-Clause
// Path walk: from a string to a place.
//
// First a lock-free run: under RCU, from cached dentry to cached dentry, without touching a reference count, as far as plain
// names go. It ends by taking references on where it stands and checking that no rename or mount change happened. Whatever it
// could not do (a name not cached, a symlink, "..", a directory without cache, RESOLVE_ flags) the walk with references goes on with.
// A symlink replaces its name in the rest of the path by its text, in a fresh buffer: no recursion.
#include "vfs_private.h"

#include "base/string.h"
#include "file/fd_table.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define WALK_RESTRICTED (WALK_NO_XDEV | WALK_NO_MAGICLINKS | WALK_NO_SYMLINKS | WALK_BENEATH | WALK_IN_ROOT)

struct walk {
    struct vfs_path at;   /* references */
    struct vfs_path root; /* references; valid if have_root */
    bool have_root;
    unsigned flags;
    int n_links;
    const char *rest;     /* still to walk */
    char *buffer;         /* owns @rest after a symlink */
    const struct vfs_cred *cred;
    struct walk_last *last; /* WALK_PARENT */
};

void vfs_path_get(struct vfs_path *p)
{
    mount_get(p->mnt);
    dentry_get(p->dentry);
}

void vfs_path_put(struct vfs_path *p)
{
    dentry_put(p->dentry);
    mount_put(p->mnt);
}

struct inode *vfs_path_inode(const struct vfs_path *p)
{
    return p->dentry->inode;
}

int vfs_base(int dirfd, bool need_dir, struct vfs_path *out)
{
    int r = 0;

    if (dirfd == AT_FDCWD) {
        vfs_get_cwd(vfs_current_context(), out);
        return 0;
    }
    struct file *f = fd_get_path(dirfd);
    if (f == NULL)
        return -EBADF;
    if (f->path == NULL || (need_dir && !S_ISDIR(vfs_path_inode(f->path)->mode)))
        r = -ENOTDIR;
    else {
        *out = *f->path;
        vfs_path_get(out);
    }
    file_put(f);
    return r;
}

static inline const char *skip_slashes(const char *s)
{
    while (*s == '/')
        s++;
    return s;
}

static inline size_t component_length(const char *s)
{
    size_t n = 0;

    while (s[n] != '\0' && s[n] != '/')
        n++;
    return n;
}

/* ---- the lock-free run ---- */

static bool base_rcu(const char *name, struct vfs_path *out)
{
    struct fs_context *c = vfs_current_context();
    uint32_t seq = atomic_load_acquire(&c->seq);

    *out = *name == '/' ? c->root : c->cwd;
    return !(seq & 1) && atomic_load_acquire(&c->seq) == seq;
}

/* One plain name; false: leave it to the other walk. */
static inline bool step_rcu(struct vfs_path *at, const char *name, size_t len, uint32_t hash, const struct vfs_cred *cred, bool may_be_link)
{
    struct inode *dir = atomic_load_acquire(&at->dentry->inode);

    if (dir == NULL || !S_ISDIR(dir->mode) || dir->ops->uncached || permission_rcu(dir, 1, cred) != 0)
        return false;
    struct dentry *d = dcache_find_rcu(at->dentry, name, len, hash);
    if (d == NULL)
        return false;
    struct mount *m = at->mnt;
    while (unlikely(atomic_load_relaxed(&d->n_mounts) != 0)) {
        struct mount *over = mount_on_rcu(m, d);
        if (over == NULL)
            break;
        m = over;
        d = over->root;
    }
    struct inode *i = atomic_load_acquire(&d->inode);
    if (i == NULL || (S_ISLNK(i->mode) && !may_be_link))
        return false;
    at->mnt = m;
    at->dentry = d;
    return true;
}

/* Walks what it can from w->rest; true: w->at holds references and w->rest is moved on. */
static bool run_rcu(struct walk *w)
{
    const char *s = w->rest;
    struct vfs_path at;

    rcu_read_lock();
    uint32_t seq = atomic_load_acquire(&dcache_rename_seq);
    bool ok = !(seq & 1) && base_rcu(s, &at);
    if (ok) {
        s = skip_slashes(s);
        while (*s != '\0') {
            size_t len;
            uint32_t hash = dentry_hash_component(at.dentry, s, &len);
            const char *next = skip_slashes(s + len);
            bool final = *next == '\0';
            if (s[0] == '.' && (len == 1 || (len == 2 && s[1] == '.')))
                break;
            if (len > NAME_BYTES_MAX || (final && (w->flags & WALK_PARENT)))
                break;
            bool plain_end = final && s[len] == '\0';
            if (!step_rcu(&at, s, len, hash, w->cred, plain_end && (w->flags & WALK_NOFOLLOW)))
                break;
            if (final && !plain_end && !S_ISDIR(at.dentry->inode->mode)) {
                ok = false; /* ENOTDIR is the other walk's to say */
                break;
            }
            s = next;
        }
    }
    ok = ok && dentry_try_get(at.dentry);
    if (ok && !mount_try_get(at.mnt)) {
        rcu_read_unlock();
        dentry_put(at.dentry);
        return false;
    }
    rcu_read_unlock();
    if (!ok)
        return false;
    if (atomic_load_acquire(&dcache_rename_seq) != seq) {
        vfs_path_put(&at);
        return false;
    }
    w->at = at;
    w->rest = s;
    return true;
}

/* ---- the walk with references ---- */

static void need_root(struct walk *w)
{
    if (!w->have_root) {
        vfs_get_root(vfs_current_context(), &w->root);
        w->have_root = true;
    }
}

static void move_to(struct walk *w, struct vfs_path *to)
{
    vfs_path_put(&w->at);
    w->at = *to;
}

static int go_root(struct walk *w)
{
    struct vfs_path p;

    if (w->flags & WALK_BENEATH)
        return -EXDEV;
    need_root(w);
    p = w->root;
    if ((w->flags & WALK_NO_XDEV) && p.mnt != w->at.mnt)
        return -EXDEV;
    vfs_path_get(&p);
    move_to(w, &p);
    return 0;
}

void path_follow_mounts(struct vfs_path *p)
{
    while (atomic_load_relaxed(&p->dentry->n_mounts) != 0) {
        rcu_read_lock();
        struct mount *m = mount_on_rcu(p->mnt, p->dentry);
        if (m != NULL && !mount_try_get(m))
            m = NULL;
        rcu_read_unlock();
        if (m == NULL)
            return;
        struct vfs_path over = {m, dentry_get(m->root)};
        vfs_path_put(p);
        *p = over;
    }
}

static int go_up(struct walk *w)
{
    struct vfs_path p = w->at;

    need_root(w);
    vfs_path_get(&p);
    for (;;) {
        if (p.mnt == w->root.mnt && p.dentry == w->root.dentry) {
            vfs_path_put(&p);
            return w->flags & WALK_BENEATH ? -EXDEV : 0;
        }
        if (p.dentry != p.mnt->root)
            break;
        mutex_lock(&vfs_mount_lock);
        struct vfs_path below = {p.mnt->parent, p.mnt->point};
        if (below.mnt != NULL)
            vfs_path_get(&below);
        mutex_unlock(&vfs_mount_lock);
        if (below.mnt == NULL) {
            vfs_path_put(&p);
            return 0;
        }
        vfs_path_put(&p);
        p = below;
        if (w->flags & WALK_NO_XDEV) {
            vfs_path_put(&p);
            return -EXDEV;
        }
    }
    struct vfs_path up = {mount_get(p.mnt), dentry_parent_get(p.dentry)};
    vfs_path_put(&p);
    path_follow_mounts(&up);
    move_to(w, &up);
    return 0;
}

int link_target(struct inode *i, char **text, struct vfs_path *jump)
{
    *text = NULL;
    if (i->ops->follow != NULL)
        return i->ops->follow(i, jump);
    if (i->ops->readlink == NULL)
        return -EINVAL;
    char *buf = kmalloc(PATH_BYTES_MAX);
    if (buf == NULL)
        return -ENOMEM;
    int n = i->ops->readlink(i, buf, PATH_BYTES_MAX - 1);
    if (n <= 0) {
        kfree(buf);
        return n == 0 ? -ENOENT : n;
    }
    buf[n] = '\0';
    *text = buf;
    return 0;
}

/* The rest of the path becomes the link's text, a slash if one followed, and what followed. */
static int splice_text(struct walk *w, const char *text, const char *after)
{
    size_t n = strlen(text), m = strlen(after);
    char *joined = kmalloc(n + m + 1);

    if (joined == NULL)
        return -ENOMEM;
    memcpy(joined, text, n);
    memcpy(joined + n, after, m + 1);
    kfree(w->buffer);
    w->buffer = joined;
    w->rest = joined;
    return 0;
}

static int follow_link(struct walk *w, struct inode *link, const char *after)
{
    struct vfs_path jump;
    char *text;

    if ((w->flags & WALK_NO_SYMLINKS) || ++w->n_links > SYMLINKS_MAX)
        return -ELOOP;
    int r = link_target(link, &text, &jump);
    if (r != 0)
        return r;
    if (text == NULL) {
        if (w->flags & (WALK_NO_MAGICLINKS | WALK_BENEATH | WALK_IN_ROOT)) {
            vfs_path_put(&jump);
            return w->flags & WALK_NO_MAGICLINKS ? -ELOOP : -EXDEV;
        }
        move_to(w, &jump);
        w->rest = skip_slashes(after);
        return 0;
    }
    r = splice_text(w, text, after);
    if (r == 0 && *text == '/')
        r = go_root(w);
    kfree(text);
    return r;
}

/* One plain name. @after: what follows it in the path, slashes included. */
static int go_down(struct walk *w, const char *name, size_t len, const char *after)
{
    bool final = *skip_slashes(after) == '\0';
    bool follow = !final || *after == '/' || !(w->flags & WALK_NOFOLLOW);
    struct dentry *d;

    int r = dir_lookup(w->at.dentry, name, len, false, &d);
    if (r != 0)
        return r;
    if (d->inode == NULL) {
        dentry_put(d);
        return -ENOENT;
    }
    struct vfs_path next = {mount_get(w->at.mnt), d};
    path_follow_mounts(&next);
    if ((w->flags & WALK_NO_XDEV) && next.mnt != w->at.mnt) {
        vfs_path_put(&next);
        return -EXDEV;
    }
    struct inode *i = next.dentry->inode;
    if (S_ISLNK(i->mode) && follow) {
        r = follow_link(w, i, after);
        vfs_path_put(&next);
        return r;
    }
    if (S_ISLNK(i->mode) && final && (w->flags & WALK_NO_SYMLINKS)) {
        vfs_path_put(&next);
        return -ELOOP;
    }
    move_to(w, &next);
    w->rest = skip_slashes(after);
    if ((!final || *after == '/') && !S_ISDIR(i->mode))
        return -ENOTDIR;
    return 0;
}

static int store_last(struct walk *w, const char *s, size_t len)
{
    struct walk_last *l = w->last;

    l->name = s;
    l->length = len;
    l->trailing_slash = s[len] == '/';
    l->kind = len == 1 && s[0] == '.' ? LAST_DOT : len == 2 && s[0] == '.' && s[1] == '.' ? LAST_DOTDOT : LAST_NORMAL;
    l->buffer = w->buffer;
    w->buffer = NULL;
    return len > NAME_BYTES_MAX ? -ENAMETOOLONG : 0;
}

static int walk_rest(struct walk *w)
{
    while (*w->rest != '\0') {
        const char *s = w->rest;
        size_t len = component_length(s);
        const char *after = s + len;
        bool final = *skip_slashes(after) == '\0';
        struct inode *dir = w->at.dentry->inode;

        if (*s == '/') { /* only at the start of a path or link text */
            w->rest = skip_slashes(s);
            continue;
        }
        if (!S_ISDIR(dir->mode))
            return -ENOTDIR;
        int r = permission_rcu(dir, 1, w->cred);
        if (r != 0)
            return r;
        if (final && (w->flags & WALK_PARENT))
            return store_last(w, s, len);
        if (len == 1 && s[0] == '.') {
            w->rest = skip_slashes(after);
        } else if (len == 2 && s[0] == '.' && s[1] == '.') {
            r = go_up(w);
            w->rest = skip_slashes(after);
        } else {
            r = go_down(w, s, len, after);
        }
        if (r != 0)
            return r;
    }
    if (w->flags & WALK_PARENT) {
        *w->last = (struct walk_last){.name = "", .kind = LAST_ROOT, .buffer = w->buffer};
        w->buffer = NULL;
    }
    if ((w->flags & WALK_DIRECTORY) && !S_ISDIR(w->at.dentry->inode->mode))
        return -ENOTDIR;
    return 0;
}

static int finish(struct walk *w, int r, struct vfs_path *out)
{
    if (w->have_root)
        vfs_path_put(&w->root);
    kfree(w->buffer);
    if (r == 0)
        *out = w->at;
    else
        vfs_path_put(&w->at);
    return r;
}

static int start(struct walk *w, int dirfd)
{
    const char *name = w->rest;

    if (*name == '/' && !(w->flags & (WALK_BENEATH | WALK_IN_ROOT))) {
        vfs_get_root(vfs_current_context(), &w->at);
        return 0;
    }
    if (*name == '/' && (w->flags & WALK_BENEATH))
        return -EXDEV;
    int r = vfs_base(dirfd, *name != '\0', &w->at);
    if (r == 0 && (w->flags & (WALK_BENEATH | WALK_IN_ROOT))) {
        w->root = w->at;
        vfs_path_get(&w->root);
        w->have_root = true;
    }
    return r;
}

static int walk(int dirfd, const char *name, unsigned flags, struct walk_last *last, struct vfs_path *out)
{
    struct walk w = {.flags = flags, .rest = name, .last = last};

    if (*name == '\0' && !(flags & WALK_EMPTY_OK))
        return -ENOENT;
    w.cred = vfs_current_cred();
    bool simple = (*name == '/' || dirfd == AT_FDCWD) && !(flags & WALK_RESTRICTED);
    if (!simple || !run_rcu(&w)) {
        int r = start(&w, dirfd);
        if (r != 0)
            return r;
    }
    if (*w.rest == '\0' && !(flags & (WALK_PARENT | WALK_DIRECTORY))) {
        *out = w.at;
        return 0;
    }
    return finish(&w, walk_rest(&w), out);
}

int vfs_walk(int dirfd, const char *name, unsigned flags, struct vfs_path *out)
{
    return walk(dirfd, name, flags & ~WALK_PARENT, NULL, out);
}

int walk_to_parent(int dirfd, const char *name, unsigned flags, struct vfs_path *parent, struct walk_last *last)
{
    return walk(dirfd, name, flags | WALK_PARENT, last, parent);
}

int walk_from_to_parent(struct vfs_path *base, const char *name, unsigned flags, struct vfs_path *parent, struct walk_last *last,
                        int *n_links)
{
    struct walk w = {.flags = flags | WALK_PARENT, .last = last, .at = *base, .n_links = *n_links, .cred = vfs_current_cred()};

    w.buffer = kstrdup(name);
    w.rest = w.buffer;
    if (w.buffer == NULL)
        return finish(&w, -ENOMEM, parent);
    int r = *name == '/' ? go_root(&w) : 0;
    if (r == 0)
        r = walk_rest(&w);
    *n_links = w.n_links;
    return finish(&w, r, parent);
}

void walk_last_free(struct walk_last *last)
{
    kfree(last->buffer);
}

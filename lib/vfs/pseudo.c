// SPDX-License-Identifier: BSD-3-Clause
// Pseudo file systems: inodes made from tables of generators.
#include "vfs/pseudo.h"

#include "arch/uaccess.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "vfs_private.h"
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

struct pseudo_inode {
    struct inode inode;
    struct pseudo_context context;
};

#define STORE_MAX 4096u
static const struct inode_ops pseudo_inode_ops;
static const struct inode_ops pseudo_link_ops, pseudo_magic_ops;
static const struct file_ops pseudo_file_ops;

/* ---- text ---- */

static bool text_room(struct text *t, size_t n)
{
    if (t->failed)
        return false;
    if (t->used + n <= t->capacity)
        return true;
    size_t capacity = max(t->capacity * 2, (size_t)256);
    while (capacity < t->used + n)
        capacity *= 2;
    char *bytes = krealloc(t->bytes, capacity);
    if (bytes == NULL) {
        t->failed = true;
        return false;
    }
    t->bytes = bytes;
    t->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *t, const void *bytes, size_t n)
{
    if (text_room(t, n)) {
        memcpy(t->bytes + t->used, bytes, n);
        t->used += n;
    }
}

void text_add(struct text *t, const char *fmt, ...)
{
    va_list args;

    if (!text_room(t, 128))
        return;
    va_start(args, fmt);
    int n = format_string_v(t->bytes + t->used, t->capacity - t->used, fmt, args);
    va_end(args);
    if ((size_t)n >= t->capacity - t->used) {
        if (!text_room(t, (size_t)n + 1))
            return;
        va_start(args, fmt);
        n = format_string_v(t->bytes + t->used, t->capacity - t->used, fmt, args);
        va_end(args);
    }
    t->used += (size_t)n;
}

/* ---- inodes ---- */

static struct pseudo_context *context_of(struct inode *i)
{
    return &container_of(i, struct pseudo_inode, inode)->context;
}

const struct pseudo_context *pseudo_context_of(struct inode *i)
{
    bool is_ours = i->ops == &pseudo_inode_ops || i->ops == &pseudo_link_ops || i->ops == &pseudo_magic_ops;
    return is_ours ? context_of(i) : NULL;
}

static uint32_t mode_of(const struct pseudo_node *n)
{
    if (n->mode & S_IFMT)
        return n->mode;
    if (n->children != NULL || n->list != NULL || n->find != NULL)
        return S_IFDIR | (n->mode != 0 ? n->mode : 0555);
    if (n->link != NULL || n->follow != NULL)
        return S_IFLNK | (n->mode != 0 ? n->mode : 0777);
    return S_IFREG | (n->mode != 0 ? n->mode : n->store != NULL ? 0644 : 0444);
}

static uint64_t number_of(const struct pseudo_context *c)
{
    uint64_t h = hash_u64((uintptr_t)c->node ^ (uint64_t)c->id << 32 ^ (uint64_t)c->sub << 8);

    return (h & 0x7fffffff) | 0x10000;
}

static int make_inode(struct super_block *sb, const struct pseudo_context *c, struct inode **out)
{
    struct pseudo_inode *p = kzalloc(sizeof *p);

    if (p == NULL)
        return -ENOMEM;
    p->context = *c;
    struct inode *i = &p->inode;
    inode_init(i, sb, mode_of(c->node));
    i->number = number_of(c);
    if (S_ISDIR(i->mode))
        i->n_links = 2;
    i->ops = !S_ISLNK(i->mode) ? &pseudo_inode_ops : c->node->follow != NULL ? &pseudo_magic_ops : &pseudo_link_ops;
    i->file_ops = S_ISDIR(i->mode) ? &vfs_dir_file_ops : c->node->ops != NULL ? c->node->ops : &pseudo_file_ops;
    if (c->node->rdev != NULL)
        i->rdev = c->node->rdev(c);
    if (c->node->owner != NULL)
        c->node->owner(c, &i->uid, &i->gid);
    *out = i;
    return 0;
}

static bool name_is(const struct pseudo_node *n, const char *name, size_t len)
{
    return strlen(n->name) == len && memcmp(n->name, name, len) == 0;
}

static int pseudo_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
    struct pseudo_context *c = context_of(dir), child = *c;

    if (c->node->alive != NULL && !c->node->alive(c))
        return -ENOENT;
    for (const struct pseudo_node *n = c->node->children; n != NULL && n->name != NULL; n++)
        if (name_is(n, name, len)) {
            child.node = n;
            return make_inode(dir->sb, &child, out);
        }
    if (c->node->find == NULL)
        return -ENOENT;
    int r = c->node->find(c, name, len, &child);
    return r != 0 ? r : make_inode(dir->sb, &child, out);
}

static bool emit_one(struct dir_sink *s, const struct pseudo_context *c, const char *name, int64_t pos)
{
    return s->emit(s, name, strlen(name), number_of(c), mode_of(c->node) >> 12, pos + 1);
}

static int pseudo_read_dir(struct inode *dir, int64_t *pos, struct dir_sink *sink)
{
    struct pseudo_context *c = context_of(dir), child;
    int64_t n_fixed = 0;
    char name[64];

    if (c->node->alive != NULL && !c->node->alive(c))
        return -ENOENT;
    for (const struct pseudo_node *n = c->node->children; n != NULL && n->name != NULL; n++, n_fixed++) {
        if (n_fixed + 2 < *pos)
            continue;
        child = *c;
        child.node = n;
        if (!emit_one(sink, &child, n->name, *pos))
            return 0;
        ++*pos;
    }
    while (c->node->list != NULL) {
        child = *c;
        if (!c->node->list(c, (unsigned)(*pos - 2 - n_fixed), name, &child))
            break;
        if (!emit_one(sink, &child, name, *pos))
            return 0;
        ++*pos;
    }
    return 0;
}

static int pseudo_readlink(struct inode *i, char *buf, size_t n)
{
    struct pseudo_context *c = context_of(i);

    return c->node->link(c, buf, n);
}

static int pseudo_follow(struct inode *i, struct vfs_path *out)
{
    struct pseudo_context *c = context_of(i);

    return c->node->follow(c, out);
}

static int pseudo_set_attr(struct inode *i, const struct inode_attr *a)
{
    return a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0; /* O_TRUNC of a file in /proc is fine */
}

static const struct inode_ops pseudo_inode_ops = {
    .lookup = pseudo_lookup, .read_dir = pseudo_read_dir, .set_attr = pseudo_set_attr, .uncached = true};
static const struct inode_ops pseudo_link_ops = {.readlink = pseudo_readlink, .uncached = true};
static const struct inode_ops pseudo_magic_ops = {.readlink = pseudo_readlink, .follow = pseudo_follow, .uncached = true};

/* ---- files: the text is made at the first read after a seek to the start ---- */

static int generate(struct file *f)
{
    struct pseudo_context *c = context_of(f->inode);
    struct text *t = f->priv;

    if (t == NULL) {
        t = kzalloc(sizeof *t);
        if (t == NULL)
            return -ENOMEM;
        f->priv = t;
    }
    t->used = 0;
    t->failed = false;
    int r = c->node->show(t, c);
    return r != 0 ? r : t->failed ? -ENOMEM : 0;
}

static long pseudo_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pseudo_context *c = context_of(f->inode);

    if (c->node->show == NULL)
        return -EINVAL;
    if (io->pos == 0 || f->priv == NULL) {
        int r = generate(f);
        if (r != 0)
            return r;
    }
    struct text *t = f->priv;
    if ((uint64_t)io->pos >= t->used || iov_iter_count(it) == 0)
        return 0;
    long n = iov_iter_put(it, t->bytes + io->pos, min(t->used - (size_t)io->pos, iov_iter_count(it)));
    if (n > 0)
        io->pos += n;
    return n;
}

static long pseudo_write(struct file *f, struct iov_iter *it, struct io *io)
{
    struct pseudo_context *c = context_of(f->inode);
    size_t n = min(iov_iter_count(it), (size_t)STORE_MAX);

    if (c->node->store == NULL)
        return -EINVAL;
    char *bytes = kmalloc(n + 1);
    if (bytes == NULL)
        return -ENOMEM;
    long r = iov_iter_take(it, bytes, n);
    if (r >= 0) {
        bytes[r] = '\0';
        r = c->node->store(c, bytes, (size_t)r);
    }
    kfree(bytes);
    if (r > 0)
        io->pos += r;
    return r;
}

static int64_t pseudo_seek(struct file *f, int64_t offset, int whence)
{
    if (whence == SEEK_CUR)
        offset += f->pos;
    else if (whence != SEEK_SET)
        return -EINVAL;
    if (offset < 0)
        return -EINVAL;
    f->pos = offset;
    return offset;
}

static void pseudo_release(struct file *f)
{
    struct text *t = f->priv;

    if (t != NULL)
        kfree(t->bytes);
    kfree(t);
}

static const struct file_ops pseudo_file_ops = {
    .kind = "pseudo", .read = pseudo_read, .write = pseudo_write, .seek = pseudo_seek, .release = pseudo_release};

/* ---- super block ---- */

static void pseudo_free_inode(struct inode *i)
{
    kfree(container_of(i, struct pseudo_inode, inode));
}

static void pseudo_unmount(struct super_block *sb)
{
    inode_put(sb->root);
    rcu_barrier();
    super_destroy(sb);
}

static const struct super_ops pseudo_super_ops = {.free_inode = pseudo_free_inode, .unmount = pseudo_unmount};

int pseudo_mount(const struct fs_type *t, uint32_t magic, const struct pseudo_node *root, struct super_block **out)
{
    struct super_block *sb = super_create(t, &pseudo_super_ops, magic);
    struct pseudo_context c = {.node = root};

    if (sb == NULL)
        return -ENOMEM;
    int r = make_inode(sb, &c, &sb->root);
    if (r != 0) {
        super_destroy(sb);
        return r;
    }
    sb->root->number = 1;
    *out = sb;
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// ramfs: a file system whose only copy is memory.
//
// Contents are pages of the page cache that have no other home (VM_OBJECT_SWAPLESS); directories are trees of names (ramfs_dir.c). An
// entry holds a reference on its inode; the link count says when the last name went. Directory operations run under the directory's
// lock, taken by room vfs.
#include "ramfs_private.h"

#include "abi/misc.h"
#include "base/string.h"
#include "mem/frame.h"
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define RAMFS_MAGIC 0x858458f6
#define TMPFS_MAGIC 0x01021994

static const struct inode_ops ram_dir_ops, ram_link_ops;
/* Writing through a mapping changes the file's times as write(2) does. */
static int ram_page_mkwrite(struct vm_object *o, uint64_t index)
{
    (void)index;
    inode_touch(o->owner, ATTR_MTIME | ATTR_CTIME);
    return 0;
}

static const struct pager_ops ram_pager = {.name = "ramfs", .page_mkwrite = ram_page_mkwrite};
static struct kmem_cache inodes = KMEM_CACHE_INIT("ramfs_inode", sizeof(struct ram_inode), 0);

struct inode *ram_make_inode(struct super_block *sb, uint32_t mode)
{
    struct ram_super *s = sb->priv;
    struct ram_inode *r;

    if (s->max_inodes != 0 && s->n_inodes >= s->max_inodes)
        return NULL;
    r = kmem_cache_zalloc(&inodes);
    if (r == NULL)
        return NULL;
    struct inode *i = &r->inode;
    inode_init(i, sb, mode);
    i->number = __atomic_add_fetch(&s->next_number, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&s->n_inodes, 1, __ATOMIC_RELAXED);
    i->ops = &ram_file_inode_ops;
    if (S_ISREG(mode)) {
        i->file_ops = &vfs_page_file_ops;
        vm_object_init(&i->pages, &ram_pager, 0, i);
        i->pages.flags |= VM_OBJECT_SWAPLESS;
        i->pages.quota = &s->pages;
        i->seals = INODE_SEALABLE | 1; /* F_SEAL_SEAL: only memfd_create() gives files without it */
    } else if (S_ISDIR(mode)) {
        i->ops = &ram_dir_ops;
        i->file_ops = &vfs_dir_file_ops;
        i->n_links = 2;
        i->size = 2 * 20; /* as tmpfs: 20 a name, dots included */
        rb_root_init(&r->entries, NULL);
    } else if (S_ISLNK(mode)) {
        i->ops = &ram_link_ops;
    }
    return i;
}

static int add_child(struct inode *dir, const char *name, size_t len, struct inode *i, struct inode **out)
{
    int r = ram_insert(ram_of(dir), name, len, inode_get(i));

    if (r != 0) {
        inode_put(i);
        i->n_links = 0;
        inode_put(i);
        return r;
    }
    if (S_ISDIR(i->mode))
        dir->n_links++;
    dir->mtime = dir->ctime = i->ctime;
    *out = i;
    return 0;
}

static struct inode *make_child(struct inode *dir, uint32_t mode, const struct vfs_cred *c)
{
    struct inode *i = ram_make_inode(dir->sb, mode);

    if (i != NULL)
        inode_init_owner(i, dir, mode, c);
    return i;
}

static int ram_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
    struct ram_entry *e = ram_find(ram_of(dir), name, len);

    if (e == NULL)
        return -ENOENT;
    *out = inode_get(e->inode);
    return 0;
}

static int ram_create(struct inode *dir, const char *name, size_t len, uint32_t mode, const struct vfs_cred *c, struct inode **out)
{
    struct inode *i = make_child(dir, (mode & 07777) | S_IFREG, c);

    return i == NULL ? -ENOSPC : add_child(dir, name, len, i, out);
}

static int ram_mknod(struct inode *dir, const char *name, size_t len, uint32_t mode, uint64_t rdev, const struct vfs_cred *c,
                     struct inode **out)
{
    struct inode *i = make_child(dir, mode, c);

    if (i == NULL)
        return -ENOSPC;
    i->rdev = rdev;
    return add_child(dir, name, len, i, out);
}

static int ram_mkdir(struct inode *dir, const char *name, size_t len, uint32_t mode, const struct vfs_cred *c, struct inode **out)
{
    struct inode *i = make_child(dir, (mode & 07777) | S_IFDIR, c);

    return i == NULL ? -ENOSPC : add_child(dir, name, len, i, out);
}

static int ram_symlink(struct inode *dir, const char *name, size_t len, const char *target, const struct vfs_cred *c,
                       struct inode **out)
{
    struct inode *i = make_child(dir, S_IFLNK | 0777, c);

    if (i == NULL)
        return -ENOSPC;
    ram_of(i)->target = kstrdup(target);
    if (ram_of(i)->target == NULL) {
        i->n_links = 0;
        inode_put(i);
        return -ENOSPC;
    }
    i->size = (int64_t)strlen(target);
    return add_child(dir, name, len, i, out);
}

static int ram_link(struct inode *dir, const char *name, size_t len, struct inode *target)
{
    int r = ram_insert(ram_of(dir), name, len, inode_get(target));

    if (r != 0) {
        inode_put(target);
        return r;
    }
    target->n_links++;
    inode_touch(target, ATTR_CTIME);
    dir->mtime = dir->ctime = target->ctime;
    return 0;
}

static int ram_unlink(struct inode *dir, const char *name, size_t len, struct inode *victim)
{
    struct ram_entry *e = ram_find(ram_of(dir), name, len);

    if (e == NULL)
        return -ENOENT;
    victim->n_links--;
    inode_touch(victim, ATTR_CTIME);
    dir->mtime = dir->ctime = victim->ctime;
    ram_remove(ram_of(dir), e);
    return 0;
}

static int ram_rmdir(struct inode *dir, const char *name, size_t len, struct inode *victim)
{
    if (!rb_empty(&ram_of(victim)->entries))
        return -ENOTEMPTY;
    int r = ram_unlink(dir, name, len, victim);
    if (r == 0) {
        victim->n_links = 0;
        dir->n_links--;
    }
    return r;
}

static void swap_parents(struct inode *old_dir, struct inode *new_dir, struct inode *a, struct inode *b)
{
    if (old_dir == new_dir || S_ISDIR(a->mode) == S_ISDIR(b->mode))
        return;
    bool a_is_dir = S_ISDIR(a->mode);
    old_dir->n_links += a_is_dir ? -1 : 1;
    new_dir->n_links += a_is_dir ? 1 : -1;
}

static void touch_renamed(struct inode *old_dir, struct inode *new_dir, struct inode *i)
{
    inode_touch(i, ATTR_CTIME);
    old_dir->mtime = old_dir->ctime = new_dir->mtime = new_dir->ctime = i->ctime;
}

static int ram_rename(struct inode *old_dir, const char *old_name, size_t old_len, struct inode *inode, struct inode *new_dir,
                      const char *new_name, size_t new_len, struct inode *replaced, unsigned flags)
{
    struct ram_entry *from = ram_find(ram_of(old_dir), old_name, old_len), *to = ram_find(ram_of(new_dir), new_name, new_len);

    if (from == NULL)
        return -ENOENT;
    if (flags & RENAME_EXCHANGE) {
        if (to == NULL)
            return -ENOENT;
        from->inode = replaced;
        to->inode = inode;
        swap_parents(old_dir, new_dir, inode, replaced);
        inode_touch(replaced, ATTR_CTIME);
        touch_renamed(old_dir, new_dir, inode);
        return 0;
    }
    if (replaced != NULL && S_ISDIR(replaced->mode) && !rb_empty(&ram_of(replaced)->entries))
        return -ENOTEMPTY;
    if (to != NULL) {
        to->inode = inode_get(inode);
        replaced->n_links = S_ISDIR(replaced->mode) ? 0 : replaced->n_links - 1;
        if (S_ISDIR(replaced->mode))
            new_dir->n_links--;
        inode_touch(replaced, ATTR_CTIME);
        inode_put(replaced);
    } else {
        int r = ram_insert(ram_of(new_dir), new_name, new_len, inode_get(inode));
        if (r != 0) {
            inode_put(inode);
            return r;
        }
    }
    ram_remove(ram_of(old_dir), from);
    if (S_ISDIR(inode->mode)) {
        old_dir->n_links--;
        new_dir->n_links++;
    }
    touch_renamed(old_dir, new_dir, inode);
    return 0;
}

static int ram_tmpfile(struct inode *dir, uint32_t mode, const struct vfs_cred *c, struct inode **out)
{
    struct inode *i = make_child(dir, mode, c);

    if (i == NULL)
        return -ENOSPC;
    i->n_links = 0;
    *out = i;
    return 0;
}

static int ram_readlink(struct inode *i, char *buf, size_t n)
{
    size_t len = min((size_t)i->size, n);

    memcpy(buf, ram_of(i)->target, len);
    return (int)len;
}

static int ram_set_attr(struct inode *i, const struct inode_attr *a)
{
    if (a->valid & ATTR_SIZE) {
        if (a->size < i->size)
            page_cache_truncate(&i->pages, (uint64_t)a->size);
        i->pages.size_bytes = (uint64_t)a->size;
        i->size = a->size;
    }
    if (a->valid & ATTR_MODE)
        i->mode = a->mode;
    if (a->valid & ATTR_UID)
        i->uid = a->uid;
    if (a->valid & ATTR_GID)
        i->gid = a->gid;
    if (a->valid & ATTR_ATIME)
        i->atime = a->atime;
    if (a->valid & ATTR_MTIME)
        i->mtime = a->mtime;
    if (a->valid & ATTR_CTIME)
        i->ctime = a->ctime;
    return 0;
}

#define XATTR_OPS                                                                                                      \
    .get_xattr = ram_get_xattr, .set_xattr = ram_set_xattr, .list_xattr = ram_list_xattr, .remove_xattr = ram_remove_xattr

const struct inode_ops ram_file_inode_ops = {.set_attr = ram_set_attr, XATTR_OPS};
static const struct inode_ops ram_link_ops = {.readlink = ram_readlink, .set_attr = ram_set_attr, XATTR_OPS};
static const struct inode_ops ram_dir_ops = {
    .lookup = ram_lookup,
    .create = ram_create,
    .mknod = ram_mknod,
    .mkdir = ram_mkdir,
    .symlink = ram_symlink,
    .link = ram_link,
    .unlink = ram_unlink,
    .rmdir = ram_rmdir,
    .rename = ram_rename,
    .tmpfile = ram_tmpfile,
    .read_dir = ram_read_dir,
    .set_attr = ram_set_attr,
    XATTR_OPS,
};

static void ram_destroy_inode(struct inode *i)
{
    struct ram_inode *r = ram_of(i);
    struct ram_super *s = i->sb->priv;

    if (S_ISREG(i->mode))
        vm_object_destroy_pages(&i->pages);
    if (S_ISFIFO(i->mode) && i->pipe != NULL)
        vfs_fifo_free(i);
    kfree(i->locks);
    while (S_ISDIR(i->mode) && !rb_empty(&r->entries)) /* only when the whole file system goes */
        ram_remove(r, rb_entry(rb_first(&r->entries), struct ram_entry, node));
    ram_free_xattrs(r);
    __atomic_sub_fetch(&s->n_inodes, 1, __ATOMIC_RELAXED);
}

static void ram_free_inode(struct inode *i)
{
    kfree(ram_of(i)->target);
    kmem_cache_free(&inodes, ram_of(i));
}

static int ram_statfs(struct super_block *sb, struct statfs *out)
{
    struct ram_super *s = sb->priv;
    uint64_t total = frame_total_pages(), free_pages = frame_free_pages();

    if (s->pages.limit != 0) {
        uint64_t used = s->pages.used;
        total = s->pages.limit;
        free_pages = min(free_pages, total - min(used, total));
    }
    out->f_blocks = total;
    out->f_bfree = out->f_bavail = min(free_pages, total);
    out->f_files = s->max_inodes != 0 ? s->max_inodes : total;
    out->f_ffree = out->f_files > s->n_inodes ? out->f_files - s->n_inodes : 0;
    return 0;
}

static void ram_unmount(struct super_block *sb)
{
    inode_put(sb->root);
    rcu_barrier();
    kfree(sb->priv);
    super_destroy(sb);
}

static const struct super_ops ram_super_ops = {
    .destroy_inode = ram_destroy_inode, .free_inode = ram_free_inode, .statfs = ram_statfs, .unmount = ram_unmount};

struct ram_options {
    uint32_t mode, uid, gid;
    uint64_t max_pages, max_inodes;
};

static bool option_is(const char *s, const char *name, const char **value)
{
    size_t n = strlen(name);

    if (strncmp(s, name, n) != 0 || s[n] != '=')
        return false;
    *value = s + n + 1;
    return true;
}

static int parse_one(const char *s, struct ram_options *o)
{
    const char *value, *end;
    uint64_t n = 0;
    int r = 0;

    if (option_is(s, "mode", &value)) {
        r = string_parse_u64(value, 8, &end, &n);
        o->mode = (uint32_t)n & 07777;
    } else if (option_is(s, "uid", &value)) {
        r = string_parse_u64(value, 10, &end, &n);
        o->uid = (uint32_t)n;
    } else if (option_is(s, "gid", &value)) {
        r = string_parse_u64(value, 10, &end, &n);
        o->gid = (uint32_t)n;
    } else if (option_is(s, "size", &value)) {
        r = string_parse_size(value, &end, &n);
        o->max_pages = r == 0 && *end == '%' ? frame_total_pages() * n / 100 : (n + 4095) / 4096;
    } else if (option_is(s, "nr_blocks", &value)) {
        r = string_parse_size(value, &end, &o->max_pages);
    } else if (option_is(s, "nr_inodes", &value)) {
        r = string_parse_size(value, &end, &o->max_inodes);
    }
    return r; /* other options are accepted and have no effect here */
}

static int parse_options(const char *data, struct ram_options *o)
{
    while (data != NULL && *data != '\0') {
        if (parse_one(data, o) != 0)
            return -EINVAL;
        data = strchr(data, ',');
        if (data != NULL)
            data++;
    }
    return 0;
}

int ramfs_super(const struct fs_type *t, uint32_t magic, unsigned flags, const char *data, struct super_block **out)
{
    struct ram_options o = {.mode = t == &tmpfs_type ? 01777 : 0755};
    int r = parse_options(data, &o);

    if (r != 0)
        return r;
    struct super_block *sb = super_create(t, &ram_super_ops, magic);
    struct ram_super *s = sb == NULL ? NULL : kzalloc(sizeof *s);
    if (s == NULL)
        return -ENOMEM;
    s->pages.limit = o.max_pages;
    s->max_inodes = o.max_inodes;
    sb->priv = s;
    sb->flags = flags & MS_RDONLY;
    sb->root = ram_make_inode(sb, S_IFDIR | o.mode);
    if (sb->root == NULL)
        return -ENOMEM;
    sb->root->uid = o.uid;
    sb->root->gid = o.gid;
    *out = sb;
    return 0;
}

static int ramfs_mount(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out)
{
    return ramfs_super(t, t == &tmpfs_type ? TMPFS_MAGIC : RAMFS_MAGIC, flags, data, out);
}

struct fs_type ramfs_type = {.name = "ramfs", .mount = ramfs_mount};
struct fs_type tmpfs_type = {.name = "tmpfs", .mount = ramfs_mount};
struct fs_type rootfs_type = {.name = "rootfs", .mount = ramfs_mount};

void ramfs_register(void)
{
    fs_type_register(&tmpfs_type);
    fs_type_register(&ramfs_type);
    fs_type_register(&rootfs_type);
}

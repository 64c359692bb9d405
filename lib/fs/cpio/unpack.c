// SPDX-License-Identifier: BSD-3-Clause
// From the members of an archive to files below the root.
#include "base/log.h"
#include "base/string.h"
#include "cpio/cpio.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "vfs/path.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The first name of a file with several links. */
struct seen {
    struct seen *next;
    uint64_t ino;
    char name[];
};

struct unpack {
    void (*consumed)(const void *upto);
    struct seen *seen;
    unsigned n_failed;
};

static const char *relative_name(const char *name)
{
    while (*name == '/' || (name[0] == '.' && name[1] == '/'))
        name++;
    return name;
}

/* Archives may name a file before its directories. */
static void make_parents(const char *name)
{
    char *copy = kstrdup(name);

    for (char *p = copy; copy != NULL && (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        int r = vfs_mkdir(AT_FDCWD, copy, 0755);
        *p = '/';
        if (r != 0 && r != -EEXIST)
            break;
    }
    kfree(copy);
}

#define PIECE_BYTES 65536u

static int write_data(struct unpack *u, const char *name, const struct cpio_entry *e)
{
    struct file *f;
    struct iov_one one;
    int r = vfs_open(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600, 0, &f);

    if (r != 0)
        return r;
    size_t done = 0;
    while (done < e->size) {
        size_t piece = min(e->size - done, (uint64_t)PIECE_BYTES);
        long n = file_write(f, iov_iter_init_kernel(&one, (char *)e->data + done, piece), NULL, 0);
        if (n <= 0) {
            r = n < 0 ? (int)n : -ENOSPC;
            break;
        }
        done += (size_t)n;
        if (u->consumed != NULL && done >= PIECE_BYTES)
            u->consumed((const char *)e->data + done);
    }
    file_put(f);
    return r;
}

static const char *linked_name(struct unpack *u, const struct cpio_entry *e)
{
    for (struct seen *s = u->seen; s != NULL; s = s->next)
        if (s->ino == e->ino)
            return s->name;
    return NULL;
}

static void remember(struct unpack *u, const struct cpio_entry *e, const char *name)
{
    size_t n = strlen(name) + 1;
    struct seen *s = kmalloc(sizeof *s + n);

    if (s == NULL)
        return;
    s->ino = e->ino;
    memcpy(s->name, name, n);
    s->next = u->seen;
    u->seen = s;
}

static int make_regular(struct unpack *u, const struct cpio_entry *e, const char *name)
{
    const char *other = e->n_links > 1 ? linked_name(u, e) : NULL;

    if (other != NULL) {
        int r = vfs_link(AT_FDCWD, other, AT_FDCWD, name, 0);
        if (r != 0 || e->size == 0)
            return r;
    } else if (e->n_links > 1) {
        remember(u, e, name);
    }
    return write_data(u, name, e);
}

static int make_symlink(const struct cpio_entry *e, const char *name)
{
    char *target = kstrndup(e->data, e->size);

    if (target == NULL)
        return -ENOMEM;
    int r = vfs_symlink(target, AT_FDCWD, name);
    kfree(target);
    return r;
}

static int make_node(struct unpack *u, const struct cpio_entry *e, const char *name)
{
    int r;

    switch (e->mode & S_IFMT) {
    case S_IFREG:
        return make_regular(u, e, name);
    case S_IFLNK:
        return make_symlink(e, name);
    case S_IFDIR:
        r = vfs_mkdir(AT_FDCWD, name, e->mode & 07777);
        return r == -EEXIST ? 0 : r;
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK:
        r = vfs_mknod(AT_FDCWD, name, e->mode, makedev(e->rdev >> 32, e->rdev & 0xffffffff));
        return r == -EEXIST ? 0 : r;
    default:
        return -EINVAL;
    }
}

static int set_attributes(const struct cpio_entry *e, const char *name)
{
    struct inode_attr a = {.valid = ATTR_UID | ATTR_GID, .uid = e->uid, .gid = e->gid};
    struct vfs_path p;
    int r = vfs_walk(AT_FDCWD, name, WALK_NOFOLLOW, &p);

    if (r != 0)
        return r;
    r = vfs_set_attr(&p, &a);
    a = (struct inode_attr){.valid = ATTR_ATIME | ATTR_MTIME, .atime.tv_sec = (time_t)e->mtime, .mtime.tv_sec = (time_t)e->mtime};
    if (!S_ISLNK(e->mode)) {
        a.valid |= ATTR_MODE;
        a.mode = e->mode & 07777;
    }
    if (r == 0)
        r = vfs_set_attr(&p, &a);
    vfs_path_put(&p);
    return r;
}

static int make_member(struct unpack *u, const struct cpio_entry *e, const char *name)
{
    int r = make_node(u, e, name);

    if (r == -ENOENT) {
        make_parents(name);
        r = make_node(u, e, name);
    }
    return r == 0 ? set_attributes(e, name) : r;
}

static int unpack_one(const struct cpio_entry *e, void *arg)
{
    struct unpack *u = arg;
    const char *name = relative_name(e->name);

    if (*name == '\0' || strcmp(name, ".") == 0)
        return 0;
    char *copy = kstrdup(name); /* the archive's may be gone before we are done */
    if (copy == NULL)
        return -ENOMEM;
    int r = make_member(u, e, copy);
    if (r != 0 && u->n_failed++ < 10)
        log_warn("initrd: %s: error %d", copy, -r);
    kfree(copy);
    return r == -ENOSPC || r == -ENOMEM ? r : 0;
}

int cpio_unpack(const void *image, size_t n, void (*consumed)(const void *upto))
{
    struct unpack u = {.consumed = consumed};
    const char *why = "";
    int r = cpio_walk(image, n, unpack_one, &u, &why);

    if (r == -ENOSPC || r == -ENOMEM)
        log_error("initrd: memory is full; give the machine more");
    else if (r != 0)
        log_error("initrd: %s", why);
    while (u.seen != NULL) {
        struct seen *s = u.seen;
        u.seen = s->next;
        kfree(s);
    }
    return r;
}

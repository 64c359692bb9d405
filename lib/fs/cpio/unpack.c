// SPDX-License-Identifier: BSD-3-Clause
// From the members of an archive to files below the root.
#include "base/log.h"
#include "base/string.h"
#include "cpio/cpio.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"
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
    const char *image, *image_end; /* what @consumed is about */
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
        const char *upto = (const char *)e->data + done;
        if (u->consumed != NULL && done >= PIECE_BYTES && upto > u->image && upto <= u->image_end)
            u->consumed(upto);
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

/* ---- compressed archives ---- */

/*
 * A member at a time is collected in one buffer: the parser wants it whole, and the largest member is all the memory it takes beside the
 * compressed image and the files.
 */
struct collector {
    struct unpack *unpack;
    char *member;
    size_t room, have, wanted;
    const char *why;
};

static int collector_grow(struct collector *c, size_t wanted)
{
    if (wanted > c->room) {
        char *bigger = kmap_alloc(ALIGN_UP(wanted, 65536));
        if (bigger == NULL)
            return -ENOMEM;
        memcpy(bigger, c->member, c->have);
        kmap_free(c->member);
        c->member = bigger;
        c->room = ALIGN_UP(wanted, 65536);
    }
    c->wanted = wanted;
    return 0;
}

/* c->wanted bytes are there: a header, or a whole member. */
static int collected(struct collector *c)
{
    const char *rest;
    int64_t n = cpio_member_bytes(c->member);

    if (n < 0) {
        c->why = "bad header in the decompressed archive";
        return -EINVAL;
    }
    if ((size_t)n > c->have)
        return collector_grow(c, (size_t)n);
    c->have = 0;
    c->wanted = CPIO_HEADER_BYTES;
    return cpio_walk(c->member, (size_t)n, unpack_one, c->unpack, &c->why, &rest);
}

static int collect(void *arg, const void *bytes, size_t n)
{
    struct collector *c = arg;
    const char *p = bytes, *end = p + n;
    int r = 0;

    while (p < end && r == 0) {
        if (c->have == 0 && *p == '\0') { /* between members */
            p++;
            continue;
        }
        size_t part = min(c->wanted - c->have, (size_t)(end - p));
        memcpy(c->member + c->have, p, part);
        c->have += part;
        p += part;
        if (c->have == c->wanted)
            r = collected(c);
    }
    return r;
}

/* In the image only if something asks for them. */
#pragma weak osv_initrd_gzip
#pragma weak osv_initrd_lz4

static int decompress(struct unpack *u, const char *at, size_t n, size_t *used, const char **why)
{
    bool gzip = (unsigned char)at[0] == 0x1f, lz4 = at[0] == 0x02 || at[0] == 0x04;
    struct collector c = {.unpack = u, .wanted = CPIO_HEADER_BYTES};
    int r = -EOPNOTSUPP;

    if (gzip ? osv_initrd_gzip == NULL : !lz4 || osv_initrd_lz4 == NULL)
        return r;
    c.member = kmap_alloc(65536);
    if (c.member == NULL)
        return -ENOMEM;
    c.room = 65536;
    r = gzip ? osv_initrd_gzip(at, n, used, collect, &c) : osv_initrd_lz4(at, n, used, collect, &c);
    if (r == 0 && c.have != 0)
        r = -EINVAL;
    if (r != 0)
        *why = c.why != NULL ? c.why : "compressed data are damaged or cut short";
    kmap_free(c.member);
    return r;
}

static int unpack_all(struct unpack *u, const char *image, size_t n, const char **why)
{
    const char *end = image + n, *rest = NULL;
    size_t used = 0;

    for (;;) {
        int r = cpio_walk(image, (size_t)(end - image), unpack_one, u, why, &rest);
        if (r != -EOPNOTSUPP)
            return r;
        r = decompress(u, rest, (size_t)(end - rest), &used, why);
        if (r != 0)
            return r;
        image = rest + used;
    }
}

int cpio_unpack(const void *image, size_t n, void (*consumed)(const void *upto))
{
    struct unpack u = {.consumed = consumed, .image = image, .image_end = (const char *)image + n};
    const char *why = "";
    int r = unpack_all(&u, image, n, &why);

    if (r == -ENOSPC || r == -ENOMEM)
        log_error("initrd: memory is full; give the machine more");
    else if (r == -EOPNOTSUPP)
        log_error("initrd: %s, which this image cannot read: decompress it, or link with -Wl,-u,osv_initrd_gzip or osv_initrd_lz4", why);
    else if (r != 0)
        log_error("initrd: %s", why);
    while (u.seen != NULL) {
        struct seen *s = u.seen;
        u.seen = s->next;
        kfree(s);
    }
    return r;
}

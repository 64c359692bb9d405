// SPDX-License-Identifier: BSD-3-Clause
// /proc/PID/fd and fdinfo.
#include "base/format.h"
#include "base/string.h"
#include "device/console.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "procfs_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* The process's table, with a reference; a thread that made its own (CLONE_FILES off) shows it as itself. */
static struct fd_table *table_of(const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);
    struct fd_table *t = NULL;

    if (p == NULL)
        return NULL;
    if (p == process_current())
        t = fd_table_get(fd_table_current());
    else if (p->files != NULL && !p->exiting)
        t = fd_table_get(p->files);
    process_put(p);
    return t;
}

static struct file *file_of(const struct pseudo_context *c)
{
    struct fd_table *t = table_of(c);
    struct file *f = t == NULL ? NULL : fd_table_file(t, (int)c->sub);

    if (t != NULL)
        fd_table_put(t);
    return f;
}

static int link_fd(const struct pseudo_context *c, char *buf, size_t n)
{
    struct file *f = file_of(c);
    struct stat st;
    int r;

    if (f == NULL)
        return -ENOENT;
    if (f->path != NULL)
        r = vfs_path_string(f->path, buf, n);
    else if (f->ops->stat != NULL && strcmp(f->ops->kind, "socket") == 0 && f->ops->stat(f, &st) == 0)
        r = format_string(buf, n, "socket:[%llu]", (unsigned long long)st.st_ino); /* as fstat(2) and /proc/net say */
    else if (strcmp(f->ops->kind, "pipe") == 0 || strcmp(f->ops->kind, "socket") == 0)
        r = format_string(buf, n, "%s:[%llu]", f->ops->kind, (unsigned long long)((uintptr_t)f->priv >> 4 & 0x7fffffff));
    else if (strcmp(f->ops->kind, "tty") == 0)
        r = format_string(buf, n, "/dev/console");
    else
        r = format_string(buf, n, "anon_inode:[%s]", f->ops->kind);
    file_put(f);
    return r;
}

static int follow_fd(const struct pseudo_context *c, struct vfs_path *out)
{
    struct file *f = file_of(c);
    int r = 0;

    if (f == NULL)
        return -ENOENT;
    if (f->path != NULL) {
        *out = *f->path;
        vfs_path_get(out);
    } else if (strcmp(f->ops->kind, "tty") == 0 || console_stream_owns(f)) {
        r = vfs_walk(AT_FDCWD, "/dev/console", 0, out);
    } else {
        r = -ENXIO; /* nothing to open a second time */
    }
    file_put(f);
    return r;
}

static int show_fdinfo(struct text *t, const struct pseudo_context *c)
{
    struct file *f = file_of(c);
    char extra[512] = "";

    if (f == NULL)
        return -ENOENT;
    text_add(t, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%llu\nino:\t%llu\n", (long long)f->pos, f->flags,
             (unsigned long long)(f->path != NULL ? vfs_mount_id(f->path) : 0),
             (unsigned long long)(f->inode != NULL ? f->inode->number : 0));
    if (f->ops->fdinfo != NULL)
        f->ops->fdinfo(f, extra, sizeof extra);
    text_add(t, "%s", extra);
    file_put(f);
    return 0;
}

static const struct pseudo_node fd_link = {.name = "", .mode = 0700, .link = link_fd, .follow = follow_fd};
static const struct pseudo_node fdinfo_file = {.name = "", .show = show_fdinfo};

static int find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out, const struct pseudo_node *node)
{
    if (!proc_parse_number(name, len, &out->sub))
        return -ENOENT;
    struct file *f = file_of(out);
    if (f == NULL)
        return -ENOENT;
    file_put(f);
    out->node = node;
    return 0;
}

static bool list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out, const struct pseudo_node *node)
{
    struct fd_table *t = table_of(c);
    int fd = t == NULL ? -1 : fd_next(t, 0);

    while (fd >= 0 && index-- > 0)
        fd = fd_next(t, fd + 1);
    if (t != NULL)
        fd_table_put(t);
    if (fd < 0)
        return false;
    format_string(name, 64, "%d", fd);
    out->node = node;
    out->sub = fd;
    return true;
}

int proc_fd_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    return find(c, name, len, out, &fd_link);
}

bool proc_fd_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    return list(c, index, name, out, &fd_link);
}

int proc_fdinfo_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    return find(c, name, len, out, &fdinfo_file);
}

bool proc_fdinfo_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    return list(c, index, name, out, &fdinfo_file);
}

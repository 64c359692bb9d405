// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes of ramfs: a short list an inode.
#include "ramfs_private.h"

#include "base/string.h"
#include <errno.h>
#include <sys/xattr.h>

static struct ram_xattr **find(struct ram_inode *r, const char *name)
{
    struct ram_xattr **at = &r->xattrs;

    while (*at != NULL && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

static void xattr_free(struct ram_xattr *x)
{
    kfree(x->value);
    kfree(x);
}

long ram_get_xattr(struct inode *i, const char *name, void *buf, size_t n)
{
    struct ram_xattr *x = *find(ram_of(i), name);

    if (x == NULL)
        return -ENODATA;
    if (n == 0)
        return (long)x->size;
    if (n < x->size)
        return -ERANGE;
    memcpy(buf, x->value, x->size);
    return (long)x->size;
}

int ram_set_xattr(struct inode *i, const char *name, const void *buf, size_t n, int flags)
{
    struct ram_xattr **at = find(ram_of(i), name), *fresh;
    size_t len = strlen(name);

    if (*at != NULL && (flags & XATTR_CREATE))
        return -EEXIST;
    if (*at == NULL && (flags & XATTR_REPLACE))
        return -ENODATA;
    fresh = kmalloc(sizeof *fresh + len + 1);
    if (fresh == NULL)
        return -ENOSPC;
    fresh->value = kmalloc(n);
    if (fresh->value == NULL) {
        kfree(fresh);
        return -ENOSPC;
    }
    memcpy(fresh->value, buf, n);
    memcpy(fresh->name, name, len + 1);
    fresh->size = n;
    fresh->next = *at != NULL ? (*at)->next : NULL;
    if (*at != NULL)
        xattr_free(*at);
    *at = fresh;
    return 0;
}

long ram_list_xattr(struct inode *i, char *buf, size_t n)
{
    size_t total = 0;

    for (struct ram_xattr *x = ram_of(i)->xattrs; x != NULL; x = x->next) {
        size_t len = strlen(x->name) + 1;
        if (n != 0) {
            if (total + len > n)
                return -ERANGE;
            memcpy(buf + total, x->name, len);
        }
        total += len;
    }
    return (long)total;
}

int ram_remove_xattr(struct inode *i, const char *name)
{
    struct ram_xattr **at = find(ram_of(i), name), *x = *at;

    if (x == NULL)
        return -ENODATA;
    *at = x->next;
    xattr_free(x);
    return 0;
}

void ram_free_xattrs(struct ram_inode *r)
{
    while (r->xattrs != NULL) {
        struct ram_xattr *x = r->xattrs;
        r->xattrs = x->next;
        xattr_free(x);
    }
}

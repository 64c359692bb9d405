// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX names: paths in the file system and the abstract name space.
#include "base/format.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "proc.h"
#include "unix.h"
#include "vfs/path.h"
#include "vfs/pseudo.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>

/*
 * Theory. A bound socket is in one list, found either by its abstract name or by the inode its path leads to; the list is short in any single
 * program. Names are immutable and counted, because queued messages carry their sender's.
 */

struct mutex unix_names_lock = MUTEX_INIT(unix_names_lock);
static struct list_node bound = {&bound, &bound};

void unix_name_put(struct unix_name *n)
{
    if (n != NULL && __atomic_sub_fetch((uint32_t *)&n->refs, 1, __ATOMIC_ACQ_REL) == 0)
        kfree(n);
}

enum { PATH_OFFSET = offsetof(struct sockaddr_un, sun_path) };

/* Checks an address; a path gets its terminator. Return: length of the name part, -EINVAL. 0: unnamed (autobind). */
static int check_address(const struct sockaddr *addr, unsigned n, struct sockaddr_un *out)
{
    if (n < PATH_OFFSET || n > sizeof *out)
        return -EINVAL;
    memset(out, 0, sizeof *out);
    memcpy(out, addr, n);
    if (out->sun_family != AF_UNIX)
        return -EINVAL;
    return (int)(n - PATH_OFFSET);
}

static struct unix_name *make_name(const struct sockaddr_un *addr, unsigned name_bytes)
{
    struct unix_name *n = kzalloc(sizeof *n);
    if (n == NULL)
        return NULL;
    n->refs = 1;
    n->addr = *addr;
    if (addr->sun_path[0] != '\0')
        name_bytes = (unsigned)strnlen(addr->sun_path, sizeof addr->sun_path) + 1;
    n->bytes = PATH_OFFSET + name_bytes;
    return n;
}

static struct unix_socket *find_abstract(const struct unix_name *want, const struct unix_socket *not_this)
{
    struct unix_socket *u;
    LIST_FOR_EACH (u, &bound, name_link)
        if (u != not_this && u->inode == NULL && u->name->bytes == want->bytes && memcmp(&u->name->addr, &want->addr, want->bytes) == 0)
            return u;
    return NULL;
}

static struct unix_socket *find_inode(const struct inode *inode)
{
    struct unix_socket *u;
    LIST_FOR_EACH (u, &bound, name_link)
        if (u->inode == inode)
            return u;
    return NULL;
}

static void publish(struct unix_socket *u, struct unix_name *name, struct inode *inode)
{
    u->name = name;
    u->inode = inode;
    list_push_back(&bound, &u->name_link);
}

static int bind_path(struct unix_socket *u, struct unix_name *name)
{
    char path[sizeof name->addr.sun_path + 1];
    strlcpy(path, name->addr.sun_path, sizeof path);
    int err = vfs_mknod(AT_FDCWD, path, S_IFSOCK | 0777, 0);
    if (err)
        return err == -EEXIST ? -EADDRINUSE : err;
    struct vfs_path where;
    err = vfs_walk(AT_FDCWD, path, WALK_NOFOLLOW, &where);
    if (err)
        return err;
    publish(u, name, inode_get(vfs_path_inode(&where)));
    vfs_path_put(&where);
    return 0;
}

int unix_autobind(struct unix_socket *u)
{
    static unsigned next;
    int err = 0;
    mutex_lock(&unix_names_lock);
    for (unsigned tries = 0; u->name == NULL && tries < 0x100000; tries++) {
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        format_string(a.sun_path + 1, 6, "%05x", next++ & 0xfffff);
        struct unix_name *n = make_name(&a, 6);
        if (n == NULL) {
            err = -ENOMEM;
            break;
        }
        if (find_abstract(n, NULL) == NULL)
            publish(u, n, NULL);
        else
            unix_name_put(n);
    }
    mutex_unlock(&unix_names_lock);
    return err;
}

int unix_bind(struct unix_socket *u, const struct sockaddr *addr, unsigned n)
{
    struct sockaddr_un a;
    int bytes = check_address(addr, n, &a);
    if (bytes < 0)
        return bytes;
    if (u->name != NULL)
        return -EINVAL;
    if (bytes == 0)
        return unix_autobind(u);
    struct unix_name *name = make_name(&a, (unsigned)bytes);
    if (name == NULL)
        return -ENOMEM;
    int err = 0;
    mutex_lock(&unix_names_lock);
    if (u->name != NULL)
        err = -EINVAL;
    else if (a.sun_path[0] != '\0')
        err = bind_path(u, name);
    else if (find_abstract(name, NULL) != NULL)
        err = -EADDRINUSE;
    else
        publish(u, name, NULL);
    mutex_unlock(&unix_names_lock);
    if (err)
        unix_name_put(name);
    return err;
}

void unix_unbind(struct unix_socket *u)
{
    mutex_lock(&unix_names_lock);
    struct inode *inode = u->inode;
    if (u->name != NULL)
        list_remove(&u->name_link);
    u->inode = NULL;
    mutex_unlock(&unix_names_lock);
    if (inode != NULL)
        inode_put(inode);
}

static int lookup_path(const struct sockaddr_un *a, struct unix_socket **out)
{
    char path[sizeof a->sun_path + 1];
    struct vfs_path where;
    memcpy(path, a->sun_path, sizeof a->sun_path);
    path[sizeof path - 1] = '\0';
    int err = vfs_walk(AT_FDCWD, path, 0, &where);
    if (err)
        return err;
    struct inode *inode = vfs_path_inode(&where);
    err = vfs_permission(inode, 2, vfs_current_cred());
    if (err) {
    } else if (!S_ISSOCK(inode->mode)) {
        err = -ECONNREFUSED;
    } else {
        mutex_lock(&unix_names_lock);
        *out = find_inode(inode);
        if (*out != NULL)
            unix_get(*out);
        mutex_unlock(&unix_names_lock);
        err = *out != NULL ? 0 : -ECONNREFUSED;
    }
    vfs_path_put(&where);
    return err;
}

int unix_lookup(const struct sockaddr *addr, unsigned n, int type, struct unix_socket **out)
{
    struct sockaddr_un a;
    int bytes = check_address(addr, n, &a);
    if (bytes < 0)
        return bytes;
    if (bytes == 0)
        return -EINVAL;
    struct unix_socket *found = NULL;
    if (a.sun_path[0] != '\0') {
        int err = lookup_path(&a, &found);
        if (err)
            return err;
    } else {
        struct unix_name *want = make_name(&a, (unsigned)bytes);
        if (want == NULL)
            return -ENOMEM;
        mutex_lock(&unix_names_lock);
        found = find_abstract(want, NULL);
        if (found != NULL)
            unix_get(found);
        mutex_unlock(&unix_names_lock);
        unix_name_put(want);
        if (found == NULL)
            return -ECONNREFUSED;
    }
    if (found->s.type != type) {
        unix_put(found);
        return -EPROTOTYPE;
    }
    *out = found;
    return 0;
}

/* Sockets with a name: the others have nothing that a reader could know them by. Abstract names begin with @, zero bytes too. */
int proc_net_unix(struct text *t, const struct pseudo_context *c)
{
    struct unix_socket *u;
    text_add(t, "Num       RefCount Protocol Flags    Type St Inode Path\n");
    mutex_lock(&unix_names_lock);
    LIST_FOR_EACH (u, &bound, name_link) {
        const struct unix_name *n = u->name;
        bool listening = u->state == UNIX_LISTENING;
        text_add(t, "%016x: %08X %08X %08X %04X %02X %5lu ", 0u, u->refs, 0u, listening ? 0x10000u : 0u, (unsigned)u->s.type,
                 u->state == UNIX_CONNECTED ? 3u : 1u, (unsigned long)u->s.inode_number);
        for (unsigned k = 0; k + PATH_OFFSET < n->bytes; k++) {
            char b = n->addr.sun_path[k];
            if (b == '\0' && k > 0 && u->inode != NULL)
                break;
            text_add(t, "%c", b == '\0' ? '@' : b);
        }
        text_add(t, "\n");
    }
    mutex_unlock(&unix_names_lock);
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// Sockets: creation, names, connections, options.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "net/socket.h"
#include "socket_call.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

long sys_socket(int family, int type, int protocol)
{
    struct file *f;
    int err = net_start(family);
    if (!err)
        err = socket_create(family, type, protocol, &f);
    return err ? err : fd_open_file(f, type & SOCK_CLOEXEC);
}

long sys_socketpair(int family, int type, int protocol, int *fds)
{
    struct file *f[2];
    struct fd_table *t = fd_table_current();
    int err = net_start(family);
    if (!err)
        err = socket_create_pair(family, type, protocol, f);
    if (err)
        return err;
    int fd[2];
    fd[0] = fd_alloc(t, 0, type & SOCK_CLOEXEC);
    fd[1] = fd[0] < 0 ? fd[0] : fd_alloc(t, 0, type & SOCK_CLOEXEC);
    err = fd[1] < 0 ? fd[1] : copy_out(fds, fd, sizeof fd);
    if (err) {
        for (unsigned i = 0; i < 2; i++) {
            if (fd[i] >= 0)
                fd_release_reserved(t, fd[i]);
            file_put(f[i]);
        }
        return err;
    }
    fd_install(t, fd[0], f[0]);
    fd_install(t, fd[1], f[1]);
    return 0;
}

int socket_get(int fd, struct file **f, struct socket **s)
{
    *f = fd_get(fd);
    if (*f == NULL)
        return -EBADF;
    *s = socket_from_file(*f);
    if (*s != NULL)
        return 0;
    file_put(*f);
    return -ENOTSOCK;
}

int socket_address_in(const struct sockaddr *user, int n, struct sockaddr_storage *out)
{
    if (n < 0 || (size_t)n > sizeof *out)
        return -EINVAL;
    *out = (struct sockaddr_storage){0};
    return n == 0 ? 0 : copy_in(out, user, (size_t)n);
}

int socket_address_out(const struct sockaddr_storage *from, unsigned n, struct sockaddr *user, int *user_n)
{
    uint32_t room;
    if (get_user_u32(&room, user_n) != 0)
        return -EFAULT;
    if ((int)room < 0)
        return -EINVAL;
    if (copy_out(user, from, room < n ? room : n) != 0)
        return -EFAULT;
    return put_user_u32(user_n, n);
}

long sys_bind(int fd, const struct sockaddr *addr, int n)
{
    struct file *f;
    struct socket *s;
    struct sockaddr_storage a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = socket_address_in(addr, n, &a);
    if (!err)
        err = s->ops->bind != NULL ? s->ops->bind(s, (struct sockaddr *)&a, (unsigned)n) : -EOPNOTSUPP;
    file_put(f);
    return err;
}

long sys_connect(int fd, const struct sockaddr *addr, int n)
{
    struct file *f;
    struct socket *s;
    struct sockaddr_storage a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = socket_address_in(addr, n, &a);
    if (!err)
        err = s->ops->connect != NULL ? s->ops->connect(s, (struct sockaddr *)&a, (unsigned)n, f->flags & O_NONBLOCK) : -EOPNOTSUPP;
    file_put(f);
    return err;
}

long sys_listen(int fd, int backlog)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->listen != NULL ? s->ops->listen(s, backlog) : -EOPNOTSUPP;
    file_put(f);
    return err;
}

long sys_accept4(int fd, struct sockaddr *addr, int *addrlen, int flags)
{
    struct file *f, *new_file;
    struct socket *s;
    if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC))
        return -EINVAL;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = socket_accept(f, flags & SOCK_NONBLOCK ? O_NONBLOCK : 0, &new_file);
    file_put(f);
    if (err)
        return err;
    if (addr != NULL) {
        struct sockaddr_storage a;
        unsigned n = sizeof a;
        s = socket_from_file(new_file);
        s->just_accepted = true;
        err = s->ops->name(s, true, &a, &n);
        s->just_accepted = false;
        if (err == -ENOTCONN)
            err = -ECONNABORTED;
        if (!err)
            err = socket_address_out(&a, n, addr, addrlen);
        if (err) {
            file_put(new_file);
            return err;
        }
    }
    return fd_open_file(new_file, flags & SOCK_CLOEXEC);
}

long sys_accept(int fd, struct sockaddr *addr, int *addrlen)
{
    return sys_accept4(fd, addr, addrlen, 0);
}

static long get_name(int fd, struct sockaddr *addr, int *addrlen, bool peer)
{
    struct file *f;
    struct socket *s;
    struct sockaddr_storage a;
    unsigned n = sizeof a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->name != NULL ? s->ops->name(s, peer, &a, &n) : -EOPNOTSUPP;
    if (!err)
        err = socket_address_out(&a, n, addr, addrlen);
    file_put(f);
    return err;
}

long sys_getsockname(int fd, struct sockaddr *addr, int *addrlen) { return get_name(fd, addr, addrlen, false); }
long sys_getpeername(int fd, struct sockaddr *addr, int *addrlen) { return get_name(fd, addr, addrlen, true); }

long sys_shutdown(int fd, int how)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    if (how < SHUT_RD || how > SHUT_RDWR)
        err = -EINVAL;
    else
        err = s->ops->shutdown != NULL ? s->ops->shutdown(s, how) : -EOPNOTSUPP;
    file_put(f);
    return err;
}

#define OPTION_BYTES_MAX 256

long sys_setsockopt(int fd, int level, int name, const void *value, int len)
{
    struct file *f;
    struct socket *s;
    uint8_t buf[OPTION_BYTES_MAX] = {0};
    if (len < 0)
        return -EINVAL;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    unsigned n = (unsigned)len < sizeof buf ? (unsigned)len : sizeof buf;
    err = n ? copy_in(buf, value, n) : 0;
    if (!err)
        err = socket_set_option(s, level, name, buf, n);
    file_put(f);
    return err;
}

long sys_getsockopt(int fd, int level, int name, void *value, int *len)
{
    struct file *f;
    struct socket *s;
    uint8_t buf[OPTION_BYTES_MAX] = {0};
    uint32_t n;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = get_user_u32(&n, len);
    if (!err && (int)n < 0)
        err = -EINVAL;
    unsigned room = n < sizeof buf ? n : sizeof buf;
    if (!err && level == SOL_PACKET) /* PACKET_HDRLEN asks with a value */
        err = copy_in(buf, value, room);
    if (!err)
        err = socket_get_option(s, level, name, buf, &room);
    if (!err)
        err = room ? copy_out(value, buf, room) : 0;
    if (!err)
        err = put_user_u32(len, room);
    file_put(f);
    return err;
}

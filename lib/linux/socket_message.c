// SPDX-License-Identifier: BSD-3-Clause
// Sockets: sending and receiving messages.
#define _GNU_SOURCE /* struct mmsghdr */
#include "arch/uaccess.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "iovec.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "net/socket.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/time.h"
#include "socket_call.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define CONTROL_MAX 20480 /* net.core.optmem_max */
#define MMSG_MAX 1024
#ifndef MSG_CMSG_COMPAT
#define MSG_CMSG_COMPAT 0x80000000u
#endif

/* A stream whose reader is gone: EPIPE, and SIGPIPE unless the caller declines it. */
static long after_send(struct socket *s, long r, unsigned flags)
{
    if (r == -EPIPE && !(flags & MSG_NOSIGNAL) && s->type != SOCK_DGRAM)
        signal_send_thread(process_thread_current(), SIGPIPE, NULL);
    return r;
}

static long do_send(struct file *f, struct socket *s, struct socket_msg *m, unsigned flags)
{
    m->flags = flags;
    m->nonblock = (flags & MSG_DONTWAIT) || (f->flags & O_NONBLOCK);
    return after_send(s, s->ops->send(s, m), flags);
}

long sys_sendto(int fd, const void *buf, size_t len, unsigned flags, const struct sockaddr *addr, int addrlen)
{
    struct file *f;
    struct socket *s;
    struct iov_one one;
    struct socket_msg m = {0};
    if (len > INT_MAX)
        len = INT_MAX & ~4095;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    if (addr != NULL) {
        err = socket_address_in(addr, addrlen, &m.name);
        m.name_bytes = (unsigned)addrlen;
    }
    if (!err && !user_range_ok(buf, len))
        err = -EFAULT;
    m.iter = iov_iter_init_user(&one, (void *)(uintptr_t)buf, len);
    long r = err ? err : do_send(f, s, &m, flags);
    file_put(f);
    return r;
}

long sys_recvfrom(int fd, void *buf, size_t len, unsigned flags, struct sockaddr *addr, int *addrlen)
{
    struct file *f;
    struct socket *s;
    struct iov_one one;
    struct socket_msg m = {0};
    if (len > INT_MAX)
        len = INT_MAX & ~4095;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    m.iter = iov_iter_init_user(&one, buf, len);
    m.flags = flags;
    m.nonblock = (flags & MSG_DONTWAIT) || (f->flags & O_NONBLOCK);
    long r = user_range_ok(buf, len) ? s->ops->receive(s, &m) : -EFAULT;
    if (r >= 0 && addr != NULL) {
        err = socket_address_out(&m.name, m.name_bytes, addr, addrlen);
        if (err)
            r = err;
    }
    file_put(f);
    return r;
}

static int import_control(const struct msghdr *h, struct socket_msg *m)
{
    if (h->msg_controllen == 0 || h->msg_control == NULL)
        return 0;
    if (h->msg_controllen > CONTROL_MAX)
        return -ENOBUFS;
    m->control = kmalloc(h->msg_controllen);
    if (m->control == NULL)
        return -ENOBUFS;
    m->control_bytes = h->msg_controllen;
    return copy_in(m->control, h->msg_control, h->msg_controllen);
}

static int check_vector(const struct msghdr *h)
{
    return (unsigned)h->msg_iovlen > IOV_MAX_SEGS ? -EMSGSIZE : 0;
}

static long send_one(struct file *f, struct socket *s, const struct msghdr *user, unsigned flags)
{
    struct msghdr h;
    struct iovec_copy c;
    struct socket_msg m = {0};
    if (copy_in(&h, user, sizeof h) != 0)
        return -EFAULT;
    int err = check_vector(&h);
    if (!err && h.msg_name != NULL && (int)h.msg_namelen != 0) {
        unsigned n = h.msg_namelen > sizeof m.name && (int)h.msg_namelen > 0 ? sizeof m.name : h.msg_namelen;
        err = socket_address_in(h.msg_name, (int)n, &m.name);
        m.name_bytes = n;
    }
    if (!err)
        err = import_control(&h, &m);
    if (!err)
        err = iovec_import(&c, h.msg_iov, (unsigned)h.msg_iovlen);
    if (err) {
        kfree(m.control);
        return err;
    }
    m.iter = &c.iter;
    long r = do_send(f, s, &m, flags);
    iovec_release(&c);
    kfree(m.control);
    return r;
}

long sys_sendmsg(int fd, const struct msghdr *msg, unsigned flags)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long r = send_one(f, s, msg, flags & ~MSG_CMSG_COMPAT);
    file_put(f);
    return r;
}

/* What goes back to the caller's msghdr after a receive. */
static int export_header(struct msghdr *user, const struct msghdr *h, const struct socket_msg *m, unsigned flags)
{
    if (h->msg_name != NULL) {
        unsigned n = m->name_bytes < h->msg_namelen ? m->name_bytes : h->msg_namelen;
        if (n && copy_out(h->msg_name, &m->name, n) != 0)
            return -EFAULT;
        if (put_user_u32(&user->msg_namelen, m->name_bytes) != 0)
            return -EFAULT;
    }
    if (m->control != NULL && m->control_bytes && copy_out(h->msg_control, m->control, m->control_bytes) != 0)
        return -EFAULT;
    if (put_user_u64(&user->msg_controllen, m->control != NULL ? m->control_bytes : 0) != 0)
        return -EFAULT;
    return put_user_u32(&user->msg_flags, m->flags | (flags & MSG_CMSG_CLOEXEC));
}

static long receive_one(struct file *f, struct socket *s, struct msghdr *user, unsigned flags)
{
    struct msghdr h;
    struct iovec_copy c;
    struct socket_msg m = {.flags = flags};
    if (copy_in(&h, user, sizeof h) != 0)
        return -EFAULT;
    int err = check_vector(&h);
    if (!err && h.msg_name != NULL && (int)h.msg_namelen < 0)
        err = -EINVAL;
    if (!err && h.msg_control != NULL && h.msg_controllen != 0) {
        size_t n = h.msg_controllen > CONTROL_MAX ? CONTROL_MAX : h.msg_controllen;
        m.control = kzalloc(n);
        m.control_bytes = n;
        err = m.control == NULL ? -ENOBUFS : 0;
    }
    if (!err)
        err = iovec_import(&c, h.msg_iov, (unsigned)h.msg_iovlen);
    if (err) {
        kfree(m.control);
        return err;
    }
    m.iter = &c.iter;
    m.nonblock = (flags & MSG_DONTWAIT) || (f->flags & O_NONBLOCK);
    long r = s->ops->receive(s, &m);
    if (r >= 0 && (err = export_header(user, &h, &m, flags)) != 0)
        r = err;
    iovec_release(&c);
    kfree(m.control);
    return r;
}

long sys_recvmsg(int fd, struct msghdr *msg, unsigned flags)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long r = receive_one(f, s, msg, flags & ~MSG_CMSG_COMPAT);
    file_put(f);
    return r;
}

long sys_sendmmsg(int fd, struct mmsghdr *msgs, unsigned vlen, unsigned flags)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    if (vlen > MMSG_MAX)
        vlen = MMSG_MAX;
    unsigned done = 0;
    long r = 0;
    while (done < vlen) {
        r = send_one(f, s, &msgs[done].msg_hdr, flags);
        if (r >= 0)
            r = put_user_u32(&msgs[done].msg_len, (uint32_t)r);
        if (r < 0)
            break;
        done++;
    }
    file_put(f);
    return done > 0 ? (long)done : r;
}

long sys_recvmmsg(int fd, struct mmsghdr *msgs, unsigned vlen, unsigned flags, struct timespec *timeout)
{
    struct file *f;
    struct socket *s;
    struct timespec ts;
    nsec_t deadline = NSEC_FOREVER;
    if (timeout != NULL) {
        if (copy_in(&ts, timeout, sizeof ts) != 0)
            return -EFAULT;
        if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= 1000000000)
            return -EINVAL;
        deadline = ts.tv_sec > INT_MAX ? NSEC_FOREVER : clock_monotonic_ns() + ts.tv_sec * 1000000000 + ts.tv_nsec;
    }
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    if (vlen > MMSG_MAX)
        vlen = MMSG_MAX;
    unsigned done = 0;
    long r = 0;
    while (done < vlen) {
        unsigned one = flags & ~MSG_WAITFORONE;
        if (done > 0 && (flags & MSG_WAITFORONE))
            one |= MSG_DONTWAIT;
        r = receive_one(f, s, &msgs[done].msg_hdr, one);
        if (r >= 0)
            r = put_user_u32(&msgs[done].msg_len, (uint32_t)r);
        if (r < 0)
            break;
        done++;
        if (deadline != NSEC_FOREVER && clock_monotonic_ns() >= deadline)
            break;
    }
    file_put(f);
    if (timeout != NULL && done > 0) { /* what is left of the time */
        nsec_t left = deadline == NSEC_FOREVER ? 0 : deadline - clock_monotonic_ns();
        ts = (struct timespec){.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
        if (copy_out(timeout, &ts, sizeof ts) != 0)
            return -EFAULT;
    }
    return done > 0 ? (long)done : r;
}

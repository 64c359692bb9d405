// SPDX-License-Identifier: BSD-3-Clause
// Sockets as files: creation, readiness, SOL_SOCKET options.
#include "net/socket.h"

#include "abi/ioctl.h"
#include "base/string.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "sched/thread.h"
#include "sched/time.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>

/*
 * Theory. A socket is a file whose private object is a struct socket, the first member of its family's object. Families register
 * themselves when they are linked and started. Options of level SOL_SOCKET that are plain state live here; those a protocol must hear of are
 * offered to it first. Readiness has one wait queue; wake-ups carry the POLL bits as key.
 */

static const struct socket_family *families;
static _Atomic uint64_t next_inode = 1000;

void socket_family_register(struct socket_family *f)
{
    f->next = families;
    families = f;
}

void socket_init(struct socket *s, const struct socket_ops *ops, int family, int type, int protocol)
{
    s->ops = ops;
    s->family = family;
    s->type = type;
    s->protocol = protocol;
    s->send_buffer = s->receive_buffer = 212992; /* net.core.[rw]mem_default */
    s->receive_low = 1;
    s->inode_number = __atomic_fetch_add((uint64_t *)&next_inode, 1, __ATOMIC_RELAXED);
    wait_queue_init(&s->wait);
}

void socket_notify(struct socket *s, unsigned mask)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the condition is visible before we look for sleepers */
    if (wait_queue_active(&s->wait))
        wait_queue_wake(&s->wait, 1, mask);
}

int socket_take_error(struct socket *s)
{
    if (s->error == 0)
        return 0;
    return -__atomic_exchange_n((int *)&s->error, 0, __ATOMIC_SEQ_CST);
}

nsec_t socket_deadline(nsec_t timeout_ns) { return timeout_ns == 0 ? NSEC_FOREVER : clock_monotonic_ns() + timeout_ns; }

static struct socket *of(struct file *f) { return f->priv; }

static long read_op(struct file *f, struct iov_iter *it, struct io *io)
{
    struct socket_msg m = {.iter = it, .nonblock = io->nonblock};
    if (it->remaining == 0)
        return 0;
    return of(f)->ops->receive(of(f), &m);
}

static long write_op(struct file *f, struct iov_iter *it, struct io *io)
{
    struct socket_msg m = {.iter = it, .nonblock = io->nonblock};
    return of(f)->ops->send(of(f), &m);
}

static unsigned poll_op(struct file *f, struct poll_table *pt)
{
    struct socket *s = of(f);
    poll_wait(pt, f, &s->wait);
    return s->ops->poll(s);
}

static long (*interface_ioctl)(unsigned cmd, unsigned long arg);

void socket_set_interface_ioctl(long (*fn)(unsigned cmd, unsigned long arg))
{
    interface_ioctl = fn;
}

static long ioctl_op(struct file *f, unsigned cmd, unsigned long arg)
{
    struct socket *s = of(f);
    if ((cmd & 0xff00) == 0x8900 && cmd >= SIOCGIFNAME && interface_ioctl != NULL) /* netdevice(7): on a socket of any family */
        return interface_ioctl(cmd, arg);
    return s->ops->ioctl != NULL ? s->ops->ioctl(s, cmd, arg) : -ENOTTY;
}

static int mmap_op(struct file *f, int prot, int flags, int64_t offset, size_t length, struct vm_object **out)
{
    struct socket *s = of(f);
    return s->ops->mmap != NULL ? s->ops->mmap(s, offset, length, out) : -ENODEV;
}

static int stat_op(struct file *f, struct stat *st)
{
    memset(st, 0, sizeof *st);
    st->st_mode = S_IFSOCK | 0777;
    st->st_ino = of(f)->inode_number;
    st->st_dev = 8;
    st->st_nlink = 1;
    st->st_blksize = 4096;
    return 0;
}

static void release_op(struct file *f)
{
    struct socket *s = of(f);
    s->ops->release(s);
}

static const struct file_ops socket_file_ops = {
    .kind = "socket",
    .read = read_op,
    .write = write_op,
    .poll = poll_op,
    .ioctl = ioctl_op,
    .mmap = mmap_op,
    .stat = stat_op,
    .release = release_op,
};

struct socket *socket_from_file(struct file *f) { return f->ops == &socket_file_ops ? of(f) : NULL; }

int socket_wrap(struct socket *s, unsigned file_flags, struct file **out)
{
    struct file *f = file_alloc(&socket_file_ops, O_RDWR | (file_flags & O_NONBLOCK), s);
    if (f == NULL) {
        s->ops->release(s);
        return -ENFILE;
    }
    s->file = f;
    *out = f;
    return 0;
}

static int create_object(int family, int type, int protocol, struct socket **out)
{
    int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (family < 0 || family >= AF_MAX)
        return -EAFNOSUPPORT;
    if (kind < 0 || kind > SOCK_PACKET || (type & ~(0xf | SOCK_NONBLOCK | SOCK_CLOEXEC)))
        return -EINVAL;
    for (const struct socket_family *f = families; f != NULL; f = f->next)
        if (f->family == family)
            return f->create(kind, protocol, out);
    return -EAFNOSUPPORT;
}

int socket_create(int family, int type, int protocol, struct file **out)
{
    struct socket *s;
    int err = create_object(family, type, protocol, &s);
    return err ? err : socket_wrap(s, type & SOCK_NONBLOCK ? O_NONBLOCK : 0, out);
}

int socket_create_pair(int family, int type, int protocol, struct file *out[2])
{
    int err = socket_create(family, type, protocol, &out[0]);
    if (err)
        return err;
    err = socket_create(family, type, protocol, &out[1]);
    if (!err) {
        struct socket *a = of(out[0]), *b = of(out[1]);
        err = a->ops->pair != NULL ? a->ops->pair(a, b) : -EOPNOTSUPP;
        if (err)
            file_put(out[1]);
    }
    if (err)
        file_put(out[0]);
    return err;
}

int socket_accept(struct file *listener, unsigned file_flags, struct file **out)
{
    struct socket *s = of(listener), *new_socket;
    if (s->ops->accept == NULL)
        return -EOPNOTSUPP;
    int err = s->ops->accept(s, (listener->flags & O_NONBLOCK) != 0, &new_socket);
    return err ? err : socket_wrap(new_socket, file_flags, out);
}

void socket_control_put(struct socket_msg *m, size_t *used, int level, int type, const void *data, size_t n)
{
    size_t room = m->control_bytes - *used;
    size_t need = CMSG_LEN(n);
    if (room < sizeof(struct cmsghdr)) {
        m->flags |= MSG_CTRUNC;
        return;
    }
    if (need > room) {
        m->flags |= MSG_CTRUNC;
        need = room;
    }
    struct cmsghdr h = {.cmsg_len = (socklen_t)need, .cmsg_level = level, .cmsg_type = type};
    memcpy(m->control + *used, &h, sizeof h);
    memcpy(m->control + *used + CMSG_LEN(0), data, need - CMSG_LEN(0));
    size_t space = CMSG_SPACE(n);
    *used += space < room ? space : need;
}

/* --- SOL_SOCKET ----------------------------------------------------------------------------------------------------- */

static int clamp_buffer(int v)
{
    const int max = 212992; /* net.core.[rw]mem_max */
    if (v < 0 || v > max)
        v = max;
    v *= 2; /* Linux doubles for its own overhead, and programs read that back */
    return v;
}

static int set_timeout(nsec_t *out, const void *value, unsigned n)
{
    struct timeval tv;
    if (n < sizeof tv)
        return -EINVAL;
    memcpy(&tv, value, sizeof tv);
    if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
        return -EDOM;
    if (tv.tv_sec < 0)
        *out = 1; /* times out at once */
    else if (tv.tv_sec > INT64_MAX / 1000000000 - 1)
        *out = 0;
    else
        *out = (nsec_t)tv.tv_sec * 1000000000 + (nsec_t)tv.tv_usec * 1000;
    return 0;
}

static int set_linger(struct socket *s, const void *value, unsigned n)
{
    struct linger l;
    if (n < sizeof l)
        return -EINVAL;
    memcpy(&l, value, sizeof l);
    s->linger_on = l.l_onoff != 0;
    if (s->linger_on)
        s->linger_seconds = l.l_linger;
    return 0;
}

static bool *flag_option(struct socket *s, int name)
{
    switch (name) {
    case SO_REUSEADDR: return &s->reuse_address;
    case SO_REUSEPORT: return &s->reuse_port;
    case SO_KEEPALIVE: return &s->keep_alive;
    case SO_BROADCAST: return &s->broadcast;
    case SO_DONTROUTE: return &s->dont_route;
    case SO_OOBINLINE: return &s->oob_inline;
    case SO_PASSCRED: return &s->pass_credentials;
    case SO_TIMESTAMP: return &s->timestamp;
    case SO_TIMESTAMPNS: return &s->timestamp_ns;
    case SO_NO_CHECK: return &s->no_check;
    default: return NULL;
    }
}

static int set_socket_level(struct socket *s, int name, const void *value, unsigned n)
{
    int v = 0;
    if (name == SO_RCVTIMEO)
        return set_timeout(&s->receive_timeout_ns, value, n);
    if (name == SO_SNDTIMEO)
        return set_timeout(&s->send_timeout_ns, value, n);
    if (name == SO_LINGER)
        return set_linger(s, value, n);
    if (name == SO_BINDTODEVICE) /* routes choose the interface; only "no device" can be had */
        return n == 0 || *(const char *)value == '\0' ? 0 : -EOPNOTSUPP;
    if (name == SO_ATTACH_FILTER || name == SO_ATTACH_BPF)
        return -EOPNOTSUPP; /* no packet filters */
    if (name == SO_DETACH_FILTER)
        return -ENOENT;
    if (n < sizeof v)
        return -EINVAL;
    memcpy(&v, value, sizeof v);
    bool *flag = flag_option(s, name);
    if (flag != NULL) {
        *flag = v != 0;
        return 0;
    }
    switch (name) {
    case SO_SNDBUF:
    case SO_SNDBUFFORCE:
        s->send_buffer_set = true;
        s->send_buffer = clamp_buffer(v) < 4608 ? 4608 : clamp_buffer(v);
        return 0;
    case SO_RCVBUF:
    case SO_RCVBUFFORCE:
        s->receive_buffer = clamp_buffer(v) < 2304 ? 2304 : clamp_buffer(v);
        return 0;
    case SO_RCVLOWAT: s->receive_low = v <= 0 ? (v < 0 ? 0x7fffffff : 1) : v; return 0;
    case SO_PRIORITY: s->priority = v; return 0;
    case SO_MARK: s->mark = v; return 0;
    case SO_BUSY_POLL:
    case SO_INCOMING_CPU: return 0;
    case SO_TYPE:
    case SO_PROTOCOL:
    case SO_DOMAIN:
    case SO_ERROR:
    case SO_ACCEPTCONN: return -ENOPROTOOPT;
    default: return -ENOPROTOOPT;
    }
}

int socket_set_option(struct socket *s, int level, int name, const void *value, unsigned n)
{
    int err = level == SOL_SOCKET ? set_socket_level(s, name, value, n) : -ENOPROTOOPT;
    if (err != 0 && level == SOL_SOCKET)
        return err;
    if (s->ops->set_option == NULL)
        return level == SOL_SOCKET ? 0 : -EOPNOTSUPP;
    int own = s->ops->set_option(s, level, name, value, n);
    return level == SOL_SOCKET && own == -ENOPROTOOPT ? 0 : own;
}

static int give(const void *value, unsigned size, void *out, unsigned *n)
{
    unsigned bytes = *n < size ? *n : size;
    memcpy(out, value, bytes);
    *n = bytes;
    return 0;
}

static int give_timeout(nsec_t ns, void *out, unsigned *n)
{
    struct timeval tv = {.tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000};
    return give(&tv, sizeof tv, out, n);
}

static int get_socket_level(struct socket *s, int name, void *value, unsigned *n)
{
    int v;
    bool *flag = flag_option(s, name);
    if (flag != NULL) {
        v = *flag;
        return give(&v, sizeof v, value, n);
    }
    switch (name) {
    case SO_TYPE: v = s->type; break;
    case SO_DOMAIN: v = s->family; break;
    case SO_PROTOCOL: v = s->protocol; break;
    case SO_ERROR: v = -socket_take_error(s); break;
    case SO_SNDBUF: v = s->send_buffer; break;
    case SO_RCVBUF: v = s->receive_buffer; break;
    case SO_RCVLOWAT: v = s->receive_low; break;
    case SO_SNDLOWAT: v = 1; break;
    case SO_PRIORITY: v = s->priority; break;
    case SO_MARK: v = s->mark; break;
    case SO_ACCEPTCONN: v = 0; break;
    case SO_BUSY_POLL: v = 0; break;
    case SO_INCOMING_CPU: v = (int)s->incoming_cpu; break;
    case SO_RCVTIMEO: return give_timeout(s->receive_timeout_ns, value, n);
    case SO_SNDTIMEO: return give_timeout(s->send_timeout_ns, value, n);
    case SO_LINGER: {
        struct linger l = {.l_onoff = s->linger_on, .l_linger = s->linger_seconds};
        return give(&l, sizeof l, value, n);
    }
    case SO_BINDTODEVICE: return give("", 0, value, n);
    default: return -ENOPROTOOPT;
    }
    return give(&v, sizeof v, value, n);
}

int socket_get_option(struct socket *s, int level, int name, void *value, unsigned *n)
{
    if (s->ops->get_option != NULL) {
        int own = s->ops->get_option(s, level, name, value, n);
        if (own != -ENOPROTOOPT)
            return own;
    }
    return level == SOL_SOCKET ? get_socket_level(s, name, value, n) : s->ops->get_option != NULL ? -ENOPROTOOPT : -EOPNOTSUPP;
}

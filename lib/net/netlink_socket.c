// SPDX-License-Identifier: BSD-3-Clause
// AF_NETLINK sockets: requests in, replies queued.
#include "base/string.h"
#include "core.h"
#include "file/iov_iter.h"
#include "mem/kalloc.h"
#include "net/inet.h"
#include "net/netlink.h"
#include "netlink.h"
#include <errno.h>

/*
 * Theory. A request is answered while it is being sent: the reply's messages are cut into datagrams of at most CHUNK bytes and queued on the
 * sender's own socket. Changes of links and addresses (rtnetlink_events.c) go to every socket that joined their group; a socket with BACKLOG_MAX
 * datagrams unread loses further ones and learns it by ENOBUFS.
 */

enum { BACKLOG_MAX = 256, CHUNK = 8192, REQUEST_MAX = 65536 };

struct datagram {
    struct list_node link;
    size_t bytes;
    uint8_t data[];
};

struct netlink_socket {
    struct socket s;
    struct mutex lock;
    uint32_t port, groups;
    struct list_node queue;
    unsigned n_queued;
    struct list_node all; /* all_lock */
    bool cap_ack, ext_ack, pkt_info, strict;
};
static struct netlink_socket *of(struct socket *s) { return (struct netlink_socket *)s; }
static _Atomic uint32_t next_port = 4000;
static struct mutex all_lock = MUTEX_INIT(all_lock); /* outside of a socket's lock */
static struct list_node all_sockets = {&all_sockets, &all_sockets};

static bool grow(struct netlink_reply *r, size_t n)
{
    if (r->failed)
        return false;
    if (r->used + n <= r->capacity)
        return true;
    size_t capacity = r->capacity ? r->capacity * 2 : 4096;
    while (capacity < r->used + n)
        capacity *= 2;
    uint8_t *bytes = krealloc(r->bytes, capacity);
    if (bytes == NULL) {
        r->failed = true;
        return false;
    }
    r->bytes = bytes;
    r->capacity = capacity;
    return true;
}

static void append(struct netlink_reply *r, const void *data, size_t n)
{
    size_t padded = NLMSG_ALIGN(n);
    if (!grow(r, padded))
        return;
    memcpy(r->bytes + r->used, data, n);
    memset(r->bytes + r->used + n, 0, padded - n);
    r->used += padded;
}

void netlink_begin(struct netlink_reply *r, uint16_t type, uint16_t flags, const void *fixed, size_t n)
{
    const struct nlmsghdr h = {.nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = r->seq, .nlmsg_pid = r->port};
    r->message = r->used;
    append(r, &h, sizeof h);
    append(r, fixed, n);
}

void netlink_attr(struct netlink_reply *r, uint16_t type, const void *data, size_t n)
{
    const struct nlattr a = {.nla_len = (uint16_t)(sizeof a + n), .nla_type = type};
    append(r, &a, sizeof a);
    append(r, data, n);
}

void netlink_end(struct netlink_reply *r)
{
    uint32_t n = (uint32_t)(r->used - r->message);
    if (!r->failed)
        memcpy(r->bytes + r->message, &n, sizeof n);
}

const void *netlink_find_attr(const uint8_t *attrs, size_t n, uint16_t type, size_t min, size_t *len)
{
    while (n >= sizeof(struct nlattr)) {
        struct nlattr a;
        memcpy(&a, attrs, sizeof a);
        if (a.nla_len < sizeof a || a.nla_len > n)
            return NULL;
        if ((a.nla_type & NLA_TYPE_MASK) == type) {
            *len = a.nla_len - sizeof a;
            return *len >= min ? attrs + sizeof a : NULL;
        }
        size_t step = NLA_ALIGN(a.nla_len);
        if (step > n)
            return NULL;
        attrs += step;
        n -= step;
    }
    return NULL;
}

static void acknowledge(struct netlink_reply *r, const struct nlmsghdr *h, int error)
{
    struct nlmsgerr e = {.error = error, .msg = *h};
    netlink_begin(r, NLMSG_ERROR, 0, &e, sizeof e);
    netlink_end(r);
}

static void answer(struct netlink_socket *s, const struct nlmsghdr *h, const uint8_t *payload, size_t n, struct netlink_reply *r)
{
    r->seq = h->nlmsg_seq;
    r->port = s->port;
    if (!(h->nlmsg_flags & NLM_F_REQUEST) || h->nlmsg_type < 16)
        return;
    net_lock();
    int err = s->s.protocol == NETLINK_ROUTE ? rtnetlink_request(h, payload, n, r) : -EOPNOTSUPP;
    net_unlock();
    if (err == 0 && (h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP && (h->nlmsg_type & 3) == 2) {
        int zero = 0;
        netlink_begin(r, NLMSG_DONE, NLM_F_MULTI, &zero, sizeof zero);
        netlink_end(r);
    } else if (err != 0 || (h->nlmsg_flags & NLM_F_ACK)) {
        acknowledge(r, h, err);
    }
}

/* Cuts the reply at message borders. */
static int queue_reply(struct netlink_socket *s, const struct netlink_reply *r)
{
    size_t at = 0;
    while (at < r->used) {
        size_t n = 0;
        while (at + n < r->used) {
            struct nlmsghdr h;
            memcpy(&h, r->bytes + at + n, sizeof h);
            size_t step = NLMSG_ALIGN(h.nlmsg_len);
            if (n > 0 && n + step > CHUNK)
                break;
            n += step;
        }
        struct datagram *d = kmalloc(sizeof *d + n);
        if (d == NULL)
            return -ENOBUFS;
        d->bytes = n;
        memcpy(d->data, r->bytes + at, n);
        mutex_lock(&s->lock);
        list_push_back(&s->queue, &d->link);
        s->n_queued++;
        mutex_unlock(&s->lock);
        at += n;
    }
    socket_notify(&s->s, POLLIN | POLLRDNORM);
    return 0;
}

void netlink_publish(uint32_t groups, const struct netlink_reply *r)
{
    struct netlink_socket *s;
    mutex_lock(&all_lock);
    LIST_FOR_EACH (s, &all_sockets, all) {
        if (s->s.protocol != NETLINK_ROUTE || !(s->groups & groups))
            continue;
        if (r->failed || s->n_queued >= BACKLOG_MAX || queue_reply(s, r) != 0) {
            s->s.error = ENOBUFS;
            socket_notify(&s->s, POLLIN | POLLERR);
        }
    }
    mutex_unlock(&all_lock);
}

static void need_port(struct netlink_socket *s)
{
    if (s->port == 0)
        s->port = __atomic_fetch_add((uint32_t *)&next_port, 1, __ATOMIC_RELAXED);
}

static long send_op(struct socket *sock, struct socket_msg *m)
{
    struct netlink_socket *s = of(sock);
    size_t n = m->iter->remaining;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    if (n > REQUEST_MAX)
        return -EMSGSIZE;
    uint8_t *buf = kmalloc(n ? n : 1);
    if (buf == NULL)
        return -ENOBUFS;
    struct netlink_reply r = {0};
    long err = iov_iter_take(m->iter, buf, n) == (long)n ? 0 : -EFAULT;
    need_port(s);
    for (size_t at = 0; !err && at + sizeof(struct nlmsghdr) <= n;) {
        struct nlmsghdr h;
        memcpy(&h, buf + at, sizeof h);
        if (h.nlmsg_len < sizeof h || h.nlmsg_len > n - at)
            break;
        answer(s, &h, buf + at + NLMSG_HDRLEN, h.nlmsg_len - NLMSG_HDRLEN, &r);
        at += NLMSG_ALIGN(h.nlmsg_len);
    }
    if (!err)
        err = r.failed ? -ENOBUFS : queue_reply(s, &r);
    kfree(r.bytes);
    kfree(buf);
    return err ? err : (long)n;
}

static long receive_op(struct socket *sock, struct socket_msg *m)
{
    struct netlink_socket *s = of(sock);
    unsigned in = m->flags;
    nsec_t deadline = socket_deadline(sock->receive_timeout_ns);
    if (in & MSG_OOB)
        return -EOPNOTSUPP;
    for (;;) {
        mutex_lock(&s->lock);
        if (!list_empty(&s->queue))
            break;
        mutex_unlock(&s->lock);
        int err = socket_take_error(sock); /* events were lost */
        if (err || m->nonblock)
            return err ? err : -EAGAIN;
        WAIT_EVENT(&sock->wait, !list_empty(&s->queue) || sock->error != 0, true, deadline, err);
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
    }
    struct datagram *d = container_of(s->queue.next, struct datagram, link);
    size_t whole = d->bytes, n = whole < m->iter->remaining ? whole : m->iter->remaining;
    long got = n ? iov_iter_put(m->iter, d->data, n) : 0;
    m->flags = n < whole ? MSG_TRUNC : 0;
    if (!(in & MSG_PEEK)) {
        list_remove(&d->link);
        s->n_queued--;
        kfree(d);
    }
    mutex_unlock(&s->lock);
    const struct sockaddr_nl from = {.nl_family = AF_NETLINK};
    memcpy(&m->name, &from, sizeof from);
    m->name_bytes = sizeof from;
    m->control_bytes = 0;
    if (got != (long)n)
        return -EFAULT;
    return in & MSG_TRUNC ? (long)whole : (long)n;
}

static int bind_op(struct socket *sock, const struct sockaddr *addr, unsigned n)
{
    struct netlink_socket *s = of(sock);
    struct sockaddr_nl a;
    if (n < sizeof a)
        return -EINVAL;
    memcpy(&a, addr, sizeof a);
    if (a.nl_family != AF_NETLINK)
        return -EINVAL;
    if (s->port != 0 && a.nl_pid != s->port)
        return -EINVAL;
    s->port = a.nl_pid;
    s->groups = a.nl_groups;
    need_port(s);
    return 0;
}

static int connect_op(struct socket *sock, const struct sockaddr *addr, unsigned n, bool nonblock)
{
    (void)nonblock;
    if (n < sizeof(struct sockaddr_nl))
        return -EINVAL;
    if (addr->sa_family != AF_NETLINK && addr->sa_family != AF_UNSPEC)
        return -EINVAL;
    need_port(of(sock));
    return 0;
}

static int name_op(struct socket *sock, bool peer, struct sockaddr_storage *out, unsigned *n)
{
    struct netlink_socket *s = of(sock);
    const struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = peer ? 0 : s->port, .nl_groups = peer ? 0 : s->groups};
    memset(out, 0, sizeof *out);
    memcpy(out, &a, sizeof a);
    *n = sizeof a;
    return 0;
}

static unsigned poll_op(struct socket *sock)
{
    return POLLOUT | POLLWRNORM | (list_empty(&of(sock)->queue) ? 0 : POLLIN | POLLRDNORM) | (sock->error != 0 ? POLLERR : 0);
}

static bool *flag_of(struct netlink_socket *s, int name)
{
    switch (name) {
    case NETLINK_CAP_ACK: return &s->cap_ack;
    case NETLINK_EXT_ACK: return &s->ext_ack;
    case NETLINK_PKTINFO: return &s->pkt_info;
    case NETLINK_GET_STRICT_CHK: return &s->strict;
    default: return NULL;
    }
}

static int set_option_op(struct socket *sock, int level, int name, const void *value, unsigned n)
{
    uint32_t v = 0;
    if (level != SOL_NETLINK)
        return -ENOPROTOOPT;
    if (n < sizeof v)
        return -EINVAL;
    memcpy(&v, value, sizeof v);
    bool *flag = flag_of(of(sock), name);
    if (flag != NULL) {
        *flag = v != 0;
        return 0;
    }
    if (name != NETLINK_ADD_MEMBERSHIP && name != NETLINK_DROP_MEMBERSHIP)
        return -ENOPROTOOPT;
    if (v < 1 || v > 32)
        return -EINVAL;
    struct netlink_socket *s = of(sock);
    s->groups = name == NETLINK_ADD_MEMBERSHIP ? s->groups | 1u << (v - 1) : s->groups & ~(1u << (v - 1));
    return 0;
}

static int get_option_op(struct socket *sock, int level, int name, void *value, unsigned *n)
{
    bool *flag = level == SOL_NETLINK ? flag_of(of(sock), name) : NULL;
    if (flag == NULL)
        return -ENOPROTOOPT;
    uint32_t v = *flag;
    if (*n < sizeof v)
        return -EINVAL;
    memcpy(value, &v, sizeof v);
    *n = sizeof v;
    return 0;
}

static void release_op(struct socket *sock)
{
    struct netlink_socket *s = of(sock);
    mutex_lock(&all_lock);
    list_remove(&s->all);
    mutex_unlock(&all_lock);
    while (!list_empty(&s->queue))
        kfree(container_of(list_pop_front(&s->queue), struct datagram, link));
    kfree(s);
}

int netlink_deliver(struct file *f, const void *bytes, size_t n)
{
    struct socket *sock = socket_from_file(f);

    if (sock == NULL)
        return -ENOTSOCK;
    if (sock->family != AF_NETLINK)
        return -EINVAL;
    if (n == 0)
        return 0;
    struct netlink_socket *s = of(sock);
    struct datagram *d = kmalloc(sizeof *d + n);
    if (d == NULL)
        return -ENOBUFS;
    d->bytes = n;
    memcpy(d->data, bytes, n);
    mutex_lock(&s->lock);
    list_push_back(&s->queue, &d->link);
    mutex_unlock(&s->lock);
    socket_notify(sock, POLLIN | POLLRDNORM);
    return 0;
}

static const struct socket_ops netlink_ops = {
    .bind = bind_op,
    .connect = connect_op,
    .name = name_op,
    .send = send_op,
    .receive = receive_op,
    .poll = poll_op,
    .set_option = set_option_op,
    .get_option = get_option_op,
    .release = release_op,
};

static int create(int type, int protocol, struct socket **out)
{
    if (type != SOCK_RAW && type != SOCK_DGRAM)
        return -ESOCKTNOSUPPORT;
    if (protocol != NETLINK_ROUTE && protocol != NETLINK_KOBJECT_UEVENT)
        return -EPROTONOSUPPORT;
    struct netlink_socket *s = kzalloc(sizeof *s);
    if (s == NULL)
        return -ENOMEM;
    socket_init(&s->s, &netlink_ops, AF_NETLINK, type, protocol);
    mutex_init(&s->lock);
    list_init(&s->queue);
    mutex_lock(&all_lock);
    list_push_back(&all_sockets, &s->all);
    mutex_unlock(&all_lock);
    *out = &s->s;
    return 0;
}

void netlink_family_register(void)
{
    static struct socket_family family = {.family = AF_NETLINK, .create = create};
    socket_family_register(&family);
    rtnetlink_events_start();
}

// SPDX-License-Identifier: BSD-3-Clause
// UDP, UDP-like ICMP ("ping") and raw sockets: messages in and out.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "datagram.h"
#include "file/iov_iter.h"
#include "inet.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip.h"
#include "lwip/prot/icmp.h"
#include "lwip/prot/ip4.h"
#include "lwip/raw.h"
#include "lwip/udp.h"
#include "mem/kalloc.h"
#include "netif_device.h"
#include "proc.h"
#include "sched/time.h"
#include <errno.h>
#include <sys/ioctl.h>
#include <time.h>

/*
 * Theory. A datagram socket is a bounded queue of received packets with who sent them, and a pcb. What does not fit SO_RCVBUF is dropped, as UDP may.
 * UDP and raw differ in the pcb they own and in what they send; receiving is the same. A ping socket (SOCK_DGRAM, IPPROTO_ICMP) is a raw
 * socket whose "port" is the ICMP identifier: only echo replies with it are delivered, without the IP header.
 */

static struct datagram_socket *datagram_of(struct socket *s) { return (struct datagram_socket *)s; }

static void enqueue(struct datagram_socket *d, struct pbuf *p, const ip_addr_t *from, uint16_t port)
{
    struct packet *k;
    size_t cost = p->tot_len + 256u;
    if (d->queued_bytes + cost > (size_t)d->i.s.receive_buffer || (d->i.s.shut & SOCKET_SHUT_RD) ||
        (k = kmalloc(sizeof *k)) == NULL) {
        d->drops++;
        pbuf_free(p);
        return;
    }
    const struct ip_hdr *h4 = ip_current_is_v6() ? NULL : ip4_current_header();
    *k = (struct packet){.data = p, .from = *from, .to = *ip_current_dest_addr(), .port = port, .when = clock_realtime_ns()};
    k->interface = ip_current_input_netif() != NULL ? netif_get_index(ip_current_input_netif()) : 0;
    k->ttl = h4 != NULL ? IPH_TTL(h4) : IP6H_HOPLIM(ip6_current_header());
    k->tos = h4 != NULL ? IPH_TOS(h4) : (uint8_t)IP6H_TC(ip6_current_header());
    if (d->tail != NULL)
        d->tail->next = k;
    else
        d->head = k;
    d->tail = k;
    d->queued_bytes += cost;
    socket_notify(&d->i.s, POLLIN | POLLRDNORM);
}

static void on_udp(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
    (void)pcb;
    enqueue(arg, p, from, port);
}

struct datagram_socket *datagram_of_udp(const struct udp_pcb *pcb) { return pcb->recv == on_udp ? pcb->recv_arg : NULL; }

void net_udp_view(const struct udp_pcb *pcb, struct net_udp_view *out)
{
    *out = (struct net_udp_view){0};
    if (pcb->recv != on_udp)
        return;
    const struct datagram_socket *d = pcb->recv_arg;
    *out = (struct net_udp_view){.family = d->i.s.family, .connected = d->connected, .inode = d->i.s.inode_number,
                                 .queued_bytes = (unsigned)d->queued_bytes, .drops = d->drops};
}

static bool ping_wants(struct datagram_socket *d, struct pbuf *p)
{
    uint8_t head[8];
    uint16_t skip = ip_current_is_v6() ? 0 : ip_current_header_tot_len();
    if (pbuf_copy_partial(p, head, sizeof head, skip) != sizeof head)
        return false;
    uint8_t reply = d->i.s.family == AF_INET ? ICMP_ER : 129;
    return head[0] == reply && (uint16_t)(head[4] << 8 | head[5]) == d->ping_id;
}

/* lwIP passes the packet on to others when this returns 0, so sockets get copies. */
static u8_t on_raw(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    struct datagram_socket *d = arg;
    (void)pcb;
    if (d->connected && !ip_addr_cmp(&d->raw->remote_ip, from))
        return 0;
    if (d->is_ping && !ping_wants(d, p))
        return 0;
    struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
    if (copy == NULL)
        return 0;
    if (ip_current_is_v6() || d->is_ping)
        pbuf_remove_header(copy, ip_current_header_tot_len()); /* only IPv4 raw sockets see the IP header */
    enqueue(d, copy, from, d->is_ping ? d->ping_id : 0);
    return 0;
}

static void free_packet(struct datagram_socket *d)
{
    struct packet *k = d->head;
    d->head = k->next;
    if (d->head == NULL)
        d->tail = NULL;
    d->queued_bytes -= k->data->tot_len + 256u;
    pbuf_free(k->data);
    kfree(k);
}

static int need_pcb(struct datagram_socket *d)
{
    if (d->ip != NULL)
        return 0;
    uint8_t type = inet_lwip_type(&d->i);
    if (d->is_raw) {
        d->raw = raw_new_ip_type(type, (u8_t)d->i.s.protocol);
        if (d->raw != NULL)
            raw_recv(d->raw, on_raw, d);
    } else {
        d->udp = udp_new_ip_type(type);
        if (d->udp != NULL)
            udp_recv(d->udp, on_udp, d);
    }
    if (d->ip == NULL)
        return -ENOBUFS;
    inet_apply_options(&d->i, d->ip);
    return 0;
}

static void apply_multicast(struct datagram_socket *d)
{
    if (d->is_raw) {
        raw_set_multicast_ttl(d->raw, d->i.multicast_ttl);
    } else {
        udp_set_multicast_ttl(d->udp, d->i.multicast_ttl);
        udp_set_multicast_netif_index(d->udp, (u8_t)d->i.multicast_if);
        d->udp->flags = (u8_t)((d->udp->flags & ~UDP_FLAGS_MULTICAST_LOOP) | (d->i.multicast_loop ? UDP_FLAGS_MULTICAST_LOOP : 0));
    }
}

static int bind_pcb(struct datagram_socket *d, const ip_addr_t *ip, uint16_t port)
{
    if (d->is_ping) {
        d->ping_id = port ? port : (uint16_t)(net_lwip_random() | 1);
        return net_errno(raw_bind(d->raw, ip));
    }
    return net_errno(d->is_raw ? raw_bind(d->raw, ip) : udp_bind(d->udp, ip, port));
}

static const ip_addr_t *any_address(const struct datagram_socket *d)
{
    return d->i.s.family == AF_INET ? IP4_ADDR_ANY : d->i.v6_only ? IP6_ADDR_ANY : IP_ANY_TYPE;
}

static void forget_source(struct datagram_socket *d)
{
    if (d->source_chosen)
        ip_addr_copy(d->ip->local_ip, *any_address(d));
    d->source_chosen = false;
}

static int bind_any(struct datagram_socket *d)
{
    if (d->i.bound)
        return 0;
    const ip_addr_t *any = any_address(d);
    int err = need_pcb(d);
    if (!err)
        err = bind_pcb(d, any, 0);
    d->i.bound = err == 0;
    return err;
}

static int bind_op(struct socket *s, const struct sockaddr *addr, unsigned n)
{
    struct datagram_socket *d = datagram_of(s);
    ip_addr_t ip;
    uint16_t port;
    net_lock();
    int err = inet_address_in(&d->i, addr, n, &ip, &port);
    if (!err && addr->sa_family == AF_UNSPEC && !ip_addr_isany(&ip))
        err = -EAFNOSUPPORT;
    if (!err && d->i.bound && !d->is_raw)
        err = -EINVAL;
    if (!err && !d->i.freebind && !inet_address_is_local(&ip))
        err = -EADDRNOTAVAIL;
    if (!err)
        err = need_pcb(d);
    if (!err) {
        bool any_both = s->family == AF_INET6 && !d->i.v6_only && ip_addr_isany(&ip);
        err = bind_pcb(d, any_both ? IP_ANY_TYPE : &ip, port);
    }
    d->i.bound = d->i.bound || !err;
    net_unlock();
    return err;
}

static int connect_op(struct socket *s, const struct sockaddr *addr, unsigned n, bool nonblock)
{
    struct datagram_socket *d = datagram_of(s);
    ip_addr_t ip;
    uint16_t port;
    (void)nonblock;
    if (n < sizeof(sa_family_t))
        return -EINVAL;
    net_lock();
    int err = 0;
    if (addr->sa_family == AF_UNSPEC) {
        if (d->ip != NULL && d->connected) {
            if (d->is_raw)
                raw_disconnect(d->raw);
            else
                udp_disconnect(d->udp);
            forget_source(d);
        }
        d->connected = false;
        goto out;
    }
    err = inet_address_in(&d->i, addr, n, &ip, &port);
    if (!err && ip_addr_isany(&ip))
        ip_addr_set_loopback(IP_IS_V6(&ip), &ip);
    if (!err && IP_IS_V4(&ip) && ip4_addr_get_u32(ip_2_ip4(&ip)) == 0xffffffff && !s->broadcast)
        err = -EACCES;
    if (!err)
        err = inet_need_route(&ip);
    if (!err)
        err = bind_any(d);
    if (!err) {
        forget_source(d);
        err = net_errno(d->is_raw ? raw_connect(d->raw, &ip) : udp_connect(d->udp, &ip, port));
    }
    if (!err) {
        d->connected = true;
        if (ip_addr_isany(&d->ip->local_ip)) { /* getsockname() after connect() names the source address */
            const ip_addr_t *source = ip_netif_get_local_ip(ip_route(IP_ANY_TYPE, &ip), &ip);
            if (source != NULL && !d->is_raw) {
                ip_addr_copy(d->ip->local_ip, *source);
                d->source_chosen = true;
            }
        }
    }
out:
    net_unlock();
    return err;
}

static int name_op(struct socket *s, bool peer, struct sockaddr_storage *out, unsigned *n)
{
    struct datagram_socket *d = datagram_of(s);
    int err = 0;
    ip_addr_t any = *IP4_ADDR_ANY;
    net_lock();
    if (peer && !d->connected)
        err = -ENOTCONN;
    else if (d->ip == NULL)
        inet_address_out(&d->i, &any, 0, out, n);
    else if (peer)
        inet_address_out(&d->i, &d->ip->remote_ip, d->is_raw ? 0 : d->udp->remote_port, out, n);
    else
        inet_address_out(&d->i, &d->ip->local_ip, d->is_ping ? d->ping_id : d->is_raw ? (uint16_t)s->protocol : d->udp->local_port, out, n);
    net_unlock();
    return err;
}

/* Copies the message into one pbuf with room for headers. */
static int build(struct socket_msg *m, struct pbuf **out)
{
    size_t n = m->iter->remaining;
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)n, PBUF_RAM);
    if (p == NULL)
        return -ENOBUFS;
    long got = n ? iov_iter_take(m->iter, p->payload, n) : 0;
    if (got != (long)n) {
        pbuf_free(p);
        return -EFAULT;
    }
    *out = p;
    return 0;
}

/* Where to: the message's address, else the connected one. */
static int destination(struct datagram_socket *d, struct socket_msg *m, ip_addr_t *ip, uint16_t *port)
{
    if (m->name_bytes == 0) {
        if (!d->connected)
            return -EDESTADDRREQ;
        *ip = d->ip->remote_ip;
        *port = d->is_raw ? 0 : d->udp->remote_port;
        return 0;
    }
    int err = inet_address_in(&d->i, (struct sockaddr *)&m->name, m->name_bytes, ip, port);
    if (err)
        return err;
    if (*port == 0 && !d->is_raw)
        return -EINVAL;
    if (ip_addr_isany(ip))
        ip_addr_set_loopback(IP_IS_V6(ip), ip);
    if (IP_IS_V4(ip) && ip4_addr_get_u32(ip_2_ip4(ip)) == 0xffffffff && !d->i.s.broadcast)
        return -EACCES;
    return 0;
}

static err_t transmit(struct datagram_socket *d, struct pbuf *p, const ip_addr_t *ip, uint16_t port, const struct datagram_route *route)
{
    struct netif *n = route->interface != 0 ? netif_get_by_index((u8_t)route->interface) : NULL;
    bool named = !ip_addr_isany(&route->source);
    if (n == NULL && named)
        n = ip_route(&route->source, ip);
    if (d->is_raw && n != NULL && named)
        return raw_sendto_if_src(d->raw, p, ip, n, &route->source);
    if (d->is_raw)
        return raw_sendto(d->raw, p, ip);
    if (n != NULL && named)
        return udp_sendto_if_src(d->udp, p, ip, port, n, &route->source);
    if (n != NULL)
        return udp_sendto_if(d->udp, p, ip, port, n);
    return udp_sendto(d->udp, p, ip, port);
}

/* A ping socket's message is an ICMP echo request; identifier and checksum are the kernel's. */
static int prepare_ping(struct datagram_socket *d, struct pbuf *p)
{
    uint8_t *h = p->payload;
    bool v4 = d->i.s.family == AF_INET;
    if (p->tot_len < 8 || h[0] != (v4 ? ICMP_ECHO : 128) || h[1] != 0)
        return -EINVAL;
    h[2] = h[3] = 0;
    h[4] = (uint8_t)(d->ping_id >> 8);
    h[5] = (uint8_t)d->ping_id;
    if (v4) {
        uint16_t sum = inet_chksum(h, p->tot_len);
        memcpy(h + 2, &sum, 2);
    }
    return 0;
}

static long send_op(struct socket *s, struct socket_msg *m)
{
    struct datagram_socket *d = datagram_of(s);
    ip_addr_t ip;
    uint16_t port;
    struct datagram_route route;
    size_t n = m->iter->remaining;
    struct pbuf *p = NULL;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    if (n > 65507)
        return -EMSGSIZE;
    net_lock();
    int err = socket_take_error(s);
    if (!err && (s->shut & SOCKET_SHUT_WR))
        err = -EPIPE;
    if (!err)
        err = bind_any(d);
    if (!err)
        err = destination(d, m, &ip, &port);
    if (!err)
        err = datagram_read_control(&d->i, m, &route);
    if (!err)
        err = inet_need_route(&ip);
    if (!err)
        err = build(m, &p);
    if (!err && d->is_ping)
        err = prepare_ping(d, p);
    if (!err) {
        apply_multicast(d);
        if (ip_addr_ismulticast(&ip) && route.ttl != d->i.ttl && !d->is_raw)
            udp_set_multicast_ttl(d->udp, route.ttl);
        if (d->i.hdr_included)
            d->raw->flags |= RAW_FLAGS_HDRINCL;
        d->ip->ttl = route.ttl;
        d->ip->tos = route.tos;
        err_t e = transmit(d, p, &ip, port, &route);
        d->ip->ttl = d->i.ttl;
        d->ip->tos = d->i.tos;
        err = e == ERR_VAL ? -EMSGSIZE : e == ERR_RTE ? -ENETUNREACH : net_errno(e);
        if (e == ERR_MEM) /* the device's ring is full: a datagram may be lost, and the caller may retry */
            err = m->nonblock ? -EAGAIN : 0;
    }
    if (p != NULL)
        pbuf_free(p);
    net_unlock();
    return err ? err : (long)n;
}

static int copy_packet(const struct packet *k, struct iov_iter *it, size_t n)
{
    for (const struct pbuf *p = k->data; p != NULL && n > 0; p = p->next) {
        size_t step = p->len < n ? p->len : n;
        if (iov_iter_put(it, p->payload, step) != (long)step)
            return -EFAULT;
        n -= step;
    }
    return 0;
}

static long receive_op(struct socket *s, struct socket_msg *m)
{
    struct datagram_socket *d = datagram_of(s);
    unsigned in = m->flags;
    bool nonblock = m->nonblock;
    if (in & MSG_OOB)
        return -EOPNOTSUPP;
    if (in & MSG_ERRQUEUE)
        return datagram_receive_error(d, m);
    net_lock();
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    int err = 0;
    while (d->head == NULL) {
        err = socket_take_error(s);
        if (err || (s->shut & SOCKET_SHUT_RD))
            break;
        err = nonblock ? -EAGAIN : net_wait(&s->wait, deadline);
        if (err == -ETIMEDOUT)
            err = -EAGAIN;
        if (err)
            break;
    }
    m->flags = 0;
    struct packet *k = d->head;
    if (k == NULL) {
        net_unlock();
        m->name_bytes = 0;
        m->control_bytes = 0;
        return err;
    }
    size_t whole = k->data->tot_len, n = whole < m->iter->remaining ? whole : m->iter->remaining;
    err = copy_packet(k, m->iter, n);
    if (!err) {
        inet_address_out(&d->i, &k->from, k->port, &m->name, &m->name_bytes);
        datagram_put_control(d, m, k);
        if (n < whole)
            m->flags |= MSG_TRUNC;
    }
    if (!(in & MSG_PEEK))
        free_packet(d);
    net_unlock();
    return err ? err : in & MSG_TRUNC ? (long)whole : (long)n;
}

static int shutdown_op(struct socket *s, int how)
{
    struct datagram_socket *d = datagram_of(s);
    net_lock();
    int err = d->connected ? 0 : -ENOTCONN;
    s->shut |= how == SHUT_RD ? SOCKET_SHUT_RD : how == SHUT_WR ? SOCKET_SHUT_WR : 3u;
    socket_notify(s, POLLIN | POLLOUT | POLLHUP);
    net_unlock();
    return err;
}

static unsigned poll_op(struct socket *s)
{
    struct datagram_socket *d = datagram_of(s);
    net_lock();
    unsigned mask = POLLOUT | POLLWRNORM;
    if (d->head != NULL || (s->shut & SOCKET_SHUT_RD))
        mask |= POLLIN | POLLRDNORM;
    if (s->shut & SOCKET_SHUT_RD)
        mask |= 0x2000; /* POLLRDHUP */
    if (s->shut == 3)
        mask |= POLLHUP;
    if (s->error != 0 || d->errors != NULL)
        mask |= POLLERR;
    net_unlock();
    return mask;
}

static int set_option_op(struct socket *s, int level, int name, const void *value, unsigned n)
{
    struct datagram_socket *d = datagram_of(s);
    net_lock();
    int err = inet_set_option(&d->i, d->ip, level, name, value, n);
    if (!d->i.recv_error)
        datagram_drop_errors(d);
    net_unlock();
    return err;
}

static int get_option_op(struct socket *s, int level, int name, void *value, unsigned *n)
{
    struct datagram_socket *d = datagram_of(s);
    net_lock();
    int err = inet_get_option(&d->i, d->ip, level, name, value, n);
    net_unlock();
    return err;
}

static long ioctl_op(struct socket *s, unsigned cmd, unsigned long arg)
{
    struct datagram_socket *d = datagram_of(s);
    if (cmd != FIONREAD && cmd != TIOCOUTQ)
        return inet_ioctl(s, cmd, arg);
    net_lock();
    uint32_t v = cmd == FIONREAD && d->head != NULL ? d->head->data->tot_len : 0;
    net_unlock();
    return put_user_u32((void *)arg, v);
}

static void release_op(struct socket *s)
{
    struct datagram_socket *d = datagram_of(s);
    net_lock();
    while (d->head != NULL)
        free_packet(d);
    datagram_drop_errors(d);
    if (d->ip != NULL) {
        if (d->is_raw)
            raw_remove(d->raw);
        else
            udp_remove(d->udp);
    }
    inet_drop_memberships(&d->i);
    net_unlock();
    kfree(d);
}

static const struct socket_ops datagram_ops = {
    .bind = bind_op,
    .connect = connect_op,
    .name = name_op,
    .send = send_op,
    .receive = receive_op,
    .shutdown = shutdown_op,
    .poll = poll_op,
    .set_option = set_option_op,
    .get_option = get_option_op,
    .ioctl = ioctl_op,
    .release = release_op,
};

static int create(int family, int type, int protocol, bool raw, bool ping, struct socket **out)
{
    struct datagram_socket *d = kzalloc(sizeof *d);
    if (d == NULL)
        return -ENOMEM;
    inet_init(&d->i, &datagram_ops, family, type, protocol);
    d->is_raw = raw;
    d->is_ping = ping;
    *out = &d->i.s;
    if (!raw || ping)
        return 0;
    net_lock();
    int err = bind_any(d); /* a raw socket receives from its creation on */
    net_unlock();
    if (err)
        release_op(&d->i.s);
    return err;
}

int udp_socket_create(int family, int type, int protocol, struct socket **out)
{
    bool ping = protocol == (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    return create(family, type, ping ? protocol : IPPROTO_UDP, ping, ping, out);
}

int raw_socket_create(int family, int type, int protocol, struct socket **out)
{
    if (protocol <= 0 || protocol > 255)
        return -EPROTONOSUPPORT;
    return create(family, type, protocol, true, false, out);
}

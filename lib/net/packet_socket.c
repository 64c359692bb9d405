// SPDX-License-Identifier: BSD-3-Clause
// AF_PACKET sockets: frames as they pass the interfaces, and frames to send as they are. packet(7).
#include "packet_socket.h"

#include "base/string.h"
#include "core.h"
#include "file/iov_iter.h"
#include "lwip/netif.h"
#include "mem/kalloc.h"
#include "net/inet.h"
#include "sched/time.h"
#include <errno.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>

/*
 * Theory. While any packet socket with a protocol exists, netif_device.c shows us every frame, in and out, under the core lock. Each socket that wants
 * it gets a copy: into its ring, if it has one, else into a queue bounded by SO_RCVBUF; what does not fit is counted. There are no filters in the
 * kernel (SO_ATTACH_FILTER answers ENOPROTOOPT; libpcap then filters itself) and no TPACKET_V1 or V3, fan-out or transmit rings.
 */

struct queued {
    struct queued *next;
    struct sockaddr_ll from;
    struct timespec when;
    uint32_t bytes, network_at;
    bool outgoing;
    uint8_t data[];
};

struct membership {
    struct membership *next;
    struct packet_mreq request;
    unsigned count;
};

/* Legend: core lock for everything. */
struct packet_socket {
    struct socket s;
    struct packet_socket *next;
    uint16_t protocol; /* network order; 0: receives nothing */
    unsigned interface; /* 0: all */
    bool auxdata, origdev, ignore_outgoing, losing;
    int version;
    unsigned reserve;
    struct packet_ring *ring;
    struct queued *head, *tail;
    size_t queued_bytes;
    struct tpacket_stats stats;
    struct membership *memberships;
};

static struct packet_socket *sockets;
static struct packet_socket *of(struct socket *s) { return (struct packet_socket *)s; }

/* --- frames in -------------------------------------------------------------------------------------------------------- */

static bool wants(const struct packet_socket *k, const struct packet_view *v)
{
    if (k->protocol == 0 || (k->interface != 0 && k->interface != v->interface->index))
        return false;
    if (k->protocol == __builtin_bswap16(ETH_P_ALL))
        return !(v->outgoing && k->ignore_outgoing);
    return !v->outgoing && k->protocol == v->from.sll_protocol;
}

static void enqueue(struct packet_socket *k, const struct packet_view *v)
{
    uint32_t link = k->s.type == SOCK_RAW ? 14 : 0, bytes = v->data->tot_len - v->skip;
    size_t cost = sizeof(struct queued) + link + bytes;
    struct queued *q = k->queued_bytes + cost <= (size_t)k->s.receive_buffer ? kmalloc(cost) : NULL;
    if (q == NULL) {
        k->stats.tp_drops++;
        return;
    }
    *q = (struct queued){.from = v->from, .when = v->when, .bytes = link + bytes, .network_at = link, .outgoing = v->outgoing};
    memcpy(q->data, v->link, link);
    pbuf_copy_partial(v->data, q->data + link, (u16_t)bytes, v->skip);
    if (k->tail != NULL)
        k->tail->next = q;
    else
        k->head = q;
    k->tail = q;
    k->queued_bytes += cost;
}

static uint8_t kind_of(const struct packet_view *v)
{
    if (v->outgoing)
        return PACKET_OUTGOING;
    if (v->interface->device == NULL)
        return PACKET_HOST;
    if (v->link[0] & 1)
        return memcmp(v->link, "\xff\xff\xff\xff\xff\xff", 6) == 0 ? PACKET_BROADCAST : PACKET_MULTICAST;
    return memcmp(v->link, v->interface->netif->hwaddr, 6) == 0 ? PACKET_HOST : PACKET_OTHERHOST;
}

static void tap(struct net_interface *i, const uint8_t *link, struct pbuf *p, bool outgoing)
{
    nsec_t now = clock_realtime_ns();
    struct packet_view v = {.interface = i, .link = link != NULL ? link : p->payload, .data = p, .skip = link != NULL ? 0 : 14, .outgoing = outgoing};
    if (p->tot_len < v.skip || (link == NULL && p->len < 14))
        return;
    v.when = (struct timespec){.tv_sec = now / 1000000000, .tv_nsec = now % 1000000000};
    v.from = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_ifindex = (int)i->index, .sll_halen = 6,
                                  .sll_hatype = i->device == NULL ? ARPHRD_LOOPBACK : ARPHRD_ETHER};
    memcpy(&v.from.sll_protocol, v.link + 12, 2);
    memcpy(v.from.sll_addr, v.link + 6, 6);
    v.from.sll_pkttype = kind_of(&v);
    for (struct packet_socket *k = sockets; k != NULL; k = k->next) {
        if (!wants(k, &v))
            continue;
        k->stats.tp_packets++;
        if (k->ring == NULL) {
            enqueue(k, &v);
        } else if (!packet_ring_put(k->ring, &v, k->s.type == SOCK_RAW, k->losing)) {
            k->losing = true;
            k->stats.tp_drops++;
        }
        socket_notify(&k->s, POLLIN | POLLRDNORM);
    }
}

/* --- binding and names ------------------------------------------------------------------------------------------------ */

static int bind_op(struct socket *s, const struct sockaddr *addr, unsigned n)
{
    struct packet_socket *k = of(s);
    struct sockaddr_ll a;
    if (n < sizeof a)
        return -EINVAL;
    memcpy(&a, addr, sizeof a);
    if (a.sll_family != AF_PACKET)
        return -EINVAL;
    net_lock();
    int err = a.sll_ifindex != 0 && net_interface_by_index((unsigned)a.sll_ifindex) == NULL ? -ENODEV : 0;
    if (!err) {
        k->interface = (unsigned)a.sll_ifindex;
        if (a.sll_protocol != 0)
            k->protocol = a.sll_protocol;
    }
    net_unlock();
    return err;
}

static int name_op(struct socket *s, bool peer, struct sockaddr_storage *out, unsigned *n)
{
    struct packet_socket *k = of(s);
    struct sockaddr_ll a = {.sll_family = AF_PACKET};
    if (peer)
        return -EOPNOTSUPP;
    net_lock();
    a.sll_protocol = k->protocol;
    a.sll_ifindex = (int)k->interface;
    struct net_interface *i = k->interface != 0 ? net_interface_by_index(k->interface) : NULL;
    if (i != NULL) {
        a.sll_hatype = i->device == NULL ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
        a.sll_halen = 6;
        if (i->device != NULL)
            memcpy(a.sll_addr, i->netif->hwaddr, 6);
    }
    net_unlock();
    memcpy(out, &a, sizeof a);
    *n = i != NULL ? 18 : 12; /* as far as the address goes */
    return 0;
}

/* --- messages --------------------------------------------------------------------------------------------------------- */

static int destination(struct packet_socket *k, const struct socket_msg *m, struct net_interface **i, struct sockaddr_ll *a)
{
    *a = (struct sockaddr_ll){.sll_ifindex = (int)k->interface, .sll_protocol = k->protocol};
    if (m->name_bytes != 0) {
        if (m->name_bytes < sizeof *a)
            return -EINVAL;
        memcpy(a, &m->name, sizeof *a);
        if (k->s.type == SOCK_DGRAM && a->sll_halen > sizeof a->sll_addr)
            return -EINVAL;
    }
    *i = net_interface_by_index((unsigned)a->sll_ifindex);
    if (*i == NULL)
        return -ENXIO;
    if (m->name_bytes == 0 && k->s.type == SOCK_DGRAM)
        return -EINVAL; /* no link address to send to */
    return netif_is_up((*i)->netif) ? 0 : -ENETDOWN;
}

static void put_link_header(uint8_t *to, const struct net_interface *i, const struct sockaddr_ll *a)
{
    memset(to, 0, 14);
    memcpy(to, a->sll_addr, 6);
    if (i->device != NULL)
        memcpy(to + 6, i->netif->hwaddr, 6);
    memcpy(to + 12, &a->sll_protocol, 2);
}

static long send_op(struct socket *s, struct socket_msg *m)
{
    struct packet_socket *k = of(s);
    size_t n = m->iter->remaining, link = s->type == SOCK_DGRAM ? 14 : 0;
    struct net_interface *i;
    struct sockaddr_ll a;
    struct pbuf *p = NULL;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    net_lock();
    int err = destination(k, m, &i, &a);
    if (!err && n + link > i->netif->mtu + 14u + 4u)
        err = -EMSGSIZE;
    if (!err && n + link < 14)
        err = -EINVAL;
    if (!err && (p = pbuf_alloc(PBUF_RAW, (u16_t)(n + link), PBUF_RAM)) == NULL)
        err = -ENOBUFS;
    if (!err && iov_iter_take(m->iter, (uint8_t *)p->payload + link, n) != (long)n)
        err = -EFAULT;
    if (!err) {
        if (link != 0)
            put_link_header(p->payload, i, &a);
        err = netif_device_send_frame(i, p);
    }
    if (p != NULL)
        pbuf_free(p);
    net_unlock();
    return err ? err : (long)n;
}

static void put_auxdata(struct packet_socket *k, struct socket_msg *m, const struct queued *q)
{
    size_t used = 0;
    if (k->auxdata) {
        const struct tpacket_auxdata aux = {.tp_status = TP_STATUS_USER | (q->outgoing ? TP_STATUS_CSUMNOTREADY : 0), .tp_len = q->bytes,
                                            .tp_snaplen = q->bytes, .tp_net = (uint16_t)q->network_at};
        socket_control_put(m, &used, SOL_PACKET, PACKET_AUXDATA, &aux, sizeof aux);
    }
    if (k->s.timestamp_ns) {
        socket_control_put(m, &used, SOL_SOCKET, SO_TIMESTAMPNS, &q->when, sizeof q->when);
    } else if (k->s.timestamp) {
        const struct timeval tv = {.tv_sec = q->when.tv_sec, .tv_usec = q->when.tv_nsec / 1000};
        socket_control_put(m, &used, SOL_SOCKET, SO_TIMESTAMP, &tv, sizeof tv);
    }
    m->control_bytes = used;
}

static void drop_first(struct packet_socket *k)
{
    struct queued *q = k->head;
    k->head = q->next;
    if (k->head == NULL)
        k->tail = NULL;
    k->queued_bytes -= sizeof *q + q->bytes;
    kfree(q);
}

static long receive_op(struct socket *s, struct socket_msg *m)
{
    struct packet_socket *k = of(s);
    unsigned in = m->flags;
    if (in & (MSG_OOB | MSG_ERRQUEUE))
        return in & MSG_OOB ? -EINVAL : -EAGAIN;
    net_lock();
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    int err = 0;
    while (k->head == NULL && !err) {
        err = m->nonblock ? -EAGAIN : net_wait(&s->wait, deadline);
        if (err == -ETIMEDOUT)
            err = -EAGAIN;
    }
    m->flags = 0;
    struct queued *q = k->head;
    if (q == NULL) {
        net_unlock();
        return err;
    }
    size_t n = q->bytes < m->iter->remaining ? q->bytes : m->iter->remaining;
    uint32_t whole = q->bytes;
    err = iov_iter_put(m->iter, q->data, n) == (long)n ? 0 : -EFAULT;
    if (!err) {
        memcpy(&m->name, &q->from, sizeof q->from);
        m->name_bytes = 18;
        put_auxdata(k, m, q);
        if (n < whole)
            m->flags |= MSG_TRUNC;
    }
    if (!(in & MSG_PEEK))
        drop_first(k);
    net_unlock();
    return err ? err : in & MSG_TRUNC ? (long)whole : (long)n;
}

static unsigned poll_op(struct socket *s)
{
    struct packet_socket *k = of(s);
    net_lock();
    bool data = k->head != NULL || (k->ring != NULL && packet_ring_has_data(k->ring));
    net_unlock();
    return POLLOUT | POLLWRNORM | (data ? POLLIN | POLLRDNORM : 0);
}

/* --- options ---------------------------------------------------------------------------------------------------------- */

static int change_mode(struct net_interface *i, unsigned type, int by)
{
    if (type == PACKET_MR_PROMISC)
        i->promiscuous = (unsigned)((int)i->promiscuous + by);
    struct net_device *d = i->device;
    bool promiscuous = i->promiscuous > 0;
    if (d == NULL || type != PACKET_MR_PROMISC || d->ops->set_rx_mode == NULL)
        return 0;
    net_unlock(); /* the driver may sleep */
    int err = d->ops->set_rx_mode(d, promiscuous, true);
    net_lock();
    return err == -EOPNOTSUPP ? 0 : err; /* a device without a filter passes everything */
}

static struct membership **find_membership(struct packet_socket *k, const struct packet_mreq *r)
{
    struct membership **at = &k->memberships;
    while (*at != NULL && ((*at)->request.mr_ifindex != r->mr_ifindex || (*at)->request.mr_type != r->mr_type ||
                           memcmp((*at)->request.mr_address, r->mr_address, sizeof r->mr_address) != 0))
        at = &(*at)->next;
    return at;
}

static int add_membership(struct packet_socket *k, const struct packet_mreq *r)
{
    struct net_interface *i = net_interface_by_index((unsigned)r->mr_ifindex);
    if (i == NULL)
        return -ENODEV;
    if (r->mr_type > PACKET_MR_UNICAST || r->mr_alen > sizeof r->mr_address)
        return -EINVAL;
    struct membership *m = *find_membership(k, r);
    if (m != NULL) {
        m->count++;
        return 0;
    }
    m = kmalloc(sizeof *m);
    if (m == NULL)
        return -ENOBUFS;
    *m = (struct membership){.next = k->memberships, .request = *r, .count = 1};
    k->memberships = m;
    return change_mode(i, r->mr_type, 1);
}

static int drop_membership(struct packet_socket *k, const struct packet_mreq *r)
{
    struct membership **at = find_membership(k, r), *m = *at;
    if (m == NULL)
        return -EADDRNOTAVAIL;
    if (--m->count > 0)
        return 0;
    *at = m->next;
    struct net_interface *i = net_interface_by_index((unsigned)m->request.mr_ifindex);
    unsigned type = m->request.mr_type;
    kfree(m);
    return i != NULL ? change_mode(i, type, -1) : 0;
}

static int change_membership(struct packet_socket *k, int name, const void *value, unsigned n)
{
    struct packet_mreq r = {0};
    if (n < sizeof r)
        return -EINVAL;
    memcpy(&r, value, sizeof r);
    return name == PACKET_ADD_MEMBERSHIP ? add_membership(k, &r) : drop_membership(k, &r);
}

static int set_ring(struct packet_socket *k, const void *value, unsigned n)
{
    struct tpacket_req q;
    struct packet_ring *ring = NULL;
    if (n < sizeof q)
        return -EINVAL;
    memcpy(&q, value, sizeof q);
    if (q.tp_block_nr != 0 && (k->ring != NULL || k->version != TPACKET_V2))
        return k->ring != NULL ? -EBUSY : -EINVAL;
    net_unlock(); /* memory is made with no lock held */
    int err = q.tp_block_nr != 0 ? packet_ring_create(&q, k->reserve, &ring) : q.tp_frame_nr != 0 ? -EINVAL : 0;
    net_lock();
    if (err)
        return err;
    struct packet_ring *old = k->ring;
    k->ring = ring;
    net_unlock();
    if (old != NULL)
        packet_ring_destroy(old);
    net_lock();
    return 0;
}

static int set_int(struct packet_socket *k, int name, int v)
{
    switch (name) {
    case PACKET_AUXDATA: k->auxdata = v != 0; return 0;
    case PACKET_ORIGDEV: k->origdev = v != 0; return 0;
    case PACKET_IGNORE_OUTGOING:
        if (v < 0 || v > 1)
            return -EINVAL;
        k->ignore_outgoing = v;
        return 0;
    case PACKET_VERSION:
        if (k->ring != NULL)
            return -EBUSY;
        if (v != TPACKET_V1 && v != TPACKET_V2)
            return -EINVAL;
        k->version = v;
        return 0;
    case PACKET_RESERVE:
        if (k->ring != NULL)
            return -EBUSY;
        if (v < 0 || v > 1024)
            return -EINVAL;
        k->reserve = (unsigned)v;
        return 0;
    default: return -ENOPROTOOPT;
    }
}

static int set_option_op(struct socket *s, int level, int name, const void *value, unsigned n)
{
    struct packet_socket *k = of(s);
    int v, err;
    if (level != SOL_PACKET)
        return -ENOPROTOOPT;
    net_lock();
    if (name == PACKET_ADD_MEMBERSHIP || name == PACKET_DROP_MEMBERSHIP) {
        err = change_membership(k, name, value, n);
    } else if (name == PACKET_RX_RING) {
        err = set_ring(k, value, n);
    } else if (n < sizeof v) {
        err = -EINVAL;
    } else {
        memcpy(&v, value, sizeof v);
        err = set_int(k, name, v);
    }
    net_unlock();
    return err;
}

static int give_int(int v, void *value, unsigned *n)
{
    *n = *n < sizeof v ? *n : sizeof v;
    memcpy(value, &v, *n);
    return 0;
}

static int get_option_op(struct socket *s, int level, int name, void *value, unsigned *n)
{
    struct packet_socket *k = of(s);
    if (level != SOL_PACKET)
        return -ENOPROTOOPT;
    switch (name) {
    case PACKET_STATISTICS:
        net_lock();
        *n = *n < sizeof k->stats ? *n : sizeof k->stats;
        memcpy(value, &k->stats, *n);
        k->stats = (struct tpacket_stats){0};
        k->losing = false;
        net_unlock();
        return 0;
    case PACKET_HDRLEN: {
        int version;
        if (*n < sizeof version)
            return -EINVAL;
        memcpy(&version, value, sizeof version);
        return version == TPACKET_V2 ? give_int(sizeof(struct tpacket2_hdr), value, n) : -EINVAL;
    }
    case PACKET_AUXDATA: return give_int(k->auxdata, value, n);
    case PACKET_ORIGDEV: return give_int(k->origdev, value, n);
    case PACKET_IGNORE_OUTGOING: return give_int(k->ignore_outgoing, value, n);
    case PACKET_VERSION: return give_int(k->version, value, n);
    case PACKET_RESERVE: return give_int((int)k->reserve, value, n);
    default: return -ENOPROTOOPT;
    }
}

static int mmap_op(struct socket *s, int64_t offset, size_t length, struct vm_object **out)
{
    struct packet_socket *k = of(s);
    net_lock();
    int err = k->ring != NULL ? packet_ring_object(k->ring, offset, length, out) : -EINVAL;
    net_unlock();
    return err;
}

static void release_op(struct socket *s)
{
    struct packet_socket *k = of(s), **at = &sockets;
    net_lock();
    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    if (sockets == NULL)
        netif_device_set_tap(NULL);
    while (k->memberships != NULL) {
        struct packet_mreq r = k->memberships->request;
        k->memberships->count = 1;
        (void)!drop_membership(k, &r);
    }
    while (k->head != NULL)
        drop_first(k);
    net_unlock();
    if (k->ring != NULL)
        packet_ring_destroy(k->ring);
    kfree(k);
}

static const struct socket_ops packet_ops = {
    .bind = bind_op,
    .name = name_op,
    .send = send_op,
    .receive = receive_op,
    .poll = poll_op,
    .set_option = set_option_op,
    .get_option = get_option_op,
    .mmap = mmap_op,
    .release = release_op,
};

static int create(int type, int protocol, struct socket **out)
{
    if (type != SOCK_RAW && type != SOCK_DGRAM)
        return -ESOCKTNOSUPPORT;
    struct packet_socket *k = kzalloc(sizeof *k);
    if (k == NULL)
        return -ENOMEM;
    socket_init(&k->s, &packet_ops, AF_PACKET, type, protocol);
    k->protocol = (uint16_t)protocol;
    net_lock();
    k->next = sockets;
    sockets = k;
    netif_device_set_tap(tap);
    net_unlock();
    *out = &k->s;
    return 0;
}

void packet_family_register(void)
{
    static struct socket_family family = {.family = AF_PACKET, .create = create};
    socket_family_register(&family);
}

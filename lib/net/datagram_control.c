// SPDX-License-Identifier: BSD-3-Clause
// Control messages of UDP and raw sockets: addresses, times, TTL.
#include "base/string.h"
#include "datagram.h"
#include "lwip/netif.h"
#include <errno.h>
#include <netinet/in.h>
#include <time.h>

static int read_int(const uint8_t *data, size_t n, int low, int high, int *out)
{
    if (n != sizeof *out)
        return -EINVAL;
    memcpy(out, data, sizeof *out);
    return *out < low || *out > high ? -EINVAL : 0;
}

static int choose_interface(int index, struct datagram_route *out)
{
    if (index != 0 && netif_get_by_index((u8_t)index) == NULL)
        return -ENODEV;
    out->interface = (unsigned)index;
    return 0;
}

static int read_ip(int type, const uint8_t *data, size_t n, struct datagram_route *out)
{
    struct in_pktinfo info;
    int v, err;
    switch (type) {
    case IP_PKTINFO:
        if (n != sizeof info)
            return -EINVAL;
        memcpy(&info, data, sizeof info);
        ip_addr_set_ip4_u32(&out->source, info.ipi_spec_dst.s_addr);
        return choose_interface(info.ipi_ifindex, out);
    case IP_TTL:
        err = read_int(data, n, 1, 255, &v);
        if (!err)
            out->ttl = (uint8_t)v;
        return err;
    case IP_TOS:
        if (n == 1)
            v = *data;
        else if (read_int(data, n, 0, 255, &v) != 0)
            return -EINVAL;
        out->tos = (uint8_t)v;
        return 0;
    default: return -EINVAL;
    }
}

static int read_ipv6(int type, const uint8_t *data, size_t n, struct datagram_route *out)
{
    struct in6_pktinfo info;
    int v;
    switch (type) {
    case IPV6_PKTINFO:
        if (n < sizeof info)
            return -EINVAL;
        memcpy(&info, data, sizeof info);
        memset(&out->source, 0, sizeof out->source);
        IP_SET_TYPE(&out->source, IPADDR_TYPE_V6);
        memcpy(ip_2_ip6(&out->source)->addr, &info.ipi6_addr, 16);
        return choose_interface((int)info.ipi6_ifindex, out);
    case IPV6_HOPLIMIT:
        if (read_int(data, n, -1, 255, &v) != 0)
            return -EINVAL;
        out->ttl = v == -1 ? out->ttl : (uint8_t)v;
        return 0;
    case IPV6_TCLASS:
        if (read_int(data, n, -1, 255, &v) != 0)
            return -EINVAL;
        out->tos = v == -1 ? 0 : (uint8_t)v;
        return 0;
    default: return -EINVAL;
    }
}

int datagram_read_control(const struct inet_socket *i, const struct socket_msg *m, struct datagram_route *out)
{
    *out = (struct datagram_route){.source = *IP4_ADDR_ANY, .ttl = i->ttl, .tos = i->tos};
    int err = 0;
    for (size_t at = 0; !err && at + sizeof(struct cmsghdr) <= m->control_bytes;) {
        struct cmsghdr h;
        memcpy(&h, m->control + at, sizeof h);
        if (h.cmsg_len < sizeof h || h.cmsg_len > m->control_bytes - at)
            return -EINVAL;
        const uint8_t *data = m->control + at + CMSG_LEN(0);
        if (h.cmsg_level == IPPROTO_IP)
            err = read_ip(h.cmsg_type, data, h.cmsg_len - CMSG_LEN(0), out);
        else if (h.cmsg_level == IPPROTO_IPV6 && i->s.family == AF_INET6)
            err = read_ipv6(h.cmsg_type, data, h.cmsg_len - CMSG_LEN(0), out);
        at += CMSG_ALIGN(h.cmsg_len);
    }
    return err;
}

void datagram_put_control(struct datagram_socket *d, struct socket_msg *m, const struct packet *k)
{
    const struct inet_socket *i = &d->i;
    size_t used = 0;
    if (i->s.timestamp || i->s.timestamp_ns) {
        struct timespec ts = {.tv_sec = k->when / 1000000000, .tv_nsec = k->when % 1000000000};
        if (i->s.timestamp_ns) {
            socket_control_put(m, &used, SOL_SOCKET, SO_TIMESTAMPNS, &ts, sizeof ts);
        } else {
            ts.tv_nsec /= 1000;
            socket_control_put(m, &used, SOL_SOCKET, SO_TIMESTAMP, &ts, sizeof ts);
        }
    }
    if (i->pkt_info && IP_IS_V4_VAL(k->to)) {
        struct in_pktinfo info = {.ipi_ifindex = (int)k->interface};
        info.ipi_spec_dst.s_addr = info.ipi_addr.s_addr = ip_addr_get_ip4_u32(&k->to);
        socket_control_put(m, &used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
    int ttl = k->ttl, tos = k->tos;
    if (i->recv_ttl)
        socket_control_put(m, &used, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    if (i->recv_tos)
        socket_control_put(m, &used, IPPROTO_IP, IP_TOS, &k->tos, 1);
    if (i->pkt_info6 && IP_IS_V6_VAL(k->to)) {
        struct in6_pktinfo info = {.ipi6_ifindex = k->interface};
        memcpy(&info.ipi6_addr, ip_2_ip6(&k->to)->addr, 16);
        socket_control_put(m, &used, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
    if (i->recv_hop_limit)
        socket_control_put(m, &used, IPPROTO_IPV6, IPV6_HOPLIMIT, &ttl, sizeof ttl);
    if (i->recv_tclass)
        socket_control_put(m, &used, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
    m->control_bytes = used;
}

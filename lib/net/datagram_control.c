// SPDX-License-Identifier: BSD-3-Clause
// Control messages of UDP and raw sockets: addresses, times, TTL.
#include "base/string.h"
#include "datagram.h"
#include <netinet/in.h>
#include <time.h>

/* IP_PKTINFO and IPV6_PKTINFO choose source address and interface of one message. */
void datagram_control_source(const struct socket_msg *m, ip_addr_t *source, unsigned *interface)
{
    for (size_t at = 0; at + sizeof(struct cmsghdr) <= m->control_bytes;) {
        struct cmsghdr h;
        memcpy(&h, m->control + at, sizeof h);
        if (h.cmsg_len < sizeof h || h.cmsg_len > m->control_bytes - at)
            return;
        const uint8_t *data = m->control + at + CMSG_LEN(0);
        if (h.cmsg_level == IPPROTO_IP && h.cmsg_type == IP_PKTINFO && h.cmsg_len >= CMSG_LEN(sizeof(struct in_pktinfo))) {
            struct in_pktinfo info;
            memcpy(&info, data, sizeof info);
            ip_addr_set_ip4_u32(source, info.ipi_spec_dst.s_addr);
            *interface = (unsigned)info.ipi_ifindex;
        }
        at += CMSG_ALIGN(h.cmsg_len);
    }
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

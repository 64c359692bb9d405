// SPDX-License-Identifier: BSD-3-Clause
// IPPROTO_IP and IPPROTO_IPV6 options, multicast membership.
#include "base/string.h"
#include "inet.h"
#include "lwip/igmp.h"
#include "lwip/ip.h"
#include "lwip/mld6.h"
#include "mem/kalloc.h"
#include "netif_device.h"
#include <errno.h>

/* IP_PKTINFO and friends: numbers that musl's headers have; those below are missing there. */
#ifndef IPV6_RECVERR
#define IPV6_RECVERR 25
#endif

int inet_give(const void *value, unsigned size, void *out, unsigned *n)
{
    unsigned bytes = *n < size ? *n : size;
    memcpy(out, value, bytes);
    *n = bytes;
    return 0;
}

int inet_option_int(const void *value, unsigned n, int *out)
{
    if (n >= sizeof *out)
        memcpy(out, value, sizeof *out);
    else if (n >= 1)
        *out = *(const uint8_t *)value;
    else
        return -EINVAL;
    return 0;
}

void inet_apply_options(struct inet_socket *i, struct ip_pcb *pcb)
{
    if (pcb == NULL)
        return;
    pcb->ttl = i->ttl;
    pcb->tos = i->tos;
    pcb->so_options = (u8_t)((i->s.reuse_address || i->s.reuse_port ? SOF_REUSEADDR : 0) | (i->s.keep_alive ? SOF_KEEPALIVE : 0) |
                             (i->s.broadcast ? SOF_BROADCAST : 0));
}

static struct netif *membership_netif(unsigned index, uint32_t address)
{
    struct netif *n;
    if (index != 0)
        return netif_get_by_index((u8_t)index);
    if (address != 0) {
        NETIF_FOREACH(n) {
            if (ip4_addr_get_u32(netif_ip4_addr(n)) == address)
                return n;
        }
        return NULL;
    }
    return netif_default != NULL ? netif_default : netif_get_by_index(1);
}

static int join_or_leave(struct netif *n, const ip_addr_t *group, bool join)
{
    err_t e;
    if (IP_IS_V4(group))
        e = join ? igmp_joingroup_netif(n, ip_2_ip4(group)) : igmp_leavegroup_netif(n, ip_2_ip4(group));
    else
        e = join ? mld6_joingroup_netif(n, ip_2_ip6(group)) : mld6_leavegroup_netif(n, ip_2_ip6(group));
    if (e == ERR_VAL && !(n->flags & (NETIF_FLAG_IGMP | NETIF_FLAG_MLD6))) /* loopback needs no protocol for it */
        return 0;
    return e == ERR_OK ? 0 : e == ERR_MEM ? -ENOBUFS : -EADDRNOTAVAIL;
}

static int join(struct inet_socket *i, struct netif *n, const ip_addr_t *group)
{
    for (struct inet_membership *m = i->memberships; m != NULL; m = m->next)
        if (m->interface == netif_get_index(n) && ip_addr_cmp(&m->group, group))
            return -EADDRINUSE;
    struct inet_membership *m = kmalloc(sizeof *m);
    if (m == NULL)
        return -ENOBUFS;
    int err = join_or_leave(n, group, true);
    if (err) {
        kfree(m);
        return err;
    }
    *m = (struct inet_membership){.next = i->memberships, .group = *group, .interface = netif_get_index(n)};
    i->memberships = m;
    return 0;
}

static int leave(struct inet_socket *i, struct netif *n, const ip_addr_t *group)
{
    for (struct inet_membership **at = &i->memberships; *at != NULL; at = &(*at)->next) {
        struct inet_membership *m = *at;
        if (m->interface != netif_get_index(n) || !ip_addr_cmp(&m->group, group))
            continue;
        *at = m->next;
        join_or_leave(n, group, false);
        kfree(m);
        return 0;
    }
    return -EADDRNOTAVAIL;
}

void inet_drop_memberships(struct inet_socket *i)
{
    while (i->memberships != NULL) {
        struct inet_membership *m = i->memberships;
        struct netif *n = netif_get_by_index((u8_t)m->interface);
        i->memberships = m->next;
        if (n != NULL)
            join_or_leave(n, &m->group, false);
        kfree(m);
    }
}

static int change_membership(struct inet_socket *i, unsigned index, uint32_t address, const ip_addr_t *group, bool want)
{
    if (!ip_addr_ismulticast(group))
        return -EINVAL;
    struct netif *n = membership_netif(index, address);
    if (n == NULL)
        return -ENODEV;
    return want ? join(i, n, group) : leave(i, n, group);
}

static int membership4(struct inet_socket *i, const void *value, unsigned n, bool want)
{
    struct ip_mreqn r = {0};
    if (n < sizeof(struct ip_mreq))
        return -EINVAL;
    memcpy(&r, value, n < sizeof r ? n : sizeof r);
    ip_addr_t group;
    memset(&group, 0, sizeof group);
    ip_addr_set_ip4_u32(&group, r.imr_multiaddr.s_addr);
    return change_membership(i, n >= sizeof r ? (unsigned)r.imr_ifindex : 0, r.imr_address.s_addr, &group, want);
}

static int membership6(struct inet_socket *i, const void *value, unsigned n, bool want)
{
    struct ipv6_mreq r;
    if (n < sizeof r)
        return -EINVAL;
    memcpy(&r, value, sizeof r);
    ip_addr_t group;
    memset(&group, 0, sizeof group);
    IP_SET_TYPE(&group, IPADDR_TYPE_V6);
    memcpy(ip_2_ip6(&group)->addr, &r.ipv6mr_multiaddr, 16);
    return change_membership(i, r.ipv6mr_interface, 0, &group, want);
}

static int multicast_if4(struct inet_socket *i, const void *value, unsigned n)
{
    struct ip_mreqn r = {0};
    if (n < sizeof(struct in_addr))
        return -EINVAL;
    if (n < sizeof(struct ip_mreq))
        memcpy(&r.imr_address, value, sizeof r.imr_address);
    else
        memcpy(&r, value, n < sizeof r ? n : sizeof r);
    if (r.imr_ifindex == 0 && r.imr_address.s_addr == 0) {
        i->multicast_if = 0;
        return 0;
    }
    struct netif *netif = membership_netif((unsigned)r.imr_ifindex, r.imr_address.s_addr);
    if (netif == NULL)
        return -EADDRNOTAVAIL;
    i->multicast_if = netif_get_index(netif);
    return 0;
}

static bool *flag4(struct inet_socket *i, int name)
{
    switch (name) {
    case IP_PKTINFO: return &i->pkt_info;
    case IP_RECVTTL: return &i->recv_ttl;
    case IP_RECVTOS: return &i->recv_tos;
    case IP_RECVERR: return &i->recv_error;
    case IP_FREEBIND:
    case IP_TRANSPARENT: return &i->freebind;
    case IP_RECVORIGDSTADDR: return &i->recv_orig_dst;
    default: return NULL;
    }
}

static int set_ip(struct inet_socket *i, int name, const void *value, unsigned n)
{
    int v = 0;
    if (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)
        return membership4(i, value, n, name == IP_ADD_MEMBERSHIP);
    if (name == IP_MULTICAST_IF)
        return multicast_if4(i, value, n);
    if (inet_option_int(value, n, &v) != 0)
        return -EINVAL;
    bool *flag = flag4(i, name);
    if (flag != NULL) {
        *flag = v != 0;
        return 0;
    }
    switch (name) {
    case IP_TOS: i->tos = (uint8_t)v; return 0;
    case IP_TTL:
        if (v != -1 && (v < 1 || v > 255))
            return -EINVAL;
        i->ttl = v == -1 ? 64 : (uint8_t)v;
        return 0;
    case IP_MULTICAST_TTL:
        if (v < -1 || v > 255 || i->s.type == SOCK_STREAM)
            return -EINVAL;
        i->multicast_ttl = v == -1 ? 1 : (uint8_t)v;
        return 0;
    case IP_MULTICAST_LOOP:
        if (v != 0 && v != 1)
            return -EINVAL;
        i->multicast_loop = (uint8_t)v;
        return 0;
    case IP_MULTICAST_ALL:
    case IP_RECVOPTS:
    case IP_BIND_ADDRESS_NO_PORT: return 0;
    case IP_HDRINCL:
        if (i->s.type != SOCK_RAW)
            return -ENOPROTOOPT;
        i->hdr_included = v != 0;
        return 0;
    case IP_MTU_DISCOVER:
        if (v < 0 || v > 5)
            return -EINVAL;
        i->mtu_discover = (uint8_t)v;
        return 0;
    default: return -ENOPROTOOPT;
    }
}

static bool *flag6(struct inet_socket *i, int name)
{
    switch (name) {
    case IPV6_RECVPKTINFO: return &i->pkt_info6;
    case IPV6_RECVHOPLIMIT: return &i->recv_hop_limit;
    case IPV6_RECVTCLASS: return &i->recv_tclass;
    case IPV6_RECVERR: return &i->recv_error;
    default: return NULL;
    }
}

static int set_ipv6(struct inet_socket *i, int name, const void *value, unsigned n)
{
    int v = 0;
    if (i->s.family != AF_INET6)
        return -ENOPROTOOPT;
    if (name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP)
        return membership6(i, value, n, name == IPV6_JOIN_GROUP);
    if (n < sizeof v)
        return -EINVAL;
    memcpy(&v, value, sizeof v);
    bool *flag = flag6(i, name);
    if (flag != NULL) {
        *flag = v != 0;
        return 0;
    }
    switch (name) {
    case IPV6_V6ONLY:
        if (i->bound)
            return -EINVAL;
        i->v6_only = v != 0;
        return 0;
    case IPV6_UNICAST_HOPS:
        if (v < -1 || v > 255)
            return -EINVAL;
        i->ttl = v == -1 ? 64 : (uint8_t)v;
        return 0;
    case IPV6_MULTICAST_HOPS:
        if (v < -1 || v > 255)
            return -EINVAL;
        i->multicast_ttl = v == -1 ? 1 : (uint8_t)v;
        return 0;
    case IPV6_MULTICAST_LOOP:
        if (v != 0 && v != 1)
            return -EINVAL;
        i->multicast_loop = (uint8_t)v;
        return 0;
    case IPV6_MULTICAST_IF:
        if (v != 0 && netif_get_by_index((u8_t)v) == NULL)
            return -ENODEV;
        i->multicast_if = (unsigned)v;
        return 0;
    case IPV6_TCLASS:
        if (v < -1 || v > 255)
            return -EINVAL;
        i->tos = v == -1 ? 0 : (uint8_t)v;
        return 0;
    case IPV6_MTU_DISCOVER: i->mtu_discover = (uint8_t)v; return 0;
    default: return -ENOPROTOOPT;
    }
}

int inet_set_option(struct inet_socket *i, struct ip_pcb *pcb, int level, int name, const void *value, unsigned n)
{
    int err;
    if (level == SOL_SOCKET)
        err = 0; /* recorded already; lwIP must hear of it */
    else if (level == IPPROTO_IP)
        err = set_ip(i, name, value, n);
    else if (level == IPPROTO_IPV6)
        err = set_ipv6(i, name, value, n);
    else
        err = -ENOPROTOOPT;
    if (!err)
        inet_apply_options(i, pcb);
    return err;
}

static int route_mtu(struct ip_pcb *pcb, int *v)
{
    struct netif *n = pcb == NULL || ip_addr_isany(&pcb->local_ip) ? NULL : ip_route(&pcb->local_ip, &pcb->local_ip);
    if (n == NULL)
        return -ENOTCONN;
    *v = n->mtu;
    return 0;
}

static int get_ip(struct inet_socket *i, struct ip_pcb *pcb, int name, void *value, unsigned *n)
{
    int v;
    bool *flag = flag4(i, name);
    switch (name) {
    case IP_TOS: v = i->tos; break;
    case IP_TTL: v = i->ttl; break;
    case IP_MULTICAST_TTL: v = i->multicast_ttl; break;
    case IP_MULTICAST_LOOP: v = i->multicast_loop; break;
    case IP_MTU_DISCOVER: v = i->mtu_discover; break;
    case IP_HDRINCL: v = i->hdr_included; break;
    case IP_MULTICAST_ALL: v = 1; break;
    case IP_MTU:
        if (route_mtu(pcb, &v) != 0)
            return -ENOTCONN;
        break;
    case IP_MULTICAST_IF: {
        struct netif *netif = i->multicast_if ? netif_get_by_index((u8_t)i->multicast_if) : NULL;
        uint32_t address = netif != NULL ? ip4_addr_get_u32(netif_ip4_addr(netif)) : 0;
        return inet_give(&address, sizeof address, value, n);
    }
    case IP_OPTIONS: *n = 0; return 0;
    default:
        if (flag == NULL)
            return -ENOPROTOOPT;
        v = *flag;
    }
    if (*n >= 1 && *n < sizeof v && v >= 0 && v <= 255) { /* a single byte is given for small values */
        uint8_t byte = (uint8_t)v;
        return inet_give(&byte, 1, value, n);
    }
    return inet_give(&v, sizeof v, value, n);
}

static int get_ipv6(struct inet_socket *i, struct ip_pcb *pcb, int name, void *value, unsigned *n)
{
    int v;
    if (i->s.family != AF_INET6)
        return -ENOPROTOOPT;
    bool *flag = flag6(i, name);
    switch (name) {
    case IPV6_V6ONLY: v = i->v6_only; break;
    case IPV6_UNICAST_HOPS: v = i->ttl; break;
    case IPV6_MULTICAST_HOPS: v = i->multicast_ttl; break;
    case IPV6_MULTICAST_LOOP: v = i->multicast_loop; break;
    case IPV6_MULTICAST_IF: v = (int)i->multicast_if; break;
    case IPV6_TCLASS: v = i->tos; break;
    case IPV6_MTU_DISCOVER: v = i->mtu_discover; break;
    case IPV6_MTU:
        if (route_mtu(pcb, &v) != 0)
            return -ENOTCONN;
        break;
    default:
        if (flag == NULL)
            return -ENOPROTOOPT;
        v = *flag;
    }
    return inet_give(&v, sizeof v, value, n);
}

int inet_get_option(struct inet_socket *i, struct ip_pcb *pcb, int level, int name, void *value, unsigned *n)
{
    if (level == IPPROTO_IP)
        return get_ip(i, pcb, name, value, n);
    if (level == IPPROTO_IPV6)
        return get_ipv6(i, pcb, name, value, n);
    return -ENOPROTOOPT;
}

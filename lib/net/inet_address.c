// SPDX-License-Identifier: BSD-3-Clause
// Internet socket addresses to and from lwIP's form; which addresses are ours.
#include "base/string.h"
#include "inet.h"
#include "lwip/ip.h"
#include "lwip/netif.h"
#include "net/net.h"
#include "netif_device.h"
#include "sched/time.h"
#include <errno.h>

void inet_init(struct inet_socket *i, const struct socket_ops *ops, int family, int type, int protocol)
{
    socket_init(&i->s, ops, family, type, protocol);
    i->ttl = 64;
    i->multicast_ttl = 1;
    i->multicast_loop = 1;
    i->mtu_discover = 1;
}

static int from_v4(const struct sockaddr *addr, unsigned n, ip_addr_t *ip, uint16_t *port)
{
    struct sockaddr_in in;
    if (n < sizeof in)
        return -EINVAL;
    memcpy(&in, addr, sizeof in);
    ip_addr_set_ip4_u32(ip, in.sin_addr.s_addr);
    *port = lwip_ntohs(in.sin_port);
    return 0;
}

int inet_address_in(const struct inet_socket *i, const struct sockaddr *addr, unsigned n, ip_addr_t *ip, uint16_t *port)
{
    if (n < sizeof(sa_family_t))
        return -EINVAL;
    if (i->s.family == AF_INET) {
        if (n < sizeof(struct sockaddr_in))
            return -EINVAL;
        if (addr->sa_family != AF_INET && addr->sa_family != AF_UNSPEC)
            return -EAFNOSUPPORT;
        return from_v4(addr, n, ip, port);
    }
    if (addr->sa_family == AF_INET && !i->v6_only)
        return from_v4(addr, n, ip, port);
    if (addr->sa_family != AF_INET6)
        return -EAFNOSUPPORT;
    struct sockaddr_in6 in6;
    if (n < 24) /* without the scope id, as RFC 2133 had it */
        return -EINVAL;
    memset(&in6, 0, sizeof in6);
    memcpy(&in6, addr, n < sizeof in6 ? n : sizeof in6);
    *port = lwip_ntohs(in6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        if (i->v6_only)
            return -ENETUNREACH;
        uint32_t v4;
        memcpy(&v4, &in6.sin6_addr.s6_addr[12], 4);
        ip_addr_set_ip4_u32(ip, v4);
        return 0;
    }
    memset(ip, 0, sizeof *ip);
    IP_SET_TYPE(ip, IPADDR_TYPE_V6);
    memcpy(ip_2_ip6(ip)->addr, &in6.sin6_addr, 16);
    if (ip6_addr_has_scope(ip_2_ip6(ip), IP6_UNKNOWN)) {
        unsigned zone = in6.sin6_scope_id;
        if (zone == 0 && netif_default != NULL)
            zone = netif_get_index(netif_default);
        ip6_addr_set_zone(ip_2_ip6(ip), (u8_t)zone);
    }
    return 0;
}

void inet_address_out(const struct inet_socket *i, const ip_addr_t *ip, uint16_t port, struct sockaddr_storage *out, unsigned *n)
{
    memset(out, 0, sizeof *out);
    if (i->s.family == AF_INET) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = lwip_htons(port)};
        in.sin_addr.s_addr = IP_IS_V4(ip) ? ip_addr_get_ip4_u32(ip) : 0;
        memcpy(out, &in, sizeof in);
        *n = sizeof in;
        return;
    }
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = lwip_htons(port)};
    if (IP_IS_V4_VAL(*ip) && !ip_addr_isany(ip)) {
        uint32_t v4 = ip_addr_get_ip4_u32(ip);
        in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xff;
        memcpy(&in6.sin6_addr.s6_addr[12], &v4, 4);
    } else if (IP_IS_V6_VAL(*ip)) {
        memcpy(&in6.sin6_addr, ip_2_ip6(ip)->addr, 16);
        in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(ip));
    }
    memcpy(out, &in6, sizeof in6);
    *n = sizeof in6;
}

uint8_t inet_lwip_type(const struct inet_socket *i)
{
    if (i->s.family == AF_INET)
        return IPADDR_TYPE_V4;
    return i->v6_only ? IPADDR_TYPE_V6 : IPADDR_TYPE_ANY;
}

static bool netif_owns(struct netif *n, const ip_addr_t *ip)
{
    if (IP_IS_V4(ip))
        return ip4_addr_cmp(ip_2_ip4(ip), netif_ip4_addr(n)) ||
               (!ip4_addr_isany_val(*netif_ip4_addr(n)) && ip4_addr_isbroadcast(ip_2_ip4(ip), n));
    return netif_get_ip6_addr_match(n, ip_2_ip6(ip)) >= 0;
}

bool inet_address_is_local(const ip_addr_t *ip)
{
    struct netif *n;
    if (ip_addr_isany(ip) || ip_addr_isloopback(ip) || ip_addr_ismulticast(ip))
        return true;
    if (IP_IS_V4(ip) && ip4_addr_get_u32(ip_2_ip4(ip)) == 0xffffffff)
        return true;
    NETIF_FOREACH(n) {
        if (netif_owns(n, ip))
            return true;
    }
    return false;
}

int inet_need_route(const ip_addr_t *dest)
{
    if (ip_addr_isany(dest) || ip_addr_isloopback(dest) || ip_route(IP_ANY_TYPE, dest) != NULL)
        return 0;
    net_unlock();
    int err = net_wait_configured(IP_IS_V4(dest) ? AF_INET : AF_INET6);
    net_lock();
    if (err == 0 && ip_route(IP_ANY_TYPE, dest) == NULL)
        err = -ENETUNREACH;
    return err;
}

// SPDX-License-Identifier: BSD-3-Clause
// rtnetlink: links, addresses, routes and neighbours, asked for and changed.
#include "base/string.h"
#include "core.h"
#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "netif_device.h"
#include "netlink.h"
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>

static uint32_t link_flags(const struct net_interface *i)
{
    uint32_t f = i->device == NULL ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST;
    if (netif_is_up(i->netif))
        f |= IFF_UP;
    if (netif_is_up(i->netif) && netif_is_link_up(i->netif))
        f |= IFF_RUNNING | 0x10000; /* IFF_LOWER_UP */
    return f;
}

static void put_u32(struct netlink_reply *r, uint16_t type, uint32_t v) { netlink_attr(r, type, &v, sizeof v); }
static void put_u8(struct netlink_reply *r, uint16_t type, uint8_t v) { netlink_attr(r, type, &v, sizeof v); }

static void put_stats(struct netlink_reply *r, const struct net_interface *i)
{
    uint64_t s[24] = {0};
    if (i->device != NULL) {
        const struct net_device_stats *d = &i->device->stats;
        const uint64_t v[8] = {d->rx_packets, d->tx_packets, d->rx_bytes, d->tx_bytes, d->rx_errors, d->tx_errors, d->rx_dropped, d->tx_dropped};
        memcpy(s, v, sizeof v);
    }
    netlink_attr(r, IFLA_STATS64, s, sizeof s);
}

void rtnetlink_put_link(struct netlink_reply *r, const struct net_interface *i, uint16_t flags)
{
    static const uint8_t broadcast[6] = {255, 255, 255, 255, 255, 255}, none[6] = {0};
    const struct ifinfomsg m = {
        .ifi_type = i->device == NULL ? ARPHRD_LOOPBACK : ARPHRD_ETHER, .ifi_index = (int)i->index, .ifi_flags = link_flags(i)};
    bool up = netif_is_link_up(i->netif);
    netlink_begin(r, RTM_NEWLINK, flags, &m, sizeof m);
    netlink_attr(r, IFLA_IFNAME, i->name, strlen(i->name) + 1);
    put_u32(r, IFLA_TXQLEN, 1000);
    put_u8(r, IFLA_OPERSTATE, i->device == NULL ? IF_OPER_UNKNOWN : up ? IF_OPER_UP : IF_OPER_DOWN);
    put_u8(r, IFLA_LINKMODE, 0);
    put_u32(r, IFLA_MTU, i->device == NULL ? 65536 : i->netif->mtu);
    put_u32(r, IFLA_GROUP, 0);
    put_u32(r, IFLA_NUM_TX_QUEUES, i->device == NULL ? 1 : i->device->n_queues);
    put_u32(r, IFLA_NUM_RX_QUEUES, i->device == NULL ? 1 : i->device->n_queues);
    put_u8(r, IFLA_CARRIER, up);
    netlink_attr(r, IFLA_QDISC, i->device == NULL ? "noqueue" : "pfifo", i->device == NULL ? 8 : 6);
    netlink_attr(r, IFLA_ADDRESS, i->device == NULL ? none : i->netif->hwaddr, 6);
    netlink_attr(r, IFLA_BROADCAST, i->device == NULL ? none : broadcast, 6);
    put_stats(r, i);
    netlink_end(r);
}

static uint8_t prefix_length(const ip4_addr_t *mask) { return (uint8_t)__builtin_popcount(mask->addr); }

static void put_address4(struct netlink_reply *r, const struct net_interface *i, uint16_t flags)
{
    const ip4_addr_t *ip = netif_ip4_addr(i->netif), *mask = netif_ip4_netmask(i->netif);
    if (ip4_addr_isany(ip))
        return;
    const struct ifaddrmsg m = {.ifa_family = AF_INET,
                                .ifa_prefixlen = prefix_length(mask),
                                .ifa_flags = IFA_F_PERMANENT,
                                .ifa_scope = i->device == NULL ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
                                .ifa_index = i->index};
    netlink_begin(r, RTM_NEWADDR, flags, &m, sizeof m);
    netlink_attr(r, IFA_ADDRESS, ip, 4);
    netlink_attr(r, IFA_LOCAL, ip, 4);
    if (i->device != NULL)
        put_u32(r, IFA_BROADCAST, ip->addr | ~mask->addr);
    netlink_attr(r, IFA_LABEL, i->name, strlen(i->name) + 1);
    put_u32(r, IFA_FLAGS, IFA_F_PERMANENT);
    netlink_end(r);
}

static void put_addresses6(struct netlink_reply *r, const struct net_interface *i, uint16_t flags)
{
    for (s8_t n = 0; n < LWIP_IPV6_NUM_ADDRESSES; n++) {
        const ip6_addr_t *ip = netif_ip6_addr(i->netif, n);
        if (!ip6_addr_isvalid(netif_ip6_addr_state(i->netif, n)))
            continue;
        struct ifaddrmsg m = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_flags = IFA_F_PERMANENT, .ifa_index = i->index};
        if (ip6_addr_isloopback(ip)) {
            m.ifa_prefixlen = 128;
            m.ifa_scope = RT_SCOPE_HOST;
        } else if (ip6_addr_islinklocal(ip)) {
            m.ifa_scope = RT_SCOPE_LINK;
        }
        netlink_begin(r, RTM_NEWADDR, flags, &m, sizeof m);
        netlink_attr(r, IFA_ADDRESS, ip->addr, 16);
        put_u32(r, IFA_FLAGS, IFA_F_PERMANENT);
        netlink_end(r);
    }
}

void rtnetlink_put_addresses(struct netlink_reply *r, const struct net_interface *i, int family, uint16_t flags)
{
    if (family == AF_INET)
        put_address4(r, i, flags);
    else
        put_addresses6(r, i, flags);
}

static void put_route(struct netlink_reply *r, const struct net_interface *i, uint32_t dest, uint8_t width, uint32_t gateway, uint16_t flags)
{
    const struct rtmsg m = {.rtm_family = AF_INET,
                            .rtm_dst_len = width,
                            .rtm_table = RT_TABLE_MAIN,
                            .rtm_protocol = i->dhcp ? RTPROT_DHCP : gateway ? RTPROT_BOOT : RTPROT_KERNEL,
                            .rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                            .rtm_type = RTN_UNICAST};
    netlink_begin(r, RTM_NEWROUTE, flags, &m, sizeof m);
    put_u32(r, RTA_TABLE, RT_TABLE_MAIN);
    if (width)
        put_u32(r, RTA_DST, dest);
    if (gateway)
        put_u32(r, RTA_GATEWAY, gateway);
    else
        put_u32(r, RTA_PREFSRC, ip4_addr_get_u32(netif_ip4_addr(i->netif)));
    put_u32(r, RTA_OIF, i->index);
    netlink_end(r);
}

static void put_routes(struct netlink_reply *r, const struct net_interface *i, uint16_t flags)
{
    const ip4_addr_t *ip = netif_ip4_addr(i->netif), *mask = netif_ip4_netmask(i->netif), *gw = netif_ip4_gw(i->netif);
    if (i->device == NULL || ip4_addr_isany(ip))
        return;
    if (!ip4_addr_isany(gw) && i->netif == netif_default)
        put_route(r, i, 0, 0, gw->addr, flags);
    put_route(r, i, ip->addr & mask->addr, prefix_length(mask), 0, flags);
    for (unsigned k = 0; k < i->n_classless; k++)
        put_route(r, i, i->classless_dest[k].addr, prefix_length(&i->classless_mask[k]), i->classless_gateway[k].addr, flags);
}

static void put_neighbours(struct netlink_reply *r)
{
    for (size_t k = 0; k < ARP_TABLE_SIZE; k++) {
        ip4_addr_t *ip;
        struct netif *n;
        struct eth_addr *mac;
        if (!etharp_get_entry(k, &ip, &n, &mac))
            continue;
        const struct ndmsg m = {.ndm_family = AF_INET, .ndm_ifindex = netif_get_index(n), .ndm_state = NUD_REACHABLE, .ndm_type = RTN_UNICAST};
        netlink_begin(r, RTM_NEWNEIGH, NLM_F_MULTI, &m, sizeof m);
        netlink_attr(r, 1 /* NDA_DST */, ip, 4);
        netlink_attr(r, 2 /* NDA_LLADDR */, mac, 6);
        netlink_end(r);
    }
}

static int get_link(const struct nlmsghdr *h, const uint8_t *p, size_t n, struct netlink_reply *r)
{
    bool dump = (h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
    if (dump) {
        for (struct net_interface *i = net_interfaces; i != NULL; i = i->next)
            rtnetlink_put_link(r, i, NLM_F_MULTI);
        return 0;
    }
    struct ifinfomsg m;
    if (n < sizeof m)
        return -EINVAL;
    memcpy(&m, p, sizeof m);
    size_t len;
    const char *name = netlink_find_attr(p + sizeof m, n - sizeof m, IFLA_IFNAME, 1, &len);
    struct net_interface *i = m.ifi_index > 0 ? net_interface_by_index((unsigned)m.ifi_index) : NULL;
    if (i == NULL && name != NULL && name[len - 1] == '\0')
        i = net_interface_by_name(name);
    if (i == NULL)
        return -ENODEV;
    rtnetlink_put_link(r, i, 0);
    return 0;
}

static int set_link(const uint8_t *p, size_t n)
{
    struct ifinfomsg m;
    size_t len;
    if (n < sizeof m)
        return -EINVAL;
    memcpy(&m, p, sizeof m);
    struct net_interface *i = net_interface_by_index((unsigned)m.ifi_index);
    if (i == NULL)
        return -ENODEV;
    const void *mtu = netlink_find_attr(p + sizeof m, n - sizeof m, IFLA_MTU, 4, &len);
    if (mtu != NULL && i->device != NULL) {
        uint32_t v;
        memcpy(&v, mtu, sizeof v);
        if (v < 576 || v > i->device->max_mtu)
            return -EINVAL;
        i->netif->mtu = (u16_t)v;
    }
    if (m.ifi_change & IFF_UP || m.ifi_flags & IFF_UP) {
        if (m.ifi_flags & IFF_UP)
            netif_set_up(i->netif);
        else
            netif_set_down(i->netif);
    }
    return 0;
}

static int change_address(const uint8_t *p, size_t n, bool add)
{
    struct ifaddrmsg m;
    size_t len;
    if (n < sizeof m)
        return -EINVAL;
    memcpy(&m, p, sizeof m);
    struct net_interface *i = net_interface_by_index(m.ifa_index);
    const void *ip = netlink_find_attr(p + sizeof m, n - sizeof m, IFA_LOCAL, 4, &len);
    if (ip == NULL)
        ip = netlink_find_attr(p + sizeof m, n - sizeof m, IFA_ADDRESS, 4, &len);
    if (i == NULL)
        return -ENODEV;
    if (m.ifa_family != AF_INET || ip == NULL || m.ifa_prefixlen > 32)
        return -EOPNOTSUPP;
    ip4_addr_t address, mask = {m.ifa_prefixlen ? lwip_htonl(~0u << (32 - m.ifa_prefixlen)) : 0};
    memcpy(&address, ip, 4);
    if (!add) {
        if (!ip4_addr_cmp(&address, netif_ip4_addr(i->netif)))
            return -EADDRNOTAVAIL;
        netif_set_addr(i->netif, NULL, NULL, NULL);
        return 0;
    }
    if (ip4_addr_cmp(&address, netif_ip4_addr(i->netif)))
        return -EEXIST;
    if (!ip4_addr_isany(netif_ip4_addr(i->netif)))
        return -ENOBUFS; /* lwIP keeps one IPv4 address an interface */
    netif_set_addr(i->netif, &address, &mask, NULL);
    return 0;
}

static int change_route(const uint8_t *p, size_t n, bool add)
{
    struct rtmsg m;
    size_t len;
    if (n < sizeof m)
        return -EINVAL;
    memcpy(&m, p, sizeof m);
    if (m.rtm_family != AF_INET || m.rtm_dst_len != 0)
        return -EOPNOTSUPP;
    const void *gateway = netlink_find_attr(p + sizeof m, n - sizeof m, RTA_GATEWAY, 4, &len);
    ip4_addr_t ip = {0};
    if (add && gateway == NULL)
        return -EOPNOTSUPP;
    if (gateway != NULL)
        memcpy(&ip, gateway, 4);
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device == NULL)
            continue;
        if (add ? !ip4_addr_netcmp(&ip, netif_ip4_addr(i->netif), netif_ip4_netmask(i->netif)) : i->netif != netif_default)
            continue;
        ip4_addr_t none = {0};
        netif_set_gw(i->netif, add ? &ip : &none);
        if (add)
            netif_set_default(i->netif);
        return 0;
    }
    return add ? -ENETUNREACH : -ESRCH;
}

int rtnetlink_request(const struct nlmsghdr *h, const uint8_t *payload, size_t n, struct netlink_reply *r)
{
    uint8_t family = n >= 1 ? payload[0] : AF_UNSPEC;
    struct net_interface *i;
    switch (h->nlmsg_type) {
    case RTM_GETLINK: return get_link(h, payload, n, r);
    case RTM_GETADDR:
        for (i = net_interfaces; i != NULL; i = i->next) {
            if (family == AF_UNSPEC || family == AF_INET)
                put_address4(r, i, NLM_F_MULTI);
            if (family == AF_UNSPEC || family == AF_INET6)
                put_addresses6(r, i, NLM_F_MULTI);
        }
        return 0;
    case RTM_GETROUTE:
        for (i = net_interfaces; i != NULL && (family == AF_UNSPEC || family == AF_INET); i = i->next)
            put_routes(r, i, NLM_F_MULTI);
        return 0;
    case RTM_GETNEIGH: put_neighbours(r); return 0;
    case RTM_NEWLINK:
    case RTM_SETLINK: return set_link(payload, n);
    case RTM_NEWADDR: return change_address(payload, n, true);
    case RTM_DELADDR: return change_address(payload, n, false);
    case RTM_NEWROUTE: return change_route(payload, n, true);
    case RTM_DELROUTE: return change_route(payload, n, false);
    default: return -EOPNOTSUPP;
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// What <osv/net.h> tells about one interface.
#include "base/string.h"
#include "core.h"
#include "net/net.h"
#include "netif_device.h"
#include <errno.h>
#include <osv/net.h>
#include <sys/socket.h>

_Static_assert(LWIP_IPV6_NUM_ADDRESSES + 1 <= OSV_NET_MAX_ADDRESSES,
               "an interface may have more addresses than it can tell");

static void add_address(struct osv_net_interface *out, int family, unsigned prefix_length, const void *bytes,
                        size_t n)
{
    struct osv_net_address *a = &out->addresses[out->address_count++];

    a->family = (uint16_t)family;
    a->prefix_length = (uint8_t)prefix_length;
    memcpy(a->bytes, bytes, n);
}

static void add_addresses(struct osv_net_interface *out, struct netif *n)
{
    if (!ip4_addr_isany_val(*netif_ip4_addr(n)))
        add_address(out, AF_INET, (unsigned)__builtin_popcount(netif_ip4_netmask(n)->addr), netif_ip4_addr(n),
                    4);
    for (s8_t k = 0; k < LWIP_IPV6_NUM_ADDRESSES; k++) {
        const ip6_addr_t *ip = netif_ip6_addr(n, k);
        if (ip6_addr_isvalid(netif_ip6_addr_state(n, k)))
            add_address(out, AF_INET6, ip6_addr_isloopback(ip) ? 128 : 64, ip->addr, 16);
    }
}

static uint32_t flags_of(const struct net_interface *i)
{
    return (netif_is_up(i->netif) ? OSV_NET_UP : 0) | (netif_is_link_up(i->netif) ? OSV_NET_LINK : 0) |
           (i->device == NULL ? OSV_NET_LOOPBACK : 0) | (i->dhcp ? OSV_NET_DHCP : 0);
}

int net_interface_info(unsigned position, struct osv_net_interface *out)
{
    int err = -ENODEV;

    memset(out, 0, sizeof(*out));
    net_lock();
    const struct net_interface *i = net_interfaces;
    while (i != NULL && position-- > 0)
        i = i->next;
    if (i != NULL) {
        strlcpy(out->name, i->name, sizeof(out->name));
        out->index = i->index;
        out->flags = flags_of(i);
        out->mtu = i->device == NULL ? 65536 : i->netif->mtu;
        if (i->device != NULL)
            memcpy(out->mac, i->netif->hwaddr, sizeof(out->mac));
        add_addresses(out, i->netif);
        err = 0;
    }
    net_unlock();
    return err;
}

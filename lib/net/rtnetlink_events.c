// SPDX-License-Identifier: BSD-3-Clause
// Changes of links and addresses, told to netlink sockets that joined the groups.
#include "core.h"
#include "lwip/netif.h"
#include "mem/kalloc.h"
#include "netif_device.h"
#include "netlink.h"
#include <sys/socket.h>

static void publish_link(const struct net_interface *i)
{
    struct netlink_reply r = {0};
    rtnetlink_put_link(&r, i, 0);
    netlink_publish(RTMGRP_LINK, &r);
    kfree(r.bytes);
}

static void publish_addresses(const struct net_interface *i, int family)
{
    struct netlink_reply r = {0};
    rtnetlink_put_addresses(&r, i, family, 0);
    if (r.used > 0)
        netlink_publish(family == AF_INET ? RTMGRP_IPV4_IFADDR : RTMGRP_IPV6_IFADDR, &r);
    kfree(r.bytes);
}

static void publish_gone4(const struct net_interface *i, const ip4_addr_t *ip)
{
    struct netlink_reply r = {0};
    const struct ifaddrmsg m = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = i->index};
    netlink_begin(&r, RTM_DELADDR, 0, &m, sizeof m);
    netlink_attr(&r, IFA_ADDRESS, ip, 4);
    netlink_attr(&r, IFA_LOCAL, ip, 4);
    netlink_end(&r);
    netlink_publish(RTMGRP_IPV4_IFADDR, &r);
    kfree(r.bytes);
}

/* lwIP tells of every change under the core lock. */
static void changed(struct netif *n, netif_nsc_reason_t why, const netif_ext_callback_args_t *args)
{
    struct net_interface *i = n->state;
    if (i == NULL || i->netif != n)
        return;
    if (why & (LWIP_NSC_LINK_CHANGED | LWIP_NSC_STATUS_CHANGED))
        publish_link(i);
    if ((why & LWIP_NSC_IPV4_ADDRESS_CHANGED) && args != NULL && !ip_addr_isany(args->ipv4_changed.old_address))
        publish_gone4(i, ip_2_ip4(args->ipv4_changed.old_address));
    if (why & (LWIP_NSC_IPV4_ADDRESS_CHANGED | LWIP_NSC_IPV4_NETMASK_CHANGED))
        publish_addresses(i, AF_INET);
    if (why & (LWIP_NSC_IPV6_SET | LWIP_NSC_IPV6_ADDR_STATE_CHANGED))
        publish_addresses(i, AF_INET6);
}

void rtnetlink_events_start(void)
{
    static netif_ext_callback_t callback;
    net_lock();
    netif_add_ext_callback(&callback, changed);
    net_unlock();
}

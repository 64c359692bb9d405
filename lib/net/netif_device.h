// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: lwIP interfaces over network devices.
#pragma once

#include "device/net.h"
#include "lwip/netif.h"
#include <stdbool.h>

struct net_config;

/** struct net_interface - one lwIP interface; netif->state points here. */
struct net_interface {
    struct netif *netif, storage;
    struct net_device *device;  /* NULL: loopback */
    _Atomic unsigned rx_pending; /* bit a queue */
    unsigned index;             /* as SIOCGIFINDEX says, = netif_get_index */
    unsigned in_flight;         /* packets that the device has not sent yet; core lock */
    unsigned promiscuous;       /* packet sockets that ask for it */
    bool dhcp, dhcp_done, static_config;
    char name[16];
    ip4_addr_t classless_dest[8], classless_mask[8], classless_gateway[8]; /* DHCP option 121 */
    unsigned n_classless;
    struct net_interface *next;
};

extern struct net_interface *net_interfaces; /* core lock */
void netif_device_init_loopback(void);
void netif_device_kick(struct netif *netif);
bool netif_device_poll_all(void); /* core lock; true: more work waits */
void netif_device_apply_changes(void);
struct net_interface *net_interface_by_name(const char *name);
struct net_interface *net_interface_by_index(unsigned index);
/** net_config_register - answer lwIP's questions about DHCP options and routes. */
void net_config_register(void);
int net_attach_devices(void);
/** netif_device_set_tap - AF_PACKET sees every frame in and out. @link: the Ethernet header; NULL: @p begins with it. Core lock. */
typedef void net_tap_fn(struct net_interface *i, const uint8_t *link, struct pbuf *p, bool outgoing);
void netif_device_set_tap(net_tap_fn *fn);
/** netif_device_send_frame - @p, which begins with an Ethernet header, as it is. Core lock. -ENOBUFS, -ENETDOWN, -EIO. */
int netif_device_send_frame(struct net_interface *i, struct pbuf *p);

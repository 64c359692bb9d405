// SPDX-License-Identifier: BSD-3-Clause
// The port of lwIP: what lwIP calls (port.c), and the questions that room net answers through registered functions.
#pragma once

#include "lwip/arch.h"
#include "lwip/ip_addr.h"
#include <stdbool.h>

struct netif;
struct dhcp;
struct dhcp_msg;
struct pbuf;

/** struct net_lwip_hooks - registered once by room net, before an interface exists. All under its core lock. */
struct net_lwip_hooks {
    void (*dhcp_option)(struct netif *netif, u8_t option, u8_t length, struct pbuf *p, u16_t offset);
    u16_t (*dhcp_append)(struct netif *netif, u8_t message_type, u8_t *options, u16_t used, u16_t room); /* returns the bytes used now */
    struct netif *(*ip4_route)(const ip4_addr_t *src, const ip4_addr_t *dest);            /* NULL: lwIP decides */
    void (*icmp4)(const uint8_t *ip, size_t bytes, struct netif *netif);                  /* every ICMP packet, from its IP header on */
    void (*icmp6)(const uint8_t *ip, size_t bytes, struct netif *netif);
    const ip4_addr_t *(*ip4_gateway)(struct netif *netif, const ip4_addr_t *dest);        /* NULL: the interface's own */
};
void net_lwip_set_hooks(const struct net_lwip_hooks *h);

/* Set when application memory could not be read while tcp_write() copied from it. */
extern _Atomic bool net_copy_failed;

u32_t net_lwip_tcp_isn(const ip_addr_t *local_ip, u16_t local_port, const ip_addr_t *remote_ip, u16_t remote_port);
void net_lwip_dhcp_option_parse(struct netif *netif, u8_t option, u8_t length, struct pbuf *p, u16_t offset);
u16_t net_lwip_dhcp_append_options(struct netif *netif, u8_t message_type, u8_t *options, u16_t used, u16_t room);
struct netif *net_lwip_ip4_route(const ip4_addr_t *src, const ip4_addr_t *dest);
/** net_lwip_choose_listener - before a SYN is looked at; @tcp: its header, @from: some bits of the sender's address. */
void net_lwip_choose_listener(const uint8_t *tcp, uint32_t from);
void net_lwip_icmp(const struct pbuf *p, struct netif *netif, bool v6);
/* A SYN for @port is coming: a full backlog gives up its oldest half-open connection. */
void net_lwip_make_room(u16_t port);
/* Set while somebody watches (AF_PACKET): every packet that arrives at an interface's IP layer. */
extern void (*net_lwip_watch)(struct netif *netif, struct pbuf *p, u16_t type);
/* Every packet before the stack looks at it; 0: go on. */
int net_lwip_ip4_input(struct pbuf *p, struct netif *netif);
int net_lwip_ip6_input(struct pbuf *p, struct netif *netif);
const ip4_addr_t *net_lwip_ip4_gateway(struct netif *netif, const ip4_addr_t *dest);

#define net_lwip_dhcp_option(netif, dhcp, state, msg, msg_type, option, len, pbuf, offset)                             \
    net_lwip_dhcp_option_parse(netif, option, len, pbuf, offset)
#define net_lwip_dhcp_append(netif, dhcp, state, msg, msg_type, options_len_ptr)                                       \
    (*(options_len_ptr) = net_lwip_dhcp_append_options(netif, msg_type, (msg)->options, *(options_len_ptr), DHCP_OPTIONS_LEN))

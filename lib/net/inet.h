// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: what TCP, UDP and raw sockets share.
#pragma once

#include "core.h"
#include "lwip/ip_addr.h"
#include "net/socket.h"
#include <netinet/in.h>

struct pbuf;
struct ip_pcb;

/** struct inet_socket - Legend: core lock for everything but the struct socket part. */
struct inet_socket {
    struct socket s;
    bool v6_only, bound, received_any;
    bool recv_ttl, recv_tos, pkt_info, pkt_info6, recv_hop_limit, recv_tclass, recv_error, hdr_included, recv_orig_dst, freebind;
    uint8_t tos, ttl, multicast_ttl, multicast_loop, mtu_discover;
    unsigned multicast_if; /* interface index; 0: by route */
    struct inet_membership *memberships;
};
struct inet_membership {
    struct inet_membership *next;
    ip_addr_t group;
    unsigned interface;
};

static inline struct inet_socket *inet_of(struct socket *s) { return (struct inet_socket *)s; }
void inet_init(struct inet_socket *i, const struct socket_ops *ops, int family, int type, int protocol);

/**
 * inet_address_in - a socket address of the socket's family to lwIP's form. AF_INET6 sockets take mapped IPv4 addresses too (unless IPV6_V6ONLY).
 * -EINVAL: too short; -EAFNOSUPPORT: another family.
 */
int inet_address_in(const struct inet_socket *i, const struct sockaddr *addr, unsigned n, ip_addr_t *ip, uint16_t *port) __must_check;
/** inet_address_out - the opposite, in the socket's family. */
void inet_address_out(const struct inet_socket *i, const ip_addr_t *ip, uint16_t port, struct sockaddr_storage *out, unsigned *n);
uint8_t inet_lwip_type(const struct inet_socket *i); /* IPADDR_TYPE_* for a new pcb */
bool inet_address_is_local(const ip_addr_t *ip); /* any, loopback, multicast group, broadcast or one of our interfaces' */
/** inet_need_route - before talking to @dest: waits for DHCP if that could bring a route. Core lock held (released while waiting). -ENETUNREACH, -EINTR. */
int inet_need_route(const ip_addr_t *dest) __must_check;

int inet_set_option(struct inet_socket *i, struct ip_pcb *pcb, int level, int name, const void *value, unsigned n) __must_check;
int inet_get_option(struct inet_socket *i, struct ip_pcb *pcb, int level, int name, void *value, unsigned *n) __must_check;
long inet_ioctl(struct socket *s, unsigned cmd, unsigned long arg);
void inet_apply_options(struct inet_socket *i, struct ip_pcb *pcb);
void inet_drop_memberships(struct inet_socket *i);
int inet_option_int(const void *value, unsigned n, int *out) __must_check; /* accepts one byte too, as Linux does for IP options */
int inet_give(const void *value, unsigned size, void *out, unsigned *n);

void tcp_family_init(void);
int tcp_socket_create(int family, int protocol, struct socket **out);
int udp_socket_create(int family, int type, int protocol, struct socket **out);
int raw_socket_create(int family, int type, int protocol, struct socket **out);

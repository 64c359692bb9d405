// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: UDP, ping and raw sockets.
#pragma once

#include "inet.h"
#include "lwip/raw.h"
#include "lwip/udp.h"

/** struct packet - one received message in a socket's queue. Core lock. */
struct packet {
    struct packet *next;
    struct pbuf *data;
    ip_addr_t from, to;
    uint16_t port;
    unsigned interface;
    uint8_t ttl, tos;
    nsec_t when;
};

struct datagram_socket {
    struct inet_socket i;
    union {
        struct udp_pcb *udp;
        struct raw_pcb *raw;
        struct ip_pcb *ip;
    };
    bool is_raw, is_ping, connected;
    bool source_chosen; /* connect() chose the local address: forgotten when the association goes */
    uint16_t ping_id;
    struct packet *head, *tail;
    size_t queued_bytes;
    struct datagram_error *errors; /* IP_RECVERR, oldest first */
    unsigned n_errors;
    uint32_t icmp_filter;
    uint32_t drops;
};

/** struct datagram_route - what one message's control data chooses; the socket's own values where it says nothing. */
struct datagram_route {
    ip_addr_t source;   /* any: the socket's or the route's */
    unsigned interface; /* 0: by route */
    uint8_t ttl, tos;
};
/** datagram_read_control - -EINVAL: malformed, or a value out of range; -ENODEV: no such interface. */
int datagram_read_control(const struct inet_socket *i, const struct socket_msg *m, struct datagram_route *out) __must_check;
/** datagram_put_control - the control data that the socket's options ask for with packet @k. Sets m->control_bytes. */
void datagram_put_control(struct datagram_socket *d, struct socket_msg *m, const struct packet *k);

/** datagram_of_udp - whose pcb this is; NULL: not a socket's. */
struct datagram_socket *datagram_of_udp(const struct udp_pcb *pcb);
/** datagram_receive_error - recvmsg() with MSG_ERRQUEUE. Return: bytes of the quoted data; -EAGAIN: no error waits; -EFAULT. */
long datagram_receive_error(struct datagram_socket *d, struct socket_msg *m);
void datagram_drop_errors(struct datagram_socket *d);

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
    uint32_t icmp_filter;
    uint32_t drops;
};

/** datagram_control_source - what a message's control data says of source address and interface; untouched if nothing. */
void datagram_control_source(const struct socket_msg *m, ip_addr_t *source, unsigned *interface);
/** datagram_put_control - the control data that the socket's options ask for with packet @k. Sets m->control_bytes. */
void datagram_put_control(struct datagram_socket *d, struct socket_msg *m, const struct packet *k);

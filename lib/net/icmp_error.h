// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: an ICMP error message on its way to the socket whose packet it quotes.
#pragma once

#include "lwip/ip_addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netif;
struct tcp_pcb;
struct udp_pcb;

struct icmp_error {
    bool v6, hard;           /* hard: it will not get better by waiting */
    uint8_t type, code, protocol;
    int error;               /* positive errno */
    uint32_t info;           /* EMSGSIZE: the MTU */
    ip_addr_t offender;      /* who says so */
    ip_addr_t local_ip, remote_ip; /* of the quoted packet */
    uint16_t local_port, remote_port;
    const uint8_t *payload;  /* what is quoted of its data */
    size_t payload_bytes;
};

/** icmp_error_input4, icmp_error_input6 - a received ICMP packet of @bytes contiguous bytes from its IP header on; anything but an error is ignored. Core lock. */
void icmp_error_input4(const uint8_t *ip, size_t bytes, struct netif *netif);
void icmp_error_input6(const uint8_t *ip, size_t bytes, struct netif *netif);

void datagram_icmp_error(const struct udp_pcb *pcb, const struct icmp_error *e);
void tcp_icmp_error(struct tcp_pcb *pcb, const struct icmp_error *e);

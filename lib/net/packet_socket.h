// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: AF_PACKET sockets and their mapped rings.
#pragma once

#include "abi/packet.h"
#include "lwip/pbuf.h"
#include "net/socket.h"
#include "netif_device.h"
#include <netpacket/packet.h>

struct vm_object;
struct packet_ring;

/** struct packet_view - one frame on its way past a tap. @link is the Ethernet header, @data what follows it (from @skip on). */
struct packet_view {
    struct net_interface *interface;
    const uint8_t *link;
    struct pbuf *data;
    uint16_t skip;
    bool outgoing;
    struct timespec when;
    struct sockaddr_ll from;
};

/** packet_ring_create - PACKET_RX_RING, version 2, for frames of @reserve extra bytes. -EINVAL: sizes that packet(7) forbids; -ENOMEM. */
int packet_ring_create(const struct tpacket_req *q, unsigned reserve, struct packet_ring **out) __must_check;
void packet_ring_destroy(struct packet_ring *r); /* what is mapped stays until it is unmapped */
/** packet_ring_put - copy a frame into the next slot. @with_link: SOCK_RAW. Return: false if the program has not emptied it. Core lock. */
bool packet_ring_put(struct packet_ring *r, const struct packet_view *v, bool with_link, bool losing);
bool packet_ring_has_data(const struct packet_ring *r); /* the newest slot is the program's */
/** packet_ring_object - what mmap maps, with a reference. -EINVAL: not the whole ring. */
int packet_ring_object(struct packet_ring *r, int64_t offset, size_t length, struct vm_object **out) __must_check;

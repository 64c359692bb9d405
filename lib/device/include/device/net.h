// SPDX-License-Identifier: BSD-3-Clause
// The network device class: packets in and out, offloads, link state. Drivers implement it, room net consumes it.
#pragma once

#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_device;

/* Offloads a device can do; chosen by the driver after negotiation. */
#define NET_TX_CSUM 1u   /* completes a partial checksum */
#define NET_TX_TSO4 2u
#define NET_TX_TSO6 4u
#define NET_RX_CSUM 16u  /* says which received checksums are good */
#define NET_RX_GRO 32u   /* may deliver merged segments larger than the MTU */

enum net_gso { NET_GSO_NONE, NET_GSO_TCP4, NET_GSO_TCP6, NET_GSO_UDP };

/**
 * struct net_rx_fragment - one received buffer: this header lies at the start of the buffer's page, the data behind it. The consumer owns
 * it until release(). A packet is a chain; only the first fragment's packet fields count.
 */
struct net_rx_fragment {
    struct net_rx_fragment *next;
    uint8_t *data;
    uint32_t bytes;
    uint32_t packet_bytes;      /* first: all fragments together */
    bool checksum_good;         /* first: verified by the device or the host */
    bool checksum_partial;      /* first: from the same host, not filled in, and trustworthy */
    uint8_t gso;                /* first: enum net_gso */
    uint16_t gso_size;          /* first: payload bytes of each merged segment */
    void (*release)(struct net_rx_fragment *f); /* any context */
    void *driver;
    uint64_t consumer[10];      /* room net's own: its packet-buffer header */
};

#define NET_TX_SEGS_MAX 20
/** struct net_tx - one packet to send. The memory of the segments stays valid until done(). */
struct net_tx {
    struct net_tx_seg {
        const void *data; /* kernel memory, linear map or image; not crossing a page unless physically contiguous */
        uint32_t bytes;
    } segs[NET_TX_SEGS_MAX];
    unsigned n_segs;
    bool checksum_partial;            /* the device sums from @checksum_start to the end and stores at start + offset */
    uint16_t checksum_start, checksum_offset;
    uint8_t gso;                      /* enum net_gso */
    uint16_t gso_size, header_bytes;
    void (*done)(struct net_device *d, void *arg); /* from poll() or transmit(), no locks of the driver held */
    void *arg;
};

struct net_device_stats {
    uint64_t rx_packets, rx_bytes, rx_dropped, rx_errors, tx_packets, tx_bytes, tx_dropped, tx_errors;
};

struct net_device_ops {
    /** start - begin to receive and allow interrupts. stop - the opposite. May sleep. */
    int (*start)(struct net_device *d);
    void (*stop)(struct net_device *d);
    /** transmit - queue one packet; copies what it needs of *t. -EAGAIN: ring full, ready_tx() will be called; -EIO: device broken. Caller serialises per queue. */
    int (*transmit)(struct net_device *d, unsigned queue, const struct net_tx *t);
    void (*kick)(struct net_device *d, unsigned queue); /* tell the device about what was queued since */
    /**
     * poll - hand up to @budget received packets to receive(), complete sent ones. If fewer than @budget were there, interrupts of
     * the queue are on again when it returns. Caller serialises per queue; thread context.
     */
    unsigned (*poll)(struct net_device *d, unsigned queue, unsigned budget);
    int (*set_rx_mode)(struct net_device *d, bool promiscuous, bool all_multicast); /* -EOPNOTSUPP */
    int (*set_mac)(struct net_device *d, const uint8_t mac[6]);                     /* -EOPNOTSUPP */
};

/** What room net gives to a device that it takes over. */
struct net_device_client {
    void (*rx_ready)(struct net_device *d, unsigned queue); /* interrupt context: schedule poll() */
    void (*receive)(struct net_device *d, struct net_rx_fragment *packet); /* from poll(); takes ownership */
    void (*link_changed)(struct net_device *d); /* any context */
};

struct net_device {
    char name[16];                       /* "eth0", given at registration */
    uint8_t mac[6];
    uint32_t mtu, max_mtu;
    unsigned offloads;                   /* NET_* */
    unsigned n_queues;                   /* pairs */
    _Atomic bool link_up;
    uint32_t speed_mbps;                 /* 0: unknown */
    const struct net_device_ops *ops;
    const struct net_device_client *client; /* NULL until taken over */
    void *client_data, *driver_data;
    struct net_device_stats stats;
    struct list_node link;
};

/** net_device_register - give it the next name and announce it. Context: may sleep. */
int net_device_register(struct net_device *d) __must_check;
/** net_device_iterate - in order of registration; stops when fn returns non-zero. */
int net_device_iterate(int (*fn)(struct net_device *d, void *arg), void *arg);

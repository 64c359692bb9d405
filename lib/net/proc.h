// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: generators of /proc/net.
#pragma once

struct pseudo_context;
struct text;

/** struct net_udp_view - what /proc/net/udp shows of a pcb's socket. */
struct net_udp_view {
    int family;
    bool connected;
    unsigned long inode;
    unsigned queued_bytes, drops;
};
struct udp_pcb;
struct net_interface;
struct net_device_stats;
/** net_interface_stats - counters of a device, or of loopback. */
void net_interface_stats(const struct net_interface *i, struct net_device_stats *out);
void net_udp_view(const struct udp_pcb *pcb, struct net_udp_view *out); /* core lock */

int proc_net_unix(struct text *t, const struct pseudo_context *c);
int proc_net_tcp(struct text *t, const struct pseudo_context *c);
int proc_net_tcp6(struct text *t, const struct pseudo_context *c);
int proc_net_udp(struct text *t, const struct pseudo_context *c);
int proc_net_udp6(struct text *t, const struct pseudo_context *c);
int proc_net_sockstat(struct text *t, const struct pseudo_context *c);
int proc_net_sockstat6(struct text *t, const struct pseudo_context *c);

// SPDX-License-Identifier: BSD-3-Clause
// /sys/class/net: one directory an interface.
#include "vfs/pseudo.h" /* before lwIP, whose port renames mem_init */

#include "base/format.h"
#include "base/string.h"
#include "core.h"
#include "net/proc.h"
#include "netif_device.h"
#include "proc.h"
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stddef.h>

/* The context's id is the interface's index. Interfaces never go. */
static const struct net_interface *interface_of(const struct pseudo_context *c)
{
    net_lock();
    const struct net_interface *i = net_interface_by_index((unsigned)c->id);
    net_unlock();
    return i;
}

static int show_address(struct text *t, const struct pseudo_context *c)
{
    static const uint8_t none[6];
    const struct net_interface *i = interface_of(c);
    const uint8_t *m = i->device == NULL ? none : i->netif->hwaddr;

    text_add(t, "%02x:%02x:%02x:%02x:%02x:%02x\n", m[0], m[1], m[2], m[3], m[4], m[5]);
    return 0;
}

static int show_broadcast(struct text *t, const struct pseudo_context *c)
{
    text_add(t, interface_of(c)->device == NULL ? "00:00:00:00:00:00\n" : "ff:ff:ff:ff:ff:ff\n");
    return 0;
}

static int show_mtu(struct text *t, const struct pseudo_context *c)
{
    const struct net_interface *i = interface_of(c);

    text_add(t, "%u\n", i->device == NULL ? 65536u : i->netif->mtu);
    return 0;
}

static int show_operstate(struct text *t, const struct pseudo_context *c)
{
    const struct net_interface *i = interface_of(c);

    text_add(t, i->device == NULL ? "unknown\n" : netif_is_up(i->netif) && netif_is_link_up(i->netif) ? "up\n" : "down\n");
    return 0;
}

static int show_index(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%ld\n", c->id);
    return 0;
}

static int show_flags(struct text *t, const struct pseudo_context *c)
{
    const struct net_interface *i = interface_of(c);

    text_add(t, "0x%x\n", (i->device == NULL ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST) | (netif_is_up(i->netif) ? IFF_UP : 0));
    return 0;
}

static int show_carrier(struct text *t, const struct pseudo_context *c)
{
    const struct net_interface *i = interface_of(c);

    if (!netif_is_up(i->netif))
        return -EINVAL;
    text_add(t, netif_is_link_up(i->netif) || i->device == NULL ? "1\n" : "0\n");
    return 0;
}

static int show_speed(struct text *t, const struct pseudo_context *c)
{
    const struct net_interface *i = interface_of(c);

    if (i->device == NULL)
        return -EINVAL;
    text_add(t, "%d\n", i->device->speed_mbps != 0 ? (int)i->device->speed_mbps : -1);
    return 0;
}

static int show_type(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%d\n", interface_of(c)->device == NULL ? ARPHRD_LOOPBACK : ARPHRD_ETHER);
    return 0;
}

static int show_queue_length(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "1000\n");
    return 0;
}

static const struct {
    const char *name;
    size_t offset;
} counters[] = {
    {"rx_bytes", offsetof(struct net_device_stats, rx_bytes)},     {"rx_packets", offsetof(struct net_device_stats, rx_packets)},
    {"rx_errors", offsetof(struct net_device_stats, rx_errors)},   {"rx_dropped", offsetof(struct net_device_stats, rx_dropped)},
    {"tx_bytes", offsetof(struct net_device_stats, tx_bytes)},     {"tx_packets", offsetof(struct net_device_stats, tx_packets)},
    {"tx_errors", offsetof(struct net_device_stats, tx_errors)},   {"tx_dropped", offsetof(struct net_device_stats, tx_dropped)},
};

static int show_counter(struct text *t, const struct pseudo_context *c)
{
    struct net_device_stats s;
    uint64_t v = 0; /* those that no device counts */

    net_interface_stats(interface_of(c), &s);
    for (unsigned k = 0; k < ARRAY_SIZE(counters); k++)
        if (strcmp(counters[k].name, c->node->name) == 0)
            v = *(const uint64_t *)((const char *)&s + counters[k].offset);
    text_add(t, "%llu\n", (unsigned long long)v);
    return 0;
}

#define COUNTER(n) {.name = (n), .show = show_counter}
static const struct pseudo_node statistics_files[] = {
    COUNTER("rx_bytes"), COUNTER("rx_packets"), COUNTER("rx_errors"), COUNTER("rx_dropped"), COUNTER("tx_bytes"), COUNTER("tx_packets"),
    COUNTER("tx_errors"), COUNTER("tx_dropped"), COUNTER("multicast"), COUNTER("collisions"), {.name = NULL}};
static const struct pseudo_node interface_files[] = {{.name = "address", .show = show_address},
                                                     {.name = "broadcast", .show = show_broadcast},
                                                     {.name = "carrier", .show = show_carrier},
                                                     {.name = "flags", .show = show_flags},
                                                     {.name = "ifindex", .show = show_index},
                                                     {.name = "mtu", .show = show_mtu},
                                                     {.name = "operstate", .show = show_operstate},
                                                     {.name = "speed", .show = show_speed},
                                                     {.name = "statistics", .children = statistics_files},
                                                     {.name = "tx_queue_len", .show = show_queue_length},
                                                     {.name = "type", .show = show_type},
                                                     {.name = NULL}};
static const struct pseudo_node interface_dir = {.name = "", .children = interface_files};

static int find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    char text[16];

    if (len >= sizeof text)
        return -ENOENT;
    memcpy(text, name, len);
    text[len] = '\0';
    net_lock();
    const struct net_interface *i = net_interface_by_name(text);
    net_unlock();
    if (i == NULL)
        return -ENOENT;
    out->node = &interface_dir;
    out->id = i->index;
    return 0;
}

static bool list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    net_lock();
    const struct net_interface *i = net_interfaces;
    while (i != NULL && index-- > 0)
        i = i->next;
    net_unlock();
    if (i == NULL)
        return false;
    strlcpy(name, i->name, 64);
    out->node = &interface_dir;
    out->id = i->index;
    return true;
}

const struct pseudo_node net_sys_dir = {.name = "net", .find = find, .list = list};

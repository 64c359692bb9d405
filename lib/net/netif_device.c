// SPDX-License-Identifier: BSD-3-Clause
// lwIP interfaces over network devices: packets in and out, checksum offload.
#include "netif_device.h"

#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "core.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/prot/tcp.h"
#include "lwip/prot/udp.h"
#include "mem/kalloc.h"
#include "net_lwip_hooks.h"
#include "netif/ethernet.h"
#include <errno.h>

/*
 * Theory. Receive: a device's page becomes a custom pbuf without a copy; a short packet is copied instead, so that one byte waiting in a socket does
 * not hold a page. Whether lwIP verifies checksums is set packet by packet, from what the device vouches for.
 * Send: a pbuf chain becomes a segment list and is held (a reference) until the device is done. With checksum offload
 * lwIP leaves TCP's and UDP's field zero and we put the pseudo-header's sum there, as the device expects it.
 */

enum { COPY_BELOW = 192, POLL_BUDGET = 64 };

struct net_interface *net_interfaces;
static net_tap_fn *tap;

static struct net_interface *interface_of(struct netif *n) { return n->state; }
static struct net_interface *interface_of_device(struct net_device *d) { return d->client_data; }

struct net_interface *net_interface_by_name(const char *name)
{
    struct net_interface *i = net_interfaces;
    while (i != NULL && strcmp(i->name, name) != 0)
        i = i->next;
    return i;
}

struct net_interface *net_interface_by_index(unsigned index)
{
    struct net_interface *i = net_interfaces;
    while (i != NULL && i->index != index)
        i = i->next;
    return i;
}

void netif_device_kick(struct netif *netif)
{
    struct net_interface *i = interface_of(netif);
    if (i->device != NULL)
        i->device->ops->kick(i->device, 0);
}

static void sent(struct net_device *d, void *arg)
{
    interface_of_device(d)->in_flight--;
    pbuf_free(arg);
}

/* Where the transport header of an Ethernet frame begins, and what it is; 0 if it is nothing the device can sum. */
static uint16_t transport_of(const uint8_t *frame, unsigned bytes, uint8_t *protocol, uint16_t *pseudo)
{
    uint32_t sum = 0;
    if (bytes < 14 + 20)
        return 0;
    uint16_t type = (uint16_t)(frame[12] << 8 | frame[13]);
    const uint8_t *ip = frame + 14;
    uint16_t header, length;
    if (type == 0x0800) {
        header = (uint16_t)((ip[0] & 15) * 4);
        if (((ip[6] & 0x3f) | ip[7]) != 0) /* a fragment */
            return 0;
        *protocol = ip[9];
        length = (uint16_t)((ip[2] << 8 | ip[3]) - header);
        sum = net_lwip_checksum(ip + 12, 8);
    } else if (type == 0x86dd && bytes >= 14 + 40) {
        header = 40;
        *protocol = ip[6];
        length = (uint16_t)(ip[4] << 8 | ip[5]);
        sum = net_lwip_checksum(ip + 8, 32);
    } else {
        return 0;
    }
    if ((*protocol != 6 && *protocol != 17) || bytes < 14u + header + (*protocol == 6 ? 20u : 8u))
        return 0;
    sum += lwip_htons(*protocol) + lwip_htons(length);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    *pseudo = (uint16_t)sum;
    return (uint16_t)(14 + header);
}

static void offload_checksum(struct net_tx *t, struct pbuf *p)
{
    uint8_t protocol;
    uint16_t pseudo, start = transport_of(p->payload, p->len, &protocol, &pseudo);
    if (start == 0)
        return;
    uint16_t offset = protocol == 6 ? 16 : 6;
    uint8_t *field = (uint8_t *)p->payload + start + offset;
    if (field[0] != 0 || field[1] != 0) /* summed already: a raw socket, a fragment's first part */
        return;
    memcpy(field, &pseudo, 2);
    t->checksum_partial = true;
    t->checksum_start = start;
    t->checksum_offset = offset;
}

static err_t output(struct netif *n, struct pbuf *p)
{
    struct net_interface *i = interface_of(n);
    struct net_tx t = {.done = sent};
    if (tap != NULL)
        tap(i, NULL, p, true);
    if (pbuf_clen(p) > NET_TX_SEGS_MAX) {
        p = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
        if (p == NULL)
            return ERR_MEM;
    } else {
        pbuf_ref(p);
    }
    for (struct pbuf *q = p; q != NULL; q = q->next)
        if (q->len != 0)
            t.segs[t.n_segs++] = (struct net_tx_seg){q->payload, q->len};
    if (i->device->offloads & NET_TX_CSUM)
        offload_checksum(&t, p);
    t.arg = p;
    int err = i->device->ops->transmit(i->device, 0, &t);
    if (err != 0) {
        i->device->stats.tx_dropped++;
        pbuf_free(p);
        return err == -EAGAIN ? ERR_MEM : ERR_IF;
    }
    i->in_flight++;
    net_kick_later(n);
    return ERR_OK;
}

/* One fragment as a pbuf; custom ones give the page back when freed. */
struct rx_pbuf {
    struct pbuf_custom custom;
};
_Static_assert(sizeof(struct rx_pbuf) <= sizeof(((struct net_rx_fragment *)0)->consumer), "room in the fragment header");

static void free_rx(struct pbuf *p)
{
    struct net_rx_fragment *f = container_of((uint64_t *)p, struct net_rx_fragment, consumer[0]);
    f->release(f);
}

static struct pbuf *wrap(struct net_rx_fragment *f)
{
    struct rx_pbuf *r = (struct rx_pbuf *)f->consumer;
    r->custom.custom_free_function = free_rx;
    return pbuf_alloced_custom(PBUF_RAW, (u16_t)f->bytes, PBUF_REF, &r->custom, f->data, (u16_t)f->bytes);
}

static struct pbuf *packet_to_pbuf(struct net_rx_fragment *first)
{
    if (first->next == NULL && first->bytes < COPY_BELOW) {
        struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)first->bytes, PBUF_RAM);
        if (p != NULL)
            memcpy(p->payload, first->data, first->bytes);
        first->release(first);
        return p;
    }
    struct pbuf *head = NULL;
    while (first != NULL) {
        struct net_rx_fragment *next = first->next;
        struct pbuf *p = wrap(first);
        if (head == NULL)
            head = p;
        else
            pbuf_cat(head, p);
        first = next;
    }
    return head;
}

/* Frames that only promiscuous mode brings. */
static bool is_for_another(const struct netif *n, const struct pbuf *p)
{
    const uint8_t *to = p->payload;
    return p->len >= 6 && !(to[0] & 1) && memcmp(to, n->hwaddr, 6) != 0;
}

static void receive(struct net_device *d, struct net_rx_fragment *packet)
{
    struct net_interface *i = interface_of_device(d);
    bool good = packet->checksum_good;
    struct pbuf *p = packet_to_pbuf(packet);
    if (p == NULL) {
        d->stats.rx_dropped++;
        return;
    }
    if (tap != NULL)
        tap(i, NULL, p, false);
    if (i->promiscuous && is_for_another(i->netif, p)) {
        pbuf_free(p);
        return;
    }
    u16_t check = NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP;
    i->netif->chksum_flags = good ? i->netif->chksum_flags & (u16_t)~check : i->netif->chksum_flags | check;
    if (i->netif->input(p, i->netif) != ERR_OK)
        pbuf_free(p);
}

static void rx_ready(struct net_device *d, unsigned queue)
{
    struct net_interface *i = interface_of_device(d);
    __atomic_fetch_or((unsigned *)&i->rx_pending, 1u << queue, __ATOMIC_RELEASE);
    net_wake_thread();
}

static _Atomic bool link_changes;
static void link_changed(struct net_device *d)
{
    (void)d;
    link_changes = true;
    net_wake_thread();
}

static const struct net_device_client client = {.rx_ready = rx_ready, .receive = receive, .link_changed = link_changed};

bool netif_device_poll_all(void)
{
    bool more = false;
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        unsigned pending = __atomic_exchange_n((unsigned *)&i->rx_pending, 0, __ATOMIC_ACQUIRE);
        for (unsigned q = 0; pending >> q; q++) {
            if (!(pending >> q & 1))
                continue;
            if (i->device->ops->poll(i->device, q, POLL_BUDGET) == POLL_BUDGET) {
                __atomic_fetch_or((unsigned *)&i->rx_pending, 1u << q, __ATOMIC_RELEASE);
                more = true;
            }
        }
    }
    return more;
}

void netif_device_apply_changes(void)
{
    if (!__atomic_exchange_n((bool *)&link_changes, false, __ATOMIC_ACQUIRE))
        return;
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device == NULL)
            continue;
        if (i->device->link_up)
            netif_set_link_up(i->netif);
        else
            netif_set_link_down(i->netif);
    }
}

/* Loopback has no frames; a header is made up for those who watch. It shows a packet leaving and coming, as on Linux. */
static void watch_loopback(struct netif *n, struct pbuf *p, u16_t type)
{
    const uint8_t link[14] = {[12] = (uint8_t)(type >> 8), [13] = (uint8_t)type};
    if (tap == NULL || interface_of(n)->device != NULL)
        return;
    tap(interface_of(n), link, p, true);
    tap(interface_of(n), link, p, false);
}

void netif_device_set_tap(net_tap_fn *fn)
{
    tap = fn;
    net_lwip_watch = fn != NULL ? watch_loopback : NULL;
}

int netif_device_send_frame(struct net_interface *i, struct pbuf *p)
{
    err_t e;
    if (i->device != NULL) {
        e = netif_is_link_up(i->netif) ? output(i->netif, p) : ERR_RTE;
    } else {
        pbuf_remove_header(p, 14);
        e = netif_loop_output(i->netif, p);
    }
    return e == ERR_OK ? 0 : e == ERR_RTE ? -ENETDOWN : net_errno(e);
}

static err_t init_netif(struct netif *n)
{
    struct net_interface *i = interface_of(n);
    struct net_device *d = i->device;
    n->name[0] = 'e';
    n->name[1] = 't';
    n->mtu = (u16_t)d->mtu;
    n->hwaddr_len = 6;
    memcpy(n->hwaddr, d->mac, 6);
    n->output = etharp_output;
    n->output_ip6 = ethip6_output;
    n->linkoutput = output;
    n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    u16_t checks = NETIF_CHECKSUM_ENABLE_ALL;
    if (d->offloads & NET_TX_CSUM)
        checks &= (u16_t) ~(NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_GEN_UDP);
    NETIF_SET_CHECKSUM_CTRL(n, checks);
    return ERR_OK;
}

/* Multicast: rather than program filters, ask for all of it when the device can. */
static void open_filters(struct net_device *d)
{
    int err = d->ops->set_rx_mode != NULL ? d->ops->set_rx_mode(d, false, true) : -EOPNOTSUPP;
    (void)err; /* a device without a filter passes everything */
}

static int attach(struct net_device *d, void *arg)
{
    (void)arg;
    struct net_interface *i = kzalloc(sizeof *i);
    if (i == NULL)
        return -ENOMEM;
    i->device = d;
    i->netif = &i->storage;
    strlcpy(i->name, d->name, sizeof i->name);
    d->client_data = i;
    d->client = &client;
    net_lock();
    netif_add_noaddr(i->netif, i, init_netif, ethernet_input);
    i->index = netif_get_index(i->netif);
    struct net_interface **end = &net_interfaces;
    while (*end != NULL)
        end = &(*end)->next;
    *end = i;
    netif_create_ip6_linklocal_address(i->netif, 1);
    netif_set_ip6_autoconfig_enabled(i->netif, 1);
    if (netif_default == NULL)
        netif_set_default(i->netif);
    net_unlock();
    int err = d->ops->start(d);
    open_filters(d);
    net_lock();
    if (d->link_up)
        netif_set_link_up(i->netif);
    netif_set_up(i->netif);
    net_unlock();
    return err;
}

int net_attach_devices(void) { return net_device_iterate(attach, NULL); }

void netif_device_init_loopback(void)
{
    /* lwIP made its own loopback interface; it only needs a place in our list. */
    static struct net_interface lo = {.name = "lo"};
    struct netif *n = netif_get_by_index(1);
    lo.index = 1;
    lo.netif = n;
    n->state = &lo;
    n->mtu = 65535 - 20; /* as large as lwIP's lengths allow */
    NETIF_SET_CHECKSUM_CTRL(n, NETIF_CHECKSUM_DISABLE_ALL);
    net_interfaces = &lo;
}

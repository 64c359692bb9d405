// SPDX-License-Identifier: BSD-3-Clause
// virtio-net: VIRTIO 1.2, section 5.1.
#include "base/compiler.h"
#include "base/log.h"
#include "base/string.h"
#include "device/class.h"
#include "device/net.h"
#include "mem/dma.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "sched/mutex.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "virtio/device.h"
#include <errno.h>

/*
 * Theory. Receive buffers are single pages: the fragment header that room net sees, then the bytes the device writes (its header, then the
 * packet). A page goes up to the consumer without a copy and comes back to the allocator through release(); the ring is refilled with fresh
 * pages in poll(). With mergeable buffers a packet of up to 64 KiB (merged by the host) is a chain of pages.
 * Sends need one small slot each: the device header and whom to tell. Completions are reaped when the queue is used and in poll(); the
 * send interrupt is only on while the ring is full. The receive interrupt is off from its first firing until poll() found the ring empty.
 * Locks: room net serialises calls on one queue; interrupts touch only the ring's interrupt switch.
 */

enum { F_CSUM = 0, F_GUEST_CSUM = 1, F_MTU = 3, F_MAC = 5, F_GUEST_TSO4 = 7, F_GUEST_TSO6 = 8, F_HOST_TSO4 = 11, F_HOST_TSO6 = 12,
       F_MRG_RXBUF = 15, F_STATUS = 16, F_CTRL_VQ = 17, F_CTRL_RX = 18, F_MQ = 22, F_CTRL_MAC = 23 };
enum { CFG_MAC = 0, CFG_STATUS = 6, CFG_MAX_PAIRS = 8, CFG_MTU = 10 };
enum { HDR_NEEDS_CSUM = 1, HDR_DATA_VALID = 2, GSO_TCP4 = 1, GSO_UDP = 3, GSO_TCP6 = 4, GSO_ECN = 0x80 };
enum { CTRL_RX = 0, CTRL_RX_PROMISC = 0, CTRL_RX_ALLMULTI = 1, CTRL_MAC = 1, CTRL_MAC_ADDR_SET = 1, CTRL_MQ = 4, CTRL_MQ_PAIRS_SET = 0 };
enum { RX_RING = 256, TX_RING = 256, PAIRS_MAX = 4, PAGE = 4096, CHAIN_MAX = 18 };

struct virtio_net_hdr {
    uint8_t flags, gso_type;
    uint16_t hdr_len, gso_size, csum_start, csum_offset, num_buffers;
};
_Static_assert(sizeof(struct virtio_net_hdr) == 12, "VIRTIO 5.1.6");

/* Where the device writes in a page: behind the fragment header, so that the IP header of a packet is 4-byte aligned. */
#define RX_OFFSET (ALIGN_UP(sizeof(struct net_rx_fragment), 32) + 6)
_Static_assert((RX_OFFSET + 12 + 14) % 4 == 0, "alignment of the IP header");

struct tx_slot {
    struct virtio_net_hdr hdr;
    void (*done)(struct net_device *d, void *arg);
    void *arg;
    struct tx_slot *next_free;
};

struct pair {
    struct net *net;
    unsigned index;
    struct virtq *rx, *tx;
    struct tx_slot *slots, *free_slots;
    unsigned rx_target; /* buffers to keep in the ring */
    unsigned rx_posted;
};

struct net {
    struct net_device device;
    struct virtio_device *virtio;
    unsigned hdr_bytes;
    struct pair pairs[PAIRS_MAX];
    struct virtq *control;
    struct mutex control_lock;
    struct wait_queue control_done;
};

static struct net *net_of(struct net_device *d) { return d->driver_data; }

static void release_page(struct net_rx_fragment *f) { frame_put(virt_to_frame(f)); }

static bool post_buffer(struct pair *p)
{
    struct frame *page = frame_alloc(0, 0);
    if (page == NULL)
        return false;
    struct net_rx_fragment *f = frame_to_virt(page);
    const struct virtq_seg seg = {frame_to_phys(page) + RX_OFFSET, PAGE - RX_OFFSET};
    if (virtq_add(p->rx, &seg, 0, 1, f) != 0) {
        frame_put(page);
        return false;
    }
    p->rx_posted++;
    return true;
}

static void refill(struct pair *p)
{
    while (p->rx_posted < p->rx_target && post_buffer(p))
        ;
    virtq_kick(p->rx);
}

static void complete_sends(struct pair *p)
{
    uint32_t ignored;
    struct tx_slot *s;
    while ((s = virtq_reap(p->tx, &ignored)) != NULL) {
        void (*done)(struct net_device *, void *) = s->done;
        void *arg = s->arg;
        s->next_free = p->free_slots;
        p->free_slots = s;
        if (done != NULL)
            done(&p->net->device, arg);
    }
}

/* The device header of a packet that claims offloads: believed only as far as it is consistent. */
static void apply_header(struct net_rx_fragment *f, const struct virtio_net_hdr *h)
{
    f->checksum_good = (h->flags & (HDR_DATA_VALID | HDR_NEEDS_CSUM)) != 0;
    f->checksum_partial = (h->flags & HDR_NEEDS_CSUM) != 0;
    uint8_t type = h->gso_type & (uint8_t)~GSO_ECN;
    f->gso = type == GSO_TCP4 ? NET_GSO_TCP4 : type == GSO_TCP6 ? NET_GSO_TCP6 : type == GSO_UDP ? NET_GSO_UDP : NET_GSO_NONE;
    f->gso_size = h->gso_size;
}

static void release_chain(struct net_rx_fragment *f)
{
    while (f != NULL) {
        struct net_rx_fragment *next = f->next;
        release_page(f);
        f = next;
    }
}

static struct net_rx_fragment *reap_fragment(struct pair *p, unsigned skip)
{
    uint32_t bytes;
    struct net_rx_fragment *f = virtq_reap(p->rx, &bytes);
    if (f == NULL)
        return NULL;
    p->rx_posted--;
    f->next = NULL;
    f->data = (uint8_t *)f + RX_OFFSET + skip;
    f->bytes = bytes > skip ? bytes - skip : 0;
    f->release = release_page;
    return f;
}

/* One packet with all its fragments; NULL: nothing there. A packet that makes no sense is dropped and *dropped set. */
static struct net_rx_fragment *receive_packet(struct pair *p, bool *dropped)
{
    struct net *n = p->net;
    struct net_rx_fragment *first = reap_fragment(p, n->hdr_bytes);
    if (first == NULL)
        return NULL;
    struct virtio_net_hdr h = {0};
    memcpy(&h, (uint8_t *)first + RX_OFFSET, n->hdr_bytes);
    unsigned more = virtio_has(n->virtio, F_MRG_RXBUF) && h.num_buffers > 0 ? h.num_buffers - 1u : 0;
    struct net_rx_fragment *last = first;
    first->packet_bytes = first->bytes;
    *dropped = first->bytes < 14 || more >= CHAIN_MAX;
    for (; more > 0; more--) {
        struct net_rx_fragment *f = reap_fragment(p, 0);
        if (f == NULL) {
            virtio_mark_broken(n->virtio, "a packet's fragments are missing");
            *dropped = true;
            break;
        }
        last->next = f;
        last = f;
        first->packet_bytes += f->bytes;
    }
    if (first->packet_bytes > 65535 + 14 + 4)
        *dropped = true;
    apply_header(first, &h);
    return first;
}

static unsigned poll(struct net_device *d, unsigned queue, unsigned budget)
{
    struct pair *p = &net_of(d)->pairs[queue];
    unsigned n = 0;
    complete_sends(p);
    for (;;) {
        bool dropped = false;
        struct net_rx_fragment *f = n < budget ? receive_packet(p, &dropped) : NULL;
        if (f == NULL) {
            if (n == budget || !virtq_enable_interrupts(p->rx))
                break;
            virtq_disable_interrupts(p->rx);
            continue;
        }
        n++;
        if (dropped) {
            d->stats.rx_errors++;
            release_chain(f);
            continue;
        }
        d->stats.rx_packets++;
        d->stats.rx_bytes += f->packet_bytes;
        d->client->receive(d, f);
        if (p->rx_posted < p->rx_target / 2)
            refill(p);
    }
    refill(p);
    return n;
}

static void fill_header(struct virtio_net_hdr *h, const struct net_tx *t)
{
    *h = (struct virtio_net_hdr){0};
    if (t->checksum_partial) {
        h->flags = HDR_NEEDS_CSUM;
        h->csum_start = t->checksum_start;
        h->csum_offset = t->checksum_offset;
    }
    if (t->gso != NET_GSO_NONE) {
        h->gso_type = t->gso == NET_GSO_TCP6 ? GSO_TCP6 : GSO_TCP4;
        h->gso_size = t->gso_size;
        h->hdr_len = t->header_bytes;
    }
}

static struct tx_slot *take_slot(struct pair *p)
{
    if (p->free_slots == NULL)
        complete_sends(p);
    struct tx_slot *s = p->free_slots;
    if (s != NULL)
        p->free_slots = s->next_free;
    return s;
}

static int transmit(struct net_device *d, unsigned queue, const struct net_tx *t)
{
    struct pair *p = &net_of(d)->pairs[queue];
    struct virtq_seg segs[NET_TX_SEGS_MAX + 1];
    uint64_t bytes = 0;
    if (virtio_is_broken(p->net->virtio))
        return -EIO;
    struct tx_slot *s = take_slot(p);
    if (s == NULL)
        goto full;
    fill_header(&s->hdr, t);
    s->done = t->done;
    s->arg = t->arg;
    segs[0] = (struct virtq_seg){dma_addr(&s->hdr), p->net->hdr_bytes};
    for (unsigned i = 0; i < t->n_segs; i++) {
        segs[i + 1] = (struct virtq_seg){dma_addr(t->segs[i].data), t->segs[i].bytes};
        bytes += t->segs[i].bytes;
    }
    int err = virtq_add(p->tx, segs, t->n_segs + 1, 0, s);
    if (err == -ENOSPC) {
        complete_sends(p);
        err = virtq_add(p->tx, segs, t->n_segs + 1, 0, s);
    }
    if (!err) {
        d->stats.tx_packets++;
        d->stats.tx_bytes += bytes;
        return 0;
    }
    s->next_free = p->free_slots;
    p->free_slots = s;
    if (err != -ENOSPC)
        return err;
full:
    if (virtq_enable_interrupts(p->tx)) /* something completed meanwhile: let poll() find it */
        d->client->rx_ready(d, queue);
    return -EAGAIN;
}

static void kick(struct net_device *d, unsigned queue) { virtq_kick(net_of(d)->pairs[queue].tx); }

static void queue_event(struct virtq *q)
{
    struct pair *p = q->callback_arg;
    virtq_disable_interrupts(q);
    if (p->net->device.client != NULL)
        p->net->device.client->rx_ready(&p->net->device, p->index);
}

static void read_link(struct net *n)
{
    uint16_t status = 1;
    if (virtio_has(n->virtio, F_STATUS))
        virtio_config_read(n->virtio, CFG_STATUS, &status, sizeof status);
    bool up = status & 1;
    if (n->device.link_up == up)
        return;
    n->device.link_up = up;
    if (n->device.client != NULL && n->device.client->link_changed != NULL)
        n->device.client->link_changed(&n->device);
}

static void config_changed(struct virtio_device *v) { read_link(v->driver_data); }

static void control_event(struct virtq *q)
{
    struct net *n = q->callback_arg;
    wait_queue_wake_all(&n->control_done);
}

/* Sends one control command and waits for its verdict. */
static int control(struct net *n, uint8_t class, uint8_t command, const void *data, uint32_t bytes)
{
    if (n->control == NULL)
        return -EOPNOTSUPP;
    paddr_t pa;
    uint8_t *buf = dma_alloc(PAGE, ~0ull, &pa);
    if (buf == NULL)
        return -ENOMEM;
    buf[0] = class;
    buf[1] = command;
    memcpy(buf + 2, data, bytes);
    buf[PAGE - 1] = 0xff;
    const struct virtq_seg segs[] = {{pa, 2}, {pa + 2, bytes}, {pa + PAGE - 1, 1}};
    uint32_t got;
    mutex_lock(&n->control_lock);
    int err = virtq_add(n->control, segs, 2, 1, buf);
    if (!err) {
        virtq_kick(n->control);
        virtq_enable_interrupts(n->control);
        WAIT_EVENT(&n->control_done, virtq_reap(n->control, &got) != NULL || virtio_is_broken(n->virtio), false,
                   clock_monotonic_ns() + 2000000000, err);
    }
    mutex_unlock(&n->control_lock);
    if (err == -ETIMEDOUT) { /* the device may still write there: the page is lost on purpose */
        virtio_mark_broken(n->virtio, "no answer on the control queue");
        return -EIO;
    }
    if (!err)
        err = buf[PAGE - 1] == 0 ? 0 : -EIO;
    dma_free(buf, PAGE);
    return err;
}

static int set_rx_mode(struct net_device *d, bool promiscuous, bool all_multicast)
{
    struct net *n = net_of(d);
    if (!virtio_has(n->virtio, F_CTRL_RX))
        return -EOPNOTSUPP;
    uint8_t on = promiscuous;
    int err = control(n, CTRL_RX, CTRL_RX_PROMISC, &on, 1);
    on = all_multicast;
    return err ? err : control(n, CTRL_RX, CTRL_RX_ALLMULTI, &on, 1);
}

static int set_mac(struct net_device *d, const uint8_t mac[6])
{
    struct net *n = net_of(d);
    int err = virtio_has(n->virtio, F_CTRL_MAC) ? control(n, CTRL_MAC, CTRL_MAC_ADDR_SET, mac, 6) : -EOPNOTSUPP;
    if (!err)
        memcpy(d->mac, mac, 6);
    return err;
}

static int start(struct net_device *d)
{
    struct net *n = net_of(d);
    for (unsigned i = 0; i < d->n_queues; i++) {
        struct pair *p = &n->pairs[i];
        refill(p);
        virtq_disable_interrupts(p->tx);
        if (virtq_enable_interrupts(p->rx))
            d->client->rx_ready(d, i);
    }
    uint16_t pairs = (uint16_t)d->n_queues;
    if (pairs > 1 && control(n, CTRL_MQ, CTRL_MQ_PAIRS_SET, &pairs, sizeof pairs) != 0)
        d->n_queues = 1;
    read_link(n);
    return 0;
}

static void stop(struct net_device *d)
{
    for (unsigned i = 0; i < d->n_queues; i++)
        virtq_disable_interrupts(net_of(d)->pairs[i].rx);
}

static const struct net_device_ops net_ops = {
    .start = start,
    .stop = stop,
    .transmit = transmit,
    .kick = kick,
    .poll = poll,
    .set_rx_mode = set_rx_mode,
    .set_mac = set_mac,
};

static int setup_pair(struct net *n, unsigned index)
{
    struct pair *p = &n->pairs[index];
    p->net = n;
    p->index = index;
    int err = virtio_queue_setup(n->virtio, (uint16_t)(2 * index), RX_RING, queue_event, p, &p->rx);
    if (!err)
        err = virtio_queue_setup(n->virtio, (uint16_t)(2 * index + 1), TX_RING, queue_event, p, &p->tx);
    if (err)
        return err;
    p->slots = kcalloc(p->tx->size, sizeof *p->slots);
    if (p->slots == NULL)
        return -ENOMEM;
    for (unsigned i = 0; i < p->tx->size; i++) {
        p->slots[i].next_free = p->free_slots;
        p->free_slots = &p->slots[i];
    }
    /* A small machine gives the ring a small share of its memory. */
    uint64_t share = frame_total_pages() / 32 / n->device.n_queues;
    p->rx_target = share < 16 ? 16 : share > 192 ? 192 : (unsigned)share;
    if (p->rx_target > p->rx->size)
        p->rx_target = p->rx->size;
    return 0;
}

static void read_identity(struct net *n)
{
    struct net_device *d = &n->device;
    if (virtio_has(n->virtio, F_MAC)) {
        virtio_config_read(n->virtio, CFG_MAC, d->mac, 6);
    } else {
        random_bytes(d->mac, 6);
        d->mac[0] = (d->mac[0] & 0xfc) | 2; /* locally administered, not multicast */
    }
    uint16_t mtu = 1500;
    if (virtio_has(n->virtio, F_MTU))
        virtio_config_read(n->virtio, CFG_MTU, &mtu, sizeof mtu);
    if (mtu < 576)
        mtu = 1500;
    d->mtu = mtu > 9000 ? 9000 : mtu;
    d->max_mtu = d->mtu;
}

static unsigned choose_pairs(struct net *n)
{
    uint16_t max = 1;
    if (virtio_has(n->virtio, F_MQ) && virtio_has(n->virtio, F_CTRL_VQ))
        virtio_config_read(n->virtio, CFG_MAX_PAIRS, &max, sizeof max);
    if (max < 1 || 2u * max + 1 > VIRTIO_QUEUES_MAX)
        max = 1;
    unsigned cpus = sched_cpu_count();
    unsigned pairs = max < cpus ? max : cpus;
    if (virtio_has(n->virtio, F_CTRL_VQ)) {
        uint16_t index = (uint16_t)(virtio_has(n->virtio, F_MQ) ? 2 * max : 2);
        if (virtio_queue_setup(n->virtio, index, 16, control_event, n, &n->control) != 0)
            n->control = NULL;
    }
    if (n->control == NULL)
        return 1;
    return pairs > PAIRS_MAX ? PAIRS_MAX : pairs;
}

static unsigned offloads_of(const struct virtio_device *v)
{
    return (virtio_has(v, F_CSUM) ? NET_TX_CSUM : 0) | (virtio_has(v, F_HOST_TSO4) ? NET_TX_TSO4 : 0) |
           (virtio_has(v, F_HOST_TSO6) ? NET_TX_TSO6 : 0) | (virtio_has(v, F_GUEST_CSUM) ? NET_RX_CSUM : 0) |
           (virtio_has(v, F_GUEST_TSO4) ? NET_RX_GRO : 0);
}

static int probe(struct virtio_device *v)
{
    struct net *n = kzalloc(sizeof *n);
    if (n == NULL)
        return -ENOMEM;
    n->virtio = v;
    v->driver_data = n;
    mutex_init(&n->control_lock);
    wait_queue_init(&n->control_done);
    uint64_t wanted = 1ull << F_CSUM | 1ull << F_GUEST_CSUM | 1ull << F_MTU | 1ull << F_MAC | 1ull << F_HOST_TSO4 |
                      1ull << F_HOST_TSO6 | 1ull << F_MRG_RXBUF | 1ull << F_STATUS | 1ull << F_CTRL_VQ | 1ull << F_CTRL_RX |
                      1ull << F_MQ | 1ull << F_CTRL_MAC;
    if (v->transport->get_features(v) >> F_MRG_RXBUF & 1) /* merged segments need chains of buffers */
        wanted |= 1ull << F_GUEST_TSO4 | 1ull << F_GUEST_TSO6;
    int err = virtio_negotiate(v, wanted);
    if (err)
        goto fail;
    n->hdr_bytes = v->legacy && !virtio_has(v, F_MRG_RXBUF) ? 10 : 12;
    read_identity(n);
    n->device.n_queues = choose_pairs(n);
    for (unsigned i = 0; i < n->device.n_queues && !err; i++)
        err = setup_pair(n, i);
    if (err)
        goto fail;
    n->device.ops = &net_ops;
    n->device.driver_data = n;
    n->device.offloads = offloads_of(v);
    v->config_changed = config_changed;
    virtio_driver_ok(v);
    read_link(n);
    return net_device_register(&n->device);
fail:
    for (unsigned i = 0; i < PAIRS_MAX; i++)
        kfree(n->pairs[i].slots);
    kfree(n);
    v->driver_data = NULL;
    return err;
}

const struct virtio_driver virtio_net_driver = {.name = "virtio-net", .device_id = VIRTIO_ID_NET, .probe = probe};

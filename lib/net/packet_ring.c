// SPDX-License-Identifier: BSD-3-Clause
// PACKET_RX_RING: frames in memory that the program has mapped (TPACKET_V2).
#include "base/string.h"
#include "vm/object.h" /* before lwIP, which has a mem_init of its own */
#include "packet_socket.h"
#include "mem/kalloc.h"
#include <errno.h>

/*
 * Theory. The ring is a shared memory object whose pages are present and held from the start, so that a packet is copied in without sleeping. Each
 * slot begins with its header; the status word says whose it is and is written last (release) and read first (acquire). The program may scribble
 * over everything: we read back nothing but that word.
 */

struct packet_ring {
    struct vm_object *object;
    struct frame **pages;
    size_t n_pages;
    uint32_t frame_bytes, n_frames, per_block, block_bytes, next;
    uint16_t reserve;
};

enum { RING_MAX = 64 << 20, FRAME_FIXED = sizeof(struct tpacket2_hdr) + sizeof(struct sockaddr_ll) };

static int check_request(const struct tpacket_req *q, unsigned reserve)
{
    if (q->tp_block_size == 0 || q->tp_block_nr == 0 || q->tp_block_size % PAGE_SIZE != 0 || q->tp_frame_size % TPACKET_ALIGNMENT != 0 ||
        q->tp_frame_size < ALIGN_UP(FRAME_FIXED, TPACKET_ALIGNMENT) + reserve || q->tp_frame_size > q->tp_block_size)
        return -EINVAL;
    uint64_t bytes = (uint64_t)q->tp_block_size * q->tp_block_nr;
    if ((uint64_t)(q->tp_block_size / q->tp_frame_size) * q->tp_block_nr != q->tp_frame_nr)
        return -EINVAL;
    return bytes > RING_MAX ? -ENOMEM : 0;
}

void packet_ring_destroy(struct packet_ring *r)
{
    for (size_t i = 0; r->pages != NULL && i < r->n_pages; i++)
        if (r->pages[i] != NULL)
            frame_put(r->pages[i]);
    kfree(r->pages);
    if (r->object != NULL)
        vm_object_put(r->object);
    kfree(r);
}

int packet_ring_create(const struct tpacket_req *q, unsigned reserve, struct packet_ring **out)
{
    int err = check_request(q, reserve);
    if (err)
        return err;
    struct packet_ring *r = kzalloc(sizeof *r);
    if (r == NULL)
        return -ENOMEM;
    *r = (struct packet_ring){.frame_bytes = q->tp_frame_size, .n_frames = q->tp_frame_nr, .per_block = q->tp_block_size / q->tp_frame_size,
                              .block_bytes = q->tp_block_size, .reserve = (uint16_t)reserve};
    r->n_pages = (size_t)q->tp_block_size * q->tp_block_nr / PAGE_SIZE;
    r->object = vm_object_create_anon((uint64_t)r->n_pages * PAGE_SIZE);
    r->pages = kcalloc(r->n_pages, sizeof *r->pages);
    err = r->object == NULL || r->pages == NULL ? -ENOMEM : 0;
    for (size_t i = 0; i < r->n_pages && !err; i++)
        err = page_cache_get(r->object, i, true, &r->pages[i]);
    if (err) {
        packet_ring_destroy(r);
        return err;
    }
    *out = r;
    return 0;
}

int packet_ring_object(struct packet_ring *r, int64_t offset, size_t length, struct vm_object **out)
{
    if (offset != 0 || length != r->n_pages * PAGE_SIZE)
        return -EINVAL;
    *out = vm_object_get(r->object);
    return 0;
}

static uint64_t slot_offset(const struct packet_ring *r, uint32_t slot)
{
    return (uint64_t)(slot / r->per_block) * r->block_bytes + (uint64_t)(slot % r->per_block) * r->frame_bytes;
}

static void write_at(struct packet_ring *r, uint64_t at, const void *data, size_t n)
{
    const uint8_t *from = data;
    while (n > 0) {
        size_t in_page = at % PAGE_SIZE, step = n < PAGE_SIZE - in_page ? n : PAGE_SIZE - in_page;
        memcpy((uint8_t *)frame_to_virt(r->pages[at / PAGE_SIZE]) + in_page, from, step);
        from += step;
        at += step;
        n -= step;
    }
}

static uint32_t *status_of(const struct packet_ring *r, uint32_t slot)
{
    uint64_t at = slot_offset(r, slot); /* a multiple of 16: the word lies in one page */
    return (uint32_t *)((uint8_t *)frame_to_virt(r->pages[at / PAGE_SIZE]) + at % PAGE_SIZE);
}

static void copy_data(struct packet_ring *r, uint64_t at, const struct packet_view *v, size_t n)
{
    size_t skip = v->skip;
    for (const struct pbuf *p = v->data; p != NULL && n > 0; p = p->next) {
        if (skip >= p->len) {
            skip -= p->len;
            continue;
        }
        size_t step = p->len - skip < n ? p->len - skip : n;
        write_at(r, at, (const uint8_t *)p->payload + skip, step);
        at += step;
        n -= step;
        skip = 0;
    }
}

bool packet_ring_put(struct packet_ring *r, const struct packet_view *v, bool with_link, bool losing)
{
    uint32_t *status = status_of(r, r->next);
    if (__atomic_load_n(status, __ATOMIC_ACQUIRE) != TP_STATUS_KERNEL) /* pairs with the program's release of the slot */
        return false;
    uint64_t slot = slot_offset(r, r->next);
    uint32_t link = with_link ? 14 : 0;
    /* Where Linux puts it: the network header aligned, at least 16 bytes for a link header before it. */
    uint32_t net = ALIGN_UP(FRAME_FIXED + 16, TPACKET_ALIGNMENT) + r->reserve;
    uint32_t mac = net - link, length = v->data->tot_len - v->skip;
    uint32_t room = r->frame_bytes > net ? r->frame_bytes - net : 0, kept = length < room ? length : room;
    struct tpacket2_hdr h = {.tp_len = length + link, .tp_snaplen = kept + link, .tp_mac = (uint16_t)mac, .tp_net = (uint16_t)net,
                             .tp_sec = (uint32_t)v->when.tv_sec, .tp_nsec = (uint32_t)v->when.tv_nsec};
    write_at(r, slot + 4, (const uint8_t *)&h + 4, sizeof h - 4);
    write_at(r, slot + sizeof h, &v->from, sizeof v->from);
    if (link != 0)
        write_at(r, slot + mac, v->link, link);
    copy_data(r, slot + net, v, kept);
    uint32_t done = TP_STATUS_USER | (losing ? TP_STATUS_LOSING : 0) | (v->outgoing ? TP_STATUS_CSUMNOTREADY : 0);
    __atomic_store_n(status, done, __ATOMIC_RELEASE); /* pairs with the program's reading of the slot */
    r->next = (r->next + 1) % r->n_frames;
    return true;
}

bool packet_ring_has_data(const struct packet_ring *r)
{
    uint32_t newest = (r->next + r->n_frames - 1) % r->n_frames;
    return __atomic_load_n(status_of(r, newest), __ATOMIC_ACQUIRE) != TP_STATUS_KERNEL;
}

// SPDX-License-Identifier: BSD-3-Clause
// Split virtqueues.
#include "virtio/virtq.h"

#include "base/compiler.h"
#include "base/string.h"
#include "mem/dma.h"
#include "mem/kalloc.h"
#include "virtio/device.h"
#include <errno.h>

/*
 * Theory. Three areas shared with the device: descriptors and the available ring, which only we write, and the used ring, which only it
 * writes. Everything the device could scribble over that we need again (free list, tokens, lengths) is kept in private arrays; from the used ring
 * two words are copied and checked: the id must be a chain in flight, the length at most what was writable. A device that
 * lies is marked broken: the queue then refuses everything, and nothing else is harmed.
 * A chain of more than one segment goes into an indirect table when the device can (one descriptor a chain; the table stays with its slot for reuse).
 * Ordering: descriptors and ring entry before avail->idx (release); avail->idx before reading the event index (full fence);
 * used->idx before used entries (acquire).
 */

enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4, AVAIL_NO_INTERRUPT = 1, USED_NO_NOTIFY = 1, INDIRECT_MAX = VIRTQ_SEGS_MAX };

static uint16_t *used_event(struct virtq *q) { return &q->avail->ring[q->size]; }
static uint16_t *avail_event(struct virtq *q) { return (uint16_t *)&q->used->ring[q->size]; }

int virtq_create(struct virtq *q, struct virtio_device *d, uint16_t index, uint16_t size, bool event_idx, bool indirect)
{
    if (size < 2 || size > 32768 || (size & (size - 1)))
        return -EINVAL;
    /* Legacy layout (used ring on its own page), which modern devices accept too. */
    size_t head = ALIGN_UP(sizeof(struct virtq_desc) * size + 6 + 2 * (size_t)size, 4096);
    size_t bytes = head + ALIGN_UP(6 + sizeof(struct virtq_used_elem) * size, 4096);
    paddr_t pa;
    memset(q, 0, sizeof *q);
    q->memory = dma_alloc(bytes, ~0ull, &pa);
    q->slots = kcalloc(size, sizeof *q->slots);
    q->next_free = kcalloc(size, sizeof *q->next_free);
    if (q->memory == NULL || q->slots == NULL || q->next_free == NULL) {
        q->memory_bytes = bytes;
        virtq_destroy(q);
        return -ENOMEM;
    }
    q->device = d;
    q->index = index;
    q->size = size;
    q->size_mask = size - 1;
    q->n_free = size;
    q->event_idx = event_idx;
    q->indirect = indirect;
    q->memory_bytes = bytes;
    q->desc = q->memory;
    q->avail = (struct virtq_avail *)((char *)q->memory + sizeof(struct virtq_desc) * size);
    q->used = (struct virtq_used *)((char *)q->memory + head);
    q->desc_addr = pa;
    q->avail_addr = pa + sizeof(struct virtq_desc) * size;
    q->used_addr = pa + head;
    for (uint16_t i = 0; i < size; i++)
        q->next_free[i] = i + 1;
    return 0;
}

void virtq_destroy(struct virtq *q)
{
    for (uint16_t i = 0; q->slots != NULL && i < q->size; i++)
        if (q->slots[i].table != NULL)
            dma_free(q->slots[i].table, sizeof(struct virtq_desc) * INDIRECT_MAX);
    kfree(q->slots);
    kfree(q->next_free);
    if (q->memory != NULL)
        dma_free(q->memory, q->memory_bytes);
    memset(q, 0, sizeof *q);
}

static uint32_t writable(const struct virtq_seg *segs, unsigned n_out, unsigned n)
{
    uint64_t sum = 0;
    for (unsigned i = n_out; i < n; i++)
        sum += segs[i].bytes;
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

static void fill_table(struct virtq_desc *table, const struct virtq_seg *segs, unsigned n_out, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint16_t flags = (i >= n_out ? DESC_WRITE : 0) | (i + 1 < n ? DESC_NEXT : 0);
        table[i] = (struct virtq_desc){segs[i].addr, segs[i].bytes, flags, (uint16_t)(i + 1)};
    }
}

static bool have_table(struct virtq_slot *s)
{
    if (s->table == NULL)
        s->table = dma_alloc(sizeof(struct virtq_desc) * INDIRECT_MAX, ~0ull, &s->table_addr);
    return s->table != NULL;
}

/* Takes @n descriptors off the free list as a chain. */
static void fill_chain(struct virtq *q, const struct virtq_seg *segs, unsigned n_out, unsigned n)
{
    uint16_t at = q->free_head;
    for (unsigned i = 0; i < n; i++) {
        uint16_t flags = (i >= n_out ? DESC_WRITE : 0) | (i + 1 < n ? DESC_NEXT : 0);
        uint16_t next = q->next_free[at];
        q->desc[at] = (struct virtq_desc){segs[i].addr, segs[i].bytes, flags, next};
        at = next;
    }
    q->free_head = at;
}

int virtq_add(struct virtq *q, const struct virtq_seg *segs, unsigned n_out, unsigned n_in, void *token)
{
    unsigned n = n_out + n_in;
    if (virtio_is_broken(q->device))
        return -EIO;
    if (n == 0 || n > VIRTQ_SEGS_MAX)
        return -EINVAL;
    if (q->n_free == 0)
        return -ENOSPC;
    uint16_t head = q->free_head;
    struct virtq_slot *slot = &q->slots[head];
    if (n > 1 && q->indirect && have_table(slot)) {
        fill_table(slot->table, segs, n_out, n);
        q->desc[head] = (struct virtq_desc){slot->table_addr, (uint32_t)(n * sizeof(struct virtq_desc)), DESC_INDIRECT, 0};
        q->free_head = q->next_free[head];
        slot->n_desc = 1;
    } else {
        if (q->n_free < n)
            return -ENOSPC;
        fill_chain(q, segs, n_out, n);
        slot->n_desc = (uint16_t)n;
    }
    q->n_free -= slot->n_desc;
    slot->token = token;
    slot->writable_bytes = writable(segs, n_out, n);
    q->avail->ring[q->avail_idx & q->size_mask] = head;
    q->avail_idx++;
    __atomic_store_n(&q->avail->idx, q->avail_idx, __ATOMIC_RELEASE); /* pairs with the device's read of the ring */
    return 0;
}

void virtq_kick(struct virtq *q)
{
    uint16_t old = q->kicked_idx, now = q->avail_idx;
    if (old == now || virtio_is_broken(q->device))
        return;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* idx is out before we read what the device asked for */
    q->kicked_idx = now;
    bool wanted;
    if (q->event_idx) {
        uint16_t event = __atomic_load_n(avail_event(q), __ATOMIC_RELAXED);
        wanted = (uint16_t)(now - event - 1) < (uint16_t)(now - old);
    } else {
        wanted = !(__atomic_load_n(&q->used->flags, __ATOMIC_RELAXED) & USED_NO_NOTIFY);
    }
    if (wanted)
        q->device->transport->notify(q);
}

/* Gives a chain's descriptors back. The links are our private ones: next_free still holds the chain. */
static void release_chain(struct virtq *q, uint16_t head)
{
    struct virtq_slot *slot = &q->slots[head];
    uint16_t last = head;
    for (uint16_t i = 1; i < slot->n_desc; i++)
        last = q->next_free[last];
    q->next_free[last] = q->free_head;
    q->free_head = head;
    q->n_free += slot->n_desc;
    slot->token = NULL;
}

void *virtq_reap(struct virtq *q, uint32_t *bytes)
{
    if (virtio_is_broken(q->device))
        return NULL;
    uint16_t device_idx = __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE); /* pairs with the device's release of entries */
    if (device_idx == q->used_idx)
        return NULL;
    if ((uint16_t)(device_idx - q->used_idx) > q->size) {
        virtio_mark_broken(q->device, "used index out of range");
        return NULL;
    }
    const volatile struct virtq_used_elem *e = &q->used->ring[q->used_idx & q->size_mask];
    uint32_t id = e->id, length = e->len;
    if (id >= q->size || q->slots[id].token == NULL) {
        virtio_mark_broken(q->device, "used entry names a chain that is not in flight");
        return NULL;
    }
    struct virtq_slot *slot = &q->slots[id];
    void *token = slot->token;
    if (length > slot->writable_bytes) {
        virtio_mark_broken(q->device, "used length beyond the buffers");
        return NULL;
    }
    *bytes = length;
    release_chain(q, (uint16_t)id);
    q->used_idx++;
    return token;
}

bool virtq_enable_interrupts(struct virtq *q)
{
    if (q->event_idx)
        __atomic_store_n(used_event(q), q->used_idx, __ATOMIC_RELAXED);
    else
        __atomic_store_n(&q->avail->flags, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the request is out before we look for arrivals */
    return !virtio_is_broken(q->device) && __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE) != q->used_idx;
}

void virtq_disable_interrupts(struct virtq *q)
{
    if (q->event_idx)
        __atomic_store_n(used_event(q), (uint16_t)(q->used_idx - 1 + 0x8000), __ATOMIC_RELAXED); /* as far away as can be */
    else
        __atomic_store_n(&q->avail->flags, AVAIL_NO_INTERRUPT, __ATOMIC_RELAXED);
}

void *virtq_detach(struct virtq *q)
{
    for (uint16_t i = 0; i < q->size; i++) {
        void *token = q->slots[i].token;
        if (token != NULL) {
            release_chain(q, i);
            return token;
        }
    }
    return NULL;
}

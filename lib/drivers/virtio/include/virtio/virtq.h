// SPDX-License-Identifier: BSD-3-Clause
// Split virtqueues: the driver's half of VIRTIO 1.2, section 2.7, against a device that may be hostile.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct virtio_device;

/* As the specification lays them out; little endian, as are all machines this kernel runs on. */
struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};
struct virtq_avail {
    uint16_t flags, idx, ring[];
};
struct virtq_used_elem {
    uint32_t id, len;
};
struct virtq_used {
    uint16_t flags, idx;
    struct virtq_used_elem ring[];
};
_Static_assert(sizeof(struct virtq_desc) == 16, "VIRTIO 2.7.5");

#define VIRTQ_SEGS_MAX 64
struct virtq_seg {
    paddr_t addr;
    uint32_t bytes;
};

/**
 * struct virtq - one queue. The caller serialises all calls on one queue (q->lock of its own).
 * What the device can write (used ring) is only read through copies that are checked.
 */
struct virtq {
    struct virtio_device *device;
    uint16_t index, size, size_mask;
    uint16_t free_head, n_free;   /* descriptor free list, kept in next_free, out of the device's reach */
    uint16_t avail_idx, used_idx; /* ours */
    uint16_t kicked_idx;          /* avail_idx at the last notification decision */
    bool event_idx, indirect;
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    uint16_t *next_free;
    struct virtq_slot {
        void *token;              /* NULL: not in flight */
        struct virtq_desc *table; /* indirect table, kept for reuse */
        paddr_t table_addr;
        uint16_t n_desc;          /* descriptors of the ring it holds */
        uint32_t writable_bytes;
    } *slots;
    void *memory;
    size_t memory_bytes;
    paddr_t desc_addr, avail_addr, used_addr;
    volatile void *notify;        /* transport's doorbell */
    void (*callback)(struct virtq *q); /* interrupt context */
    void *callback_arg;
};

/**
 * virtq_create - memory for a ring of @size (a power of two, 2..32768).
 * Context: may sleep. Return: 0; -ENOMEM; -EINVAL for a size the specification does not allow.
 */
int virtq_create(struct virtq *q, struct virtio_device *d, uint16_t index, uint16_t size, bool event_idx, bool indirect) __must_check;
void virtq_destroy(struct virtq *q);

/**
 * virtq_add - make one chain visible to the device: @n_out readable segments, then @n_in writable ones.
 * @token: not NULL; handed back by virtq_reap()
 * Context: any. Return: 0; -ENOSPC (queue unchanged); -EIO: device broken. Spec: VIRTIO 1.2, 2.7.13.
 */
int virtq_add(struct virtq *q, const struct virtq_seg *segs, unsigned n_out, unsigned n_in, void *token) __must_check;
/** virtq_kick - notify the device if it asked for it since the last kick. Context: any. */
void virtq_kick(struct virtq *q);
/**
 * virtq_reap - the next chain the device has finished with. @bytes: written by the device, never more than was writable.
 * Return: its token; NULL when there is none or the device is broken. Context: any.
 */
void *virtq_reap(struct virtq *q, uint32_t *bytes);
/** virtq_enable_interrupts - returns true if something arrived meanwhile (reap again). virtq_disable_interrupts - a hint to the device. */
bool virtq_enable_interrupts(struct virtq *q);
void virtq_disable_interrupts(struct virtq *q);
/** virtq_detach - after a device reset: the token of any chain still in flight, or NULL. */
void *virtq_detach(struct virtq *q);

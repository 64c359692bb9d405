// SPDX-License-Identifier: BSD-3-Clause
// virtio-rng: the host's entropy. VIRTIO 1.2, section 5.4.
#include "base/compiler.h"
#include "base/string.h"
#include "device/class.h"
#include "mem/dma.h"
#include "mem/kalloc.h"
#include "sched/mutex.h"
#include "sched/time.h"
#include "virtio/device.h"
#include <errno.h>

enum { BUFFER_BYTES = 256 };

struct rng {
    struct entropy_source source;
    struct virtq *q;
    struct mutex lock; /* one request at a time */
    uint8_t *buffer;
    paddr_t buffer_addr;
    struct wait_queue arrived;
    bool in_flight;
};

static void interrupt(struct virtq *q)
{
    struct rng *r = q->callback_arg;
    wait_queue_wake_all(&r->arrived);
}

static bool reap(struct rng *r, uint32_t *bytes)
{
    bool done = virtq_reap(r->q, bytes) != NULL;
    if (!done)
        done = virtq_enable_interrupts(r->q) && virtq_reap(r->q, bytes) != NULL;
    if (done)
        r->in_flight = false;
    return done;
}

static long read_entropy(struct entropy_source *e, void *buf, size_t n)
{
    struct rng *r = container_of(e, struct rng, source);
    uint32_t got = 0;
    int err = 0;
    mutex_lock(&r->lock);
    if (!r->in_flight) {
        const struct virtq_seg seg = {r->buffer_addr, BUFFER_BYTES};
        err = virtq_add(r->q, &seg, 0, 1, r);
        r->in_flight = err == 0;
        virtq_kick(r->q);
    }
    if (!err)
        WAIT_EVENT(&r->arrived, reap(r, &got) || virtio_is_broken(r->q->device), false,
                   clock_monotonic_ns() + 1000000000, err);
    if (!err && virtio_is_broken(r->q->device))
        err = -EIO;
    if (!err) {
        got = got < n ? got : (uint32_t)n;
        memcpy(buf, r->buffer, got);
        memset(r->buffer, 0, BUFFER_BYTES);
    }
    mutex_unlock(&r->lock);
    return err ? err : (long)got;
}

static int probe(struct virtio_device *d)
{
    struct rng *r = kzalloc(sizeof *r);
    if (r == NULL)
        return -ENOMEM;
    mutex_init(&r->lock);
    wait_queue_init(&r->arrived);
    r->buffer = dma_alloc(BUFFER_BYTES, ~0ull, &r->buffer_addr);
    int err = r->buffer == NULL ? -ENOMEM : virtio_negotiate(d, 0);
    if (!err)
        err = virtio_queue_setup(d, 0, 8, interrupt, r, &r->q);
    if (err) {
        if (r->buffer != NULL)
            dma_free(r->buffer, BUFFER_BYTES);
        kfree(r);
        return err;
    }
    d->driver_data = r;
    virtio_driver_ok(d);
    r->source = (struct entropy_source){.name = "virtio-rng", .quality = 8, .read = read_entropy};
    entropy_source_register(&r->source);
    return 0;
}

const struct virtio_driver virtio_rng_driver = {.name = "virtio-rng", .device_id = VIRTIO_ID_ENTROPY, .probe = probe};

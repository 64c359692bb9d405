// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices: negotiation, queues, driver matching.
#include "virtio/device.h"

#include "base/log.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>

void virtio_mark_broken(struct virtio_device *d, const char *what)
{
    if (!__atomic_exchange_n((bool *)&d->broken, true, __ATOMIC_RELAXED))
        log_error("%s: broken device (%s); it is not used any more", d->bus_name, what);
}

int virtio_negotiate(struct virtio_device *d, uint64_t wanted)
{
    const struct virtio_transport_ops *t = d->transport;
    uint64_t ring = 1ull << VIRTIO_F_INDIRECT_DESC | 1ull << VIRTIO_F_EVENT_IDX | 1ull << VIRTIO_F_VERSION_1 |
                    1ull << VIRTIO_F_ACCESS_PLATFORM;
    if (d->legacy)
        ring &= 0xffffffff;
    d->features = t->get_features(d) & (wanted | ring);
    t->set_features(d, d->features);
    if (d->legacy)
        return 0;
    if (!virtio_has(d, VIRTIO_F_VERSION_1))
        return -ENODEV;
    t->set_status(d, VIRTIO_S_ACKNOWLEDGE | VIRTIO_S_DRIVER | VIRTIO_S_FEATURES_OK);
    return t->get_status(d) & VIRTIO_S_FEATURES_OK ? 0 : -ENODEV;
}

int virtio_queue_setup(struct virtio_device *d, uint16_t index, uint16_t max_size, void (*callback)(struct virtq *), void *arg,
                       struct virtq **out)
{
    uint16_t size = index < VIRTIO_QUEUES_MAX ? d->transport->queue_max(d, index) : 0;
    if (size == 0)
        return -ENODEV;
    if (!d->legacy && size > max_size) /* a legacy device dictates the size */
        size = max_size;
    while (size & (size - 1))
        size &= size - 1;
    struct virtq *q = kzalloc(sizeof *q);
    if (q == NULL)
        return -ENOMEM;
    int err = virtq_create(q, d, index, size, virtio_has(d, VIRTIO_F_EVENT_IDX), virtio_has(d, VIRTIO_F_INDIRECT_DESC));
    if (err) {
        kfree(q);
        return err;
    }
    q->callback = callback;
    q->callback_arg = arg;
    d->queues[index] = q;
    err = d->transport->queue_setup(d, q);
    if (err) {
        d->queues[index] = NULL;
        virtq_destroy(q);
        kfree(q);
        return err;
    }
    *out = q;
    return 0;
}

void virtio_driver_ok(struct virtio_device *d)
{
    uint8_t status = VIRTIO_S_ACKNOWLEDGE | VIRTIO_S_DRIVER | VIRTIO_S_DRIVER_OK;
    d->transport->set_status(d, d->legacy ? status : status | VIRTIO_S_FEATURES_OK);
}

void virtio_config_read(struct virtio_device *d, unsigned offset, void *buf, size_t n)
{
    for (unsigned tries = 0; tries < 8; tries++) {
        uint32_t before = d->transport->config_generation(d);
        d->transport->read_config(d, offset, buf, n);
        if (d->transport->config_generation(d) == before)
            return;
    }
}

static void give_up(struct virtio_device *d)
{
    d->transport->reset(d);
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++) {
        struct virtq *q = d->queues[i];
        d->queues[i] = NULL;
        if (q == NULL)
            continue;
        virtq_destroy(q);
        kfree(q);
    }
}

const struct virtio_driver *virtio_match(uint32_t id, const struct virtio_driver *const *drivers, size_t n_drivers)
{
    for (size_t i = 0; i < n_drivers; i++)
        if (drivers[i]->device_id == id)
            return drivers[i];
    return NULL;
}

int virtio_attach(struct virtio_device *d, const struct virtio_driver *const *drivers, size_t n_drivers)
{
    const struct virtio_driver *driver = virtio_match(d->id, drivers, n_drivers);
    if (driver == NULL)
        return -ENODEV;
    d->transport->reset(d);
    d->transport->set_status(d, VIRTIO_S_ACKNOWLEDGE);
    d->transport->set_status(d, VIRTIO_S_ACKNOWLEDGE | VIRTIO_S_DRIVER);
    int err = driver->probe(d);
    if (err) {
        log_warn("%s: %s cannot use the device: error %d", d->bus_name, driver->name, -err);
        give_up(d);
    }
    return err;
}

void virtio_queue_interrupt(struct virtq *q)
{
    if (q != NULL && q->callback != NULL)
        q->callback(q);
}

void virtio_interrupt_all(struct virtio_device *d)
{
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
        virtio_queue_interrupt(d->queues[i]);
}

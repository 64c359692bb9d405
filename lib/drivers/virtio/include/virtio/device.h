// SPDX-License-Identifier: BSD-3-Clause
// A virtio device as its driver sees it, whatever the transport.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "virtio/virtq.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Device ids and the feature bits that belong to no device type: VIRTIO 1.2, sections 5 and 6. */
enum { VIRTIO_ID_NET = 1, VIRTIO_ID_BLOCK = 2, VIRTIO_ID_CONSOLE = 3, VIRTIO_ID_ENTROPY = 4 };
#define VIRTIO_F_INDIRECT_DESC 28
#define VIRTIO_F_EVENT_IDX 29
#define VIRTIO_F_VERSION_1 32
#define VIRTIO_F_ACCESS_PLATFORM 33
enum { VIRTIO_S_ACKNOWLEDGE = 1, VIRTIO_S_DRIVER = 2, VIRTIO_S_DRIVER_OK = 4, VIRTIO_S_FEATURES_OK = 8, VIRTIO_S_NEEDS_RESET = 64, VIRTIO_S_FAILED = 128 };

struct virtio_transport_ops {
    const char *name;
    uint64_t (*get_features)(struct virtio_device *d);
    void (*set_features)(struct virtio_device *d, uint64_t features);
    uint8_t (*get_status)(struct virtio_device *d);
    void (*set_status)(struct virtio_device *d, uint8_t status);
    void (*reset)(struct virtio_device *d); /* waits until the device says that it is done */
    void (*read_config)(struct virtio_device *d, unsigned offset, void *buf, size_t n);
    void (*write_config)(struct virtio_device *d, unsigned offset, const void *buf, size_t n);
    uint32_t (*config_generation)(struct virtio_device *d);
    uint16_t (*queue_max)(struct virtio_device *d, uint16_t index); /* 0: no such queue */
    int (*queue_setup)(struct virtio_device *d, struct virtq *q);   /* tells the device; sets q->notify and the interrupt */
    void (*notify)(struct virtq *q);
};

struct virtio_driver {
    const char *name;
    uint32_t device_id;
    /** probe - features were not negotiated yet. Return: 0 and the device is the driver's; -errno: it is reset and left alone. */
    int (*probe)(struct virtio_device *d);
};

#define VIRTIO_QUEUES_MAX 40
struct virtio_device {
    const struct virtio_transport_ops *transport;
    uint32_t id;
    uint64_t features; /* negotiated */
    bool legacy;       /* before VIRTIO 1.0: guest-endian, page-frame queue address */
    _Atomic bool broken;
    struct virtq *queues[VIRTIO_QUEUES_MAX]; /* those set up, for interrupts */
    void (*config_changed)(struct virtio_device *d); /* interrupt context; may be NULL */
    void *driver_data, *transport_data;
    char bus_name[24]; /* "virtio-mmio@feb00e00", "pci 00:03.0" */
};

static inline bool virtio_is_broken(const struct virtio_device *d) { return __atomic_load_n((const bool *)&d->broken, __ATOMIC_RELAXED); }
/** virtio_mark_broken - the device did something impossible: it is not used again; said once on the log. Context: any. */
void virtio_mark_broken(struct virtio_device *d, const char *what);
static inline bool virtio_has(const struct virtio_device *d, unsigned bit) { return (d->features >> bit) & 1; }

/** virtio_negotiate - offer @wanted (device-type bits) plus what the ring code can. Return: 0; -ENODEV if the device refuses. */
int virtio_negotiate(struct virtio_device *d, uint64_t wanted) __must_check;
/** virtio_queue_setup - create queue @index with at most @max_size entries. -ENODEV: no such queue; -ENOMEM. */
int virtio_queue_setup(struct virtio_device *d, uint16_t index, uint16_t max_size, void (*callback)(struct virtq *), void *arg, struct virtq **out) __must_check;
void virtio_driver_ok(struct virtio_device *d);
/** virtio_config_read - consistent read of a config field (generation checked). */
void virtio_config_read(struct virtio_device *d, unsigned offset, void *buf, size_t n);

/** virtio_match - the driver for device type @id, or NULL: a transport leaves a device that nobody wants now as it is. */
const struct virtio_driver *virtio_match(uint32_t id, const struct virtio_driver *const *drivers, size_t n_drivers);
/** virtio_attach - a transport found a device: give it to its driver in @drivers. Return: 0; -ENODEV: none matches; the driver's error, and the device is reset. */
int virtio_attach(struct virtio_device *d, const struct virtio_driver *const *drivers, size_t n_drivers);
/** virtio_queue_interrupt, virtio_interrupt_all - from a transport's interrupt handler. */
void virtio_queue_interrupt(struct virtq *q);
void virtio_interrupt_all(struct virtio_device *d);

/** Transports: find devices and attach them. Return: how many were found. Context: may sleep. */
unsigned virtio_mmio_probe(const struct virtio_driver *const *drivers, size_t n_drivers);
unsigned virtio_pci_probe(const struct virtio_driver *const *drivers, size_t n_drivers);

extern const struct virtio_driver virtio_net_driver, virtio_rng_driver, virtio_console_driver, virtio_block_driver;

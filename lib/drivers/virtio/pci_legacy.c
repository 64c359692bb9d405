// SPDX-License-Identifier: BSD-3-Clause
// The legacy register layout of virtio on PCI: VIRTIO 1.2, section 4.1.4.10 (ports in base address register 0).
#include "arch/cpu.h"
#include "arch/io.h"
#include "pci_private.h"
#include <errno.h>

/*
 * Theory. One row of ports: a queue is one page number (its three parts lie together, 4096 bytes aligned), its size is the device's choice, features have 32
 * bits and everything is in the guest's byte order. Two vector registers appear when MSI-X is on and move the configuration behind them.
 */

enum { L_DEVICE_FEATURES = 0, L_DRIVER_FEATURES = 4, L_QUEUE_PFN = 8, L_QUEUE_SIZE = 12, L_QUEUE_SEL = 14, L_NOTIFY = 16, L_STATUS = 18, L_ISR = 19,
       L_CONFIG_MSIX = 20, L_QUEUE_MSIX = 22, L_CONFIG = 20, L_CONFIG_WITH_MSIX = 24, RESET_SPINS = 1000000 };

static uint16_t port(struct virtio_device *d, unsigned offset) { return (uint16_t)(virtio_pci_of(d)->port + offset); }
static uint64_t get_features(struct virtio_device *d) { return in32(port(d, L_DEVICE_FEATURES)); }
static void set_features(struct virtio_device *d, uint64_t features) { out32(port(d, L_DRIVER_FEATURES), (uint32_t)features); }
static uint8_t get_status(struct virtio_device *d) { return in8(port(d, L_STATUS)); }
static void set_status(struct virtio_device *d, uint8_t status) { out8(port(d, L_STATUS), status); }
static uint32_t config_generation(struct virtio_device *d) { return 0; }
static void notify(struct virtq *q) { out16((uint16_t)(uintptr_t)q->notify, q->index); }

static void reset(struct virtio_device *d)
{
    set_status(d, 0);
    for (unsigned i = 0; i < RESET_SPINS && get_status(d) != 0; i++)
        cpu_relax();
}

/* The port of a byte of configuration; 0 beyond the window. */
static uint16_t config_port(struct virtio_device *d, size_t offset)
{
    struct virtio_pci *p = virtio_pci_of(d);
    size_t at = (p->n_msix > 0 ? L_CONFIG_WITH_MSIX : L_CONFIG) + offset;
    return at < p->windows[0].bytes ? port(d, (unsigned)at) : 0;
}

static void read_config(struct virtio_device *d, unsigned offset, void *buf, size_t n)
{
    uint8_t *to = buf;
    for (size_t i = 0; i < n; i++) {
        uint16_t at = config_port(d, offset + i);
        to[i] = at != 0 ? in8(at) : 0;
    }
}

static void write_config(struct virtio_device *d, unsigned offset, const void *buf, size_t n)
{
    const uint8_t *from = buf;
    for (size_t i = 0; i < n; i++) {
        uint16_t at = config_port(d, offset + i);
        if (at != 0)
            out8(at, from[i]);
    }
}

static uint16_t queue_max(struct virtio_device *d, uint16_t index)
{
    out16(port(d, L_QUEUE_SEL), index);
    uint16_t size = in16(port(d, L_QUEUE_SIZE));
    return size > 32768 || (size & (size - 1)) != 0 ? 0 : size;
}

static int queue_setup(struct virtio_device *d, struct virtq *q)
{
    struct virtio_pci *p = virtio_pci_of(d);
    uint16_t entry;
    if (q->desc_addr >> 44)
        return -ENOMEM; /* the page number has 32 bits */
    out16(port(d, L_QUEUE_SEL), q->index);
    int err = virtio_pci_connect_queue(p, q, &entry);
    if (err)
        return err;
    out32(port(d, L_QUEUE_PFN), (uint32_t)(q->desc_addr >> 12));
    if (p->n_msix > 0) {
        out16(port(d, L_QUEUE_MSIX), entry);
        if (in16(port(d, L_QUEUE_MSIX)) != entry)
            return -EIO;
    }
    q->notify = (volatile void *)(uintptr_t)port(d, L_NOTIFY);
    return 0;
}

static const struct virtio_transport_ops legacy_ops = {
    .name = "virtio-pci-legacy",
    .get_features = get_features,
    .set_features = set_features,
    .get_status = get_status,
    .set_status = set_status,
    .reset = reset,
    .read_config = read_config,
    .write_config = write_config,
    .config_generation = config_generation,
    .queue_max = queue_max,
    .queue_setup = queue_setup,
    .notify = notify,
};

int virtio_pci_legacy_use(struct virtio_pci *p)
{
    struct pci_window *w = &p->windows[0];
    if (w->bytes == 0 && pci_map_bar(&p->function, 0, w) != 0)
        return -ENODEV;
    if (!w->is_port || w->bytes < L_CONFIG_WITH_MSIX)
        return -ENODEV;
    p->port = w->port;
    p->device.legacy = true;
    p->device.transport = &legacy_ops;
    return 0;
}

uint8_t virtio_pci_legacy_isr(struct virtio_pci *p) { return in8(port(&p->device, L_ISR)); }
void virtio_pci_legacy_config_vector(struct virtio_pci *p) { out16(port(&p->device, L_CONFIG_MSIX), 0); }

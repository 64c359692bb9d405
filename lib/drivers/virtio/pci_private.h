// SPDX-License-Identifier: BSD-3-Clause
// Virtio on PCI, inside the driver: what the two register layouts share.
#pragma once

#include "bus/pci.h"
#include "virtio/device.h"

#define VIRTIO_PCI_NO_VECTOR 0xffff

struct virtio_pci {
    struct virtio_device device;
    struct pci_function function;
    struct pci_window windows[6];
    volatile uint8_t *common, *notify, *isr, *config; /* modern; common == NULL: legacy, registers at port */
    uint64_t notify_bytes, config_bytes;
    uint32_t notify_multiplier;
    uint16_t port;
    int n_msix; /* <= 0: the line */
    bool last_connected;
};

static inline struct virtio_pci *virtio_pci_of(struct virtio_device *d) { return d->transport_data; }

/** virtio_pci_connect_queue - an MSI-X entry for @q; VIRTIO_PCI_NO_VECTOR when the line serves it. Return: 0; -ENOSPC: no vector left. */
int virtio_pci_connect_queue(struct virtio_pci *p, struct virtq *q, uint16_t *entry) __must_check;

/** virtio_pci_legacy_use - drive @p through the registers of VIRTIO 0.9.5. -ENODEV: it has none. */
int virtio_pci_legacy_use(struct virtio_pci *p) __must_check;
uint8_t virtio_pci_legacy_isr(struct virtio_pci *p);
void virtio_pci_legacy_config_vector(struct virtio_pci *p); /* entry 0 for configuration changes */

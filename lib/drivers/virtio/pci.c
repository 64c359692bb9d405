// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices on PCI: finding them, their interrupts, and the modern register layout (VIRTIO 1.2, section 4.1).
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/trap.h"
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "bus/pci.h"
#include "mem/kalloc.h"
#include "pci_private.h"
#include <errno.h>

/*
 * Theory. Vendor capabilities say in which window, where, and how long four structures are: common configuration, notification, interrupt status and
 * device configuration. Each is checked against its window before use. Every queue gets an MSI-X vector of its own, entry 0 serves configuration
 * changes; a device with too few vectors shares its last one, and without MSI-X one line serves all, with the status register read in the handler.
 * A transitional device is driven as a modern one; one that has the legacy interface only (disable-modern=on) gets the ops of pci_legacy.c.
 */

enum { CAP_COMMON = 1, CAP_NOTIFY = 2, CAP_ISR = 3, CAP_DEVICE = 4 };
enum { C_DEVICE_FEATURE_SEL = 0, C_DEVICE_FEATURE = 4, C_DRIVER_FEATURE_SEL = 8, C_DRIVER_FEATURE = 12, C_CONFIG_MSIX = 16,
       C_N_QUEUES = 18, C_STATUS = 20, C_GENERATION = 21, C_QUEUE_SEL = 22, C_QUEUE_SIZE = 24, C_QUEUE_MSIX = 26, C_QUEUE_ENABLE = 28,
       C_QUEUE_NOTIFY_OFF = 30, C_QUEUE_DESC = 32, C_QUEUE_AVAIL = 40, C_QUEUE_USED = 48, C_BYTES = 56 };
enum { VENDOR_VIRTIO = 0x1af4, RESET_SPINS = 1000000 };

static uint64_t get_features(struct virtio_device *d)
{
    volatile uint8_t *c = virtio_pci_of(d)->common;
    mmio_write32(c + C_DEVICE_FEATURE_SEL, 0);
    uint64_t low = mmio_read32(c + C_DEVICE_FEATURE);
    mmio_write32(c + C_DEVICE_FEATURE_SEL, 1);
    return low | (uint64_t)mmio_read32(c + C_DEVICE_FEATURE) << 32;
}

static void set_features(struct virtio_device *d, uint64_t features)
{
    volatile uint8_t *c = virtio_pci_of(d)->common;
    mmio_write32(c + C_DRIVER_FEATURE_SEL, 0);
    mmio_write32(c + C_DRIVER_FEATURE, (uint32_t)features);
    mmio_write32(c + C_DRIVER_FEATURE_SEL, 1);
    mmio_write32(c + C_DRIVER_FEATURE, (uint32_t)(features >> 32));
}

static uint8_t get_status(struct virtio_device *d) { return mmio_read8(virtio_pci_of(d)->common + C_STATUS); }
static void set_status(struct virtio_device *d, uint8_t status) { mmio_write8(virtio_pci_of(d)->common + C_STATUS, status); }

static void reset(struct virtio_device *d)
{
    set_status(d, 0);
    for (unsigned i = 0; i < RESET_SPINS && get_status(d) != 0; i++)
        cpu_relax();
}

static void read_config(struct virtio_device *d, unsigned offset, void *buf, size_t n)
{
    struct virtio_pci *p = virtio_pci_of(d);
    uint8_t *to = buf;
    for (size_t i = 0; i < n; i++)
        to[i] = offset + i < p->config_bytes ? mmio_read8(p->config + offset + i) : 0;
}

static void write_config(struct virtio_device *d, unsigned offset, const void *buf, size_t n)
{
    struct virtio_pci *p = virtio_pci_of(d);
    const uint8_t *from = buf;
    for (size_t i = 0; i < n && offset + i < p->config_bytes; i++)
        mmio_write8(p->config + offset + i, from[i]);
}

static uint32_t config_generation(struct virtio_device *d) { return mmio_read8(virtio_pci_of(d)->common + C_GENERATION); }

static uint16_t queue_max(struct virtio_device *d, uint16_t index)
{
    volatile uint8_t *c = virtio_pci_of(d)->common;
    if (index >= mmio_read16(c + C_N_QUEUES))
        return 0;
    mmio_write16(c + C_QUEUE_SEL, index);
    uint16_t max = mmio_read16(c + C_QUEUE_SIZE);
    return max > 32768 ? 0 : max;
}

static void write_address(volatile uint8_t *at, paddr_t addr)
{
    mmio_write32(at, (uint32_t)addr);
    mmio_write32(at + 4, (uint32_t)(addr >> 32));
}

static void queue_interrupt(unsigned vector, void *arg)
{
    (void)vector;
    virtio_queue_interrupt(arg);
}

static void shared_interrupt(unsigned vector, void *arg)
{
    (void)vector;
    virtio_interrupt_all(arg);
}

int virtio_pci_connect_queue(struct virtio_pci *p, struct virtq *q, uint16_t *entry)
{
    unsigned last = p->n_msix > 0 ? (unsigned)p->n_msix - 1 : 0;
    if (last == 0) {
        *entry = p->n_msix == 1 ? 0 : VIRTIO_PCI_NO_VECTOR;
        return 0;
    }
    bool shares = q->index + 1u >= last;
    unsigned n = shares ? last : q->index + 1u;
    if (!shares || !p->last_connected) {
        int err = shares ? pci_msix_connect(&p->function, n, 0, shared_interrupt, &p->device)
                         : pci_msix_connect(&p->function, n, 0, queue_interrupt, q);
        if (err)
            return err;
        p->last_connected |= shares;
    }
    *entry = (uint16_t)n;
    return 0;
}

static int queue_setup(struct virtio_device *d, struct virtq *q)
{
    struct virtio_pci *p = virtio_pci_of(d);
    volatile uint8_t *c = p->common;
    mmio_write16(c + C_QUEUE_SEL, q->index);
    mmio_write16(c + C_QUEUE_SIZE, q->size);
    uint64_t offset = (uint64_t)mmio_read16(c + C_QUEUE_NOTIFY_OFF) * p->notify_multiplier;
    if (offset + 2 > p->notify_bytes) {
        virtio_mark_broken(d, "notification address out of its window");
        return -EIO;
    }
    q->notify = p->notify + offset;
    uint16_t entry;
    int err = virtio_pci_connect_queue(p, q, &entry);
    if (err)
        return err;
    mmio_write16(c + C_QUEUE_MSIX, entry);
    if (mmio_read16(c + C_QUEUE_MSIX) != entry)
        return -EIO;
    write_address(c + C_QUEUE_DESC, q->desc_addr);
    write_address(c + C_QUEUE_AVAIL, q->avail_addr);
    write_address(c + C_QUEUE_USED, q->used_addr);
    mmio_write16(c + C_QUEUE_ENABLE, 1);
    return 0;
}

static void notify(struct virtq *q) { mmio_write16(q->notify, q->index); }

static const struct virtio_transport_ops pci_ops = {
    .name = "virtio-pci",
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

static void line_interrupt(unsigned vector, void *arg)
{
    (void)vector;
    struct virtio_pci *p = arg;
    uint8_t why = p->common != NULL ? mmio_read8(p->isr) : virtio_pci_legacy_isr(p); /* reading clears it and lowers the line */
    if (why & 1)
        virtio_interrupt_all(&p->device);
    if ((why & 2) && p->device.config_changed != NULL)
        p->device.config_changed(&p->device);
}

static void config_interrupt(unsigned vector, void *arg)
{
    (void)vector;
    struct virtio_pci *p = arg;
    if (p->device.config_changed != NULL)
        p->device.config_changed(&p->device);
}

/* A device with a single vector: whatever happened. */
static void only_interrupt(unsigned vector, void *arg)
{
    struct virtio_pci *p = arg;
    virtio_interrupt_all(&p->device);
    config_interrupt(vector, p);
}

/* Points @out at the structure that capability @cap describes, if it lies in its window and has @need bytes. */
static int locate(struct virtio_pci *p, uint8_t cap, uint64_t need, volatile uint8_t **out, uint64_t *bytes)
{
    uint8_t bar = pci_read8(&p->function, cap + 4u);
    uint64_t offset = pci_read32(&p->function, cap + 8u), length = pci_read32(&p->function, cap + 12u);
    if (bar > 5)
        return -ENODEV;
    struct pci_window *w = &p->windows[bar];
    if (w->bytes == 0) {
        int err = pci_map_bar(&p->function, bar, w);
        if (err)
            return err;
    }
    if (w->is_port || length < need || offset > w->bytes || length > w->bytes - offset)
        return -ENODEV;
    *out = w->mem + offset;
    *bytes = length;
    return 0;
}

static int locate_all(struct virtio_pci *p)
{
    uint64_t ignored;
    for (uint8_t cap = 0; (cap = pci_find_capability(&p->function, PCI_CAP_VENDOR, cap)) != 0;) {
        uint8_t type = pci_read8(&p->function, cap + 3u);
        if (type == CAP_COMMON && p->common == NULL)
            (void)!locate(p, cap, C_BYTES, &p->common, &ignored);
        else if (type == CAP_ISR && p->isr == NULL)
            (void)!locate(p, cap, 1, &p->isr, &ignored);
        else if (type == CAP_DEVICE && p->config == NULL)
            (void)!locate(p, cap, 0, &p->config, &p->config_bytes);
        else if (type == CAP_NOTIFY && p->notify == NULL && locate(p, cap, 2, &p->notify, &p->notify_bytes) == 0)
            p->notify_multiplier = pci_read32(&p->function, cap + 16u);
    }
    return p->common != NULL && p->notify != NULL && p->isr != NULL ? 0 : -ENODEV;
}

static int connect_interrupts(struct virtio_pci *p)
{
    p->n_msix = pci_msix_enable(&p->function);
    if (p->n_msix <= 0)
        return pci_intx_connect(&p->function, line_interrupt, p);
    return pci_msix_connect(&p->function, 0, 0, p->n_msix == 1 ? only_interrupt : config_interrupt, p);
}

struct probe {
    const struct virtio_driver *const *drivers;
    size_t n_drivers;
    unsigned found;
};

static uint32_t device_type(const struct pci_function *f)
{
    if (f->device_id >= 0x1040 && f->device_id < 0x1080)
        return f->device_id - 0x1040u;
    if (f->device_id >= 0x1000 && f->device_id < 0x1040)
        return f->subsystem_id; /* transitional */
    return 0;
}

/* Chooses the register layout. */
static int choose_layout(struct virtio_pci *p)
{
    if (locate_all(p) == 0) {
        p->device.transport = &pci_ops;
        return 0;
    }
    p->common = NULL;
    if (p->function.device_id >= 0x1040)
        return -ENODEV;
    return virtio_pci_legacy_use(p);
}

static int start(struct virtio_pci *p, const struct probe *pr)
{
    const char *name = p->device.bus_name;
    int err = choose_layout(p);
    if (err) {
        log_warn("%s: a virtio device whose registers are not to be found", name);
        return err;
    }
    err = connect_interrupts(p);
    if (err) {
        log_warn("%s: no interrupt for this device", name);
        return err;
    }
    err = virtio_attach(&p->device, pr->drivers, pr->n_drivers);
    if (!err && p->n_msix > 0) {
        if (p->common != NULL)
            mmio_write16(p->common + C_CONFIG_MSIX, 0);
        else
            virtio_pci_legacy_config_vector(p);
    }
    return err;
}

static bool probe_function(const struct pci_function *f, void *arg)
{
    struct probe *pr = arg;
    uint32_t id = f->vendor == VENDOR_VIRTIO ? device_type(f) : 0;
    if (id == 0 || virtio_match(id, pr->drivers, pr->n_drivers) == NULL)
        return true;
    struct virtio_pci *p = kzalloc(sizeof *p);
    if (p == NULL)
        return true;
    p->function = *f;
    p->device.id = id;
    p->device.transport_data = p;
    format_string(p->device.bus_name, sizeof p->device.bus_name, "pci %02x:%02x.%u", f->bus, f->device, f->function);
    pci_enable(f, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    if (start(p, pr) == 0)
        pr->found++;
    /* On failure the structure stays, because interrupt entries keep pointing at it; the device itself is reset and silent. */
    return true;
}

unsigned virtio_pci_probe(const struct virtio_driver *const *drivers, size_t n_drivers)
{
    struct probe pr = {.drivers = drivers, .n_drivers = n_drivers};
    pci_scan(probe_function, &pr);
    return pr.found;
}

// SPDX-License-Identifier: BSD-3-Clause
// The virtio MMIO transport, versions 1 (legacy) and 2: VIRTIO 1.2, section 4.2.
#include "acpi/acpi.h"
#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/trap.h"
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "irqchip/gsi.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"
#include "virtio/device.h"
#include <errno.h>

/*
 * Theory. Nothing can be enumerated: the loader names each device as virtio_mmio.device=SIZE@ADDRESS:IRQ on the command line
 * (Firecracker, and QEMU's microvm without ACPI), or else the DSDT does (microvm with ACPI). One interrupt line serves all queues; the status register tells why. The line is treated as an edge, so the
 * handler reads the status until it is clear: it can only fall, and rise anew, between two reads.
 */

enum {
    R_MAGIC = 0x00, R_VERSION = 0x04, R_DEVICE_ID = 0x08, R_FEATURES = 0x10, R_FEATURES_SEL = 0x14, R_DRIVER_FEATURES = 0x20,
    R_DRIVER_FEATURES_SEL = 0x24, R_GUEST_PAGE_SIZE = 0x28, R_QUEUE_SEL = 0x30, R_QUEUE_MAX = 0x34, R_QUEUE_SIZE = 0x38,
    R_QUEUE_ALIGN = 0x3c, R_QUEUE_PFN = 0x40, R_QUEUE_READY = 0x44, R_NOTIFY = 0x50, R_INT_STATUS = 0x60, R_INT_ACK = 0x64,
    R_STATUS = 0x70, R_DESC_LOW = 0x80, R_AVAIL_LOW = 0x90, R_USED_LOW = 0xa0, R_CONFIG_GENERATION = 0xfc, R_CONFIG = 0x100,
};
enum { MAGIC = 0x74726976, INT_QUEUE = 1, INT_CONFIG = 2, RESET_SPINS = 1000000 };

struct mmio_device {
    struct virtio_device device;
    volatile uint8_t *regs;
    size_t bytes;
};

static volatile uint8_t *reg(struct virtio_device *d, unsigned offset)
{
    return ((struct mmio_device *)d->transport_data)->regs + offset;
}
static uint32_t read_reg(struct virtio_device *d, unsigned offset) { return mmio_read32(reg(d, offset)); }
static void write_reg(struct virtio_device *d, unsigned offset, uint32_t v) { mmio_write32(reg(d, offset), v); }

static uint64_t get_features(struct virtio_device *d)
{
    write_reg(d, R_FEATURES_SEL, 0);
    uint64_t low = read_reg(d, R_FEATURES);
    write_reg(d, R_FEATURES_SEL, 1);
    return low | (uint64_t)read_reg(d, R_FEATURES) << 32;
}

static void set_features(struct virtio_device *d, uint64_t features)
{
    write_reg(d, R_DRIVER_FEATURES_SEL, 0);
    write_reg(d, R_DRIVER_FEATURES, (uint32_t)features);
    write_reg(d, R_DRIVER_FEATURES_SEL, 1);
    write_reg(d, R_DRIVER_FEATURES, (uint32_t)(features >> 32));
}

static uint8_t get_status(struct virtio_device *d) { return (uint8_t)read_reg(d, R_STATUS); }
static void set_status(struct virtio_device *d, uint8_t status) { write_reg(d, R_STATUS, status); }

static void reset(struct virtio_device *d)
{
    write_reg(d, R_STATUS, 0);
    for (unsigned i = 0; i < RESET_SPINS && read_reg(d, R_STATUS) != 0; i++)
        cpu_relax();
}

static void read_config(struct virtio_device *d, unsigned offset, void *buf, size_t n)
{
    struct mmio_device *m = d->transport_data;
    uint8_t *to = buf;
    for (size_t i = 0; i < n; i++)
        to[i] = R_CONFIG + offset + i < m->bytes ? mmio_read8(reg(d, R_CONFIG + offset + (unsigned)i)) : 0;
}

static void write_config(struct virtio_device *d, unsigned offset, const void *buf, size_t n)
{
    const uint8_t *from = buf;
    for (size_t i = 0; i < n; i++)
        mmio_write8(reg(d, R_CONFIG + offset + (unsigned)i), from[i]);
}

static uint32_t config_generation(struct virtio_device *d) { return d->legacy ? 0 : read_reg(d, R_CONFIG_GENERATION); }

static uint16_t queue_max(struct virtio_device *d, uint16_t index)
{
    write_reg(d, R_QUEUE_SEL, index);
    uint32_t max = read_reg(d, R_QUEUE_MAX);
    return max > 32768 ? 0 : (uint16_t)max;
}

static void write_address(struct virtio_device *d, unsigned low_reg, paddr_t addr)
{
    write_reg(d, low_reg, (uint32_t)addr);
    write_reg(d, low_reg + 4, (uint32_t)(addr >> 32));
}

static int queue_setup(struct virtio_device *d, struct virtq *q)
{
    write_reg(d, R_QUEUE_SEL, q->index);
    write_reg(d, R_QUEUE_SIZE, q->size);
    if (d->legacy) {
        if (q->desc_addr >> 44)
            return -ENOMEM; /* the page number has 32 bits */
        write_reg(d, R_QUEUE_ALIGN, 4096);
        write_reg(d, R_QUEUE_PFN, (uint32_t)(q->desc_addr >> 12));
    } else {
        write_address(d, R_DESC_LOW, q->desc_addr);
        write_address(d, R_AVAIL_LOW, q->avail_addr);
        write_address(d, R_USED_LOW, q->used_addr);
        write_reg(d, R_QUEUE_READY, 1);
    }
    q->notify = reg(d, R_NOTIFY);
    return 0;
}

static void notify(struct virtq *q) { mmio_write32(q->notify, q->index); }

static const struct virtio_transport_ops mmio_ops = {
    .name = "virtio-mmio",
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

static void interrupt(unsigned vector, void *arg)
{
    (void)vector;
    struct virtio_device *d = arg;
    uint32_t status;
    for (unsigned i = 0; i < 64 && (status = read_reg(d, R_INT_STATUS) & (INT_QUEUE | INT_CONFIG)) != 0; i++) {
        write_reg(d, R_INT_ACK, status);
        if (status & INT_QUEUE)
            virtio_interrupt_all(d);
        if ((status & INT_CONFIG) && d->config_changed != NULL)
            d->config_changed(d);
    }
}

/* A device of another kind is only looked at: its driver may be using it. */
static bool attach(uint64_t size, paddr_t addr, unsigned irq, enum gsi_mode mode, const struct virtio_driver *const *drivers, size_t n)
{
    struct mmio_device *m = kzalloc(sizeof *m);
    if (m == NULL)
        return false;
    m->regs = kmap_device(addr, size);
    m->bytes = size;
    struct virtio_device *d = &m->device;
    d->transport = &mmio_ops;
    d->transport_data = m;
    format_string(d->bus_name, sizeof d->bus_name, "virtio-mmio@%lx", (unsigned long)addr);
    if (m->regs == NULL || read_reg(d, R_MAGIC) != MAGIC)
        goto none;
    uint32_t version = read_reg(d, R_VERSION);
    d->id = read_reg(d, R_DEVICE_ID);
    d->legacy = version == 1;
    if ((version != 1 && version != 2) || virtio_match(d->id, drivers, n) == NULL)
        goto none;
    if (d->legacy)
        write_reg(d, R_GUEST_PAGE_SIZE, 4096);
    if (gsi_connect(irq, mode, interrupt, d) < 0 || virtio_attach(d, drivers, n) != 0)
        goto none;
    return true;
none:
    gsi_disconnect(irq, interrupt, d);
    kmap_free((void *)(uintptr_t)m->regs);
    kfree(m);
    return false;
}

/* SIZE@ADDRESS:IRQ[:ID], SIZE with an optional K. Return: false if it is not of that form. */
static bool parse_spec(const char *s, uint64_t *size, uint64_t *addr, uint64_t *irq)
{
    const char *end;
    if (string_parse_size(s, &end, size) != 0 || *end != '@')
        return false;
    if (string_parse_u64(end + 1, 0, &end, addr) != 0 || *end != ':')
        return false;
    if (string_parse_u64(end + 1, 0, &end, irq) != 0)
        return false;
    return *size >= R_CONFIG && *size <= (1u << 20) && *irq < 256;
}

struct probe {
    const struct virtio_driver *const *drivers;
    size_t n_drivers;
    unsigned found;
};

static void attach_described(const struct acpi_mmio_device *a, void *arg)
{
    struct probe *p = arg;
    if (a->bytes >= R_CONFIG && a->bytes <= (1u << 20) && a->base != 0)
        p->found += attach(a->bytes, a->base, a->gsi, a->edge ? GSI_EDGE_HIGH : GSI_LEVEL_HIGH, p->drivers, p->n_drivers);
}

unsigned virtio_mmio_probe(const struct virtio_driver *const *drivers, size_t n_drivers)
{
    static const char option[] = "virtio_mmio.device=";
    unsigned found = 0;
    for (const char *p = boot_handoff.cmdline; (p = strstr(p, option)) != NULL; p++) {
        uint64_t size, addr, irq;
        if (p != boot_handoff.cmdline && p[-1] != ' ')
            continue;
        if (parse_spec(p + sizeof option - 1, &size, &addr, &irq))
            found += attach(size, addr, (unsigned)irq, GSI_EDGE_HIGH, drivers, n_drivers);
    }
    if (found > 0)
        return found;
    struct probe p = {.drivers = drivers, .n_drivers = n_drivers};
    acpi_for_each_virtio_mmio(attach_described, &p);
    return p.found;
}

// SPDX-License-Identifier: BSD-3-Clause
// I/O APICs: connecting lines to handlers, several on one line if need be.

#include "arch/io.h"
#include "arch/spinlock.h"
#include "irqchip/gsi.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"
#include "topology.h"
#include <errno.h>

#define IOAPIC_VERSION 1u
#define IOAPIC_REDIRECT 0x10u
#define REDIRECT_MASKED (1u << 16)
#define REDIRECT_LEVEL (1u << 15)
#define REDIRECT_LOW (1u << 13)

struct shared_handler {
    struct shared_handler *next;
    irq_handler_fn fn;
    void *arg;
};

/** A connected line. Legend: L: lock. Lines are never freed, so the handler may walk them. */
struct line {
    struct line *next; /* L */
    unsigned gsi;
    int vector;
    struct shared_handler *handlers; /* a: changed with the line masked */
};

static struct spinlock lock = SPINLOCK_INIT(RANK_DEVICE);
static struct line *lines;

static uint32_t read_register(struct ioapic *io, unsigned index)
{
    mmio_write32(&io->registers[0], index);
    return mmio_read32(&io->registers[4]);
}

static void write_register(struct ioapic *io, unsigned index, uint32_t v)
{
    mmio_write32(&io->registers[0], index);
    mmio_write32(&io->registers[4], v);
}

static struct ioapic *open_ioapic(unsigned gsi)
{
    for (unsigned i = 0; i < irq_topology.n_ioapics; i++) {
        struct ioapic *io = &irq_topology.ioapics[i];
        if (gsi < io->gsi_base)
            continue;
        if (!io->registers) {
            io->registers = kmap_device(io->address, 4096);
            if (!io->registers)
                return NULL;
            io->n_lines = (read_register(io, IOAPIC_VERSION) >> 16 & 0xff) + 1;
            for (unsigned line = 0; line < io->n_lines; line++)
                write_register(io, IOAPIC_REDIRECT + 2 * line, REDIRECT_MASKED);
        }
        if (gsi - io->gsi_base < io->n_lines)
            return io;
    }
    return NULL;
}

static void dispatch(unsigned vector, void *arg)
{
    const struct line *l = arg;
    for (const struct shared_handler *h = __atomic_load_n(&l->handlers, __ATOMIC_ACQUIRE); h; h = h->next)
        h->fn(vector, h->arg);
}

static void route(struct ioapic *io, const struct line *l, enum gsi_mode mode)
{
    unsigned index = IOAPIC_REDIRECT + 2 * (l->gsi - io->gsi_base);
    uint32_t low = (uint32_t)l->vector;
    if (mode != GSI_EDGE_HIGH)
        low |= REDIRECT_LEVEL;
    if (mode == GSI_LEVEL_LOW)
        low |= REDIRECT_LOW;
    write_register(io, index + 1, gsi_cpu_destination(0) << 24);
    write_register(io, index, low);
}

static struct line *find_line(unsigned gsi)
{
    struct line *l = lines;
    while (l && l->gsi != gsi)
        l = l->next;
    return l;
}

static int add_line(unsigned gsi, struct line **out)
{
    struct line *l = kzalloc(sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->gsi = gsi;
    l->vector = irq_vector_alloc(dispatch, l);
    if (l->vector < 0) {
        int error = l->vector;
        kfree(l);
        return error;
    }
    l->next = lines;
    lines = l;
    *out = l;
    return 0;
}

int gsi_connect(unsigned gsi, enum gsi_mode mode, irq_handler_fn fn, void *arg)
{
    struct shared_handler *h = kmalloc(sizeof(*h));
    if (!h)
        return -ENOMEM;
    int error = 0;
    irq_flags_t flags = spin_lock_irqsave(&lock);
    struct ioapic *io = open_ioapic(gsi);
    struct line *l = find_line(gsi);
    if (!io)
        error = -ENODEV;
    else if (!l)
        error = add_line(gsi, &l);
    if (!error) {
        bool first = !l->handlers;
        *h = (struct shared_handler){l->handlers, fn, arg};
        __atomic_store_n(&l->handlers, h, __ATOMIC_RELEASE);
        if (first)
            route(io, l, mode);
    }
    spin_unlock_irqrestore(&lock, flags);
    if (error)
        kfree(h);
    return error;
}

void gsi_disconnect(unsigned gsi, irq_handler_fn fn, void *arg)
{
    irq_flags_t flags = spin_lock_irqsave(&lock);
    struct line *l = find_line(gsi);
    struct ioapic *io = l ? open_ioapic(gsi) : NULL;
    struct shared_handler **p = l ? &l->handlers : NULL;
    while (p && *p && ((*p)->fn != fn || (*p)->arg != arg))
        p = &(*p)->next;
    if (p && *p)
        *p = (*p)->next; /* the record itself is left: an interrupt on another CPU may stand on it */
    if (l && io && !l->handlers)
        write_register(io, IOAPIC_REDIRECT + 2 * (gsi - io->gsi_base), REDIRECT_MASKED);
    spin_unlock_irqrestore(&lock, flags);
}

// SPDX-License-Identifier: BSD-3-Clause
// virtio-console: VIRTIO 1.2, section 5.3; the first port.
#include "arch/cpu.h"
#include "arch/spinlock.h"
#include "base/string.h"
#include "device/console.h"
#include "mem/dma.h"
#include "mem/kalloc.h"
#include "virtio/device.h"
#include "virtio/virtio_console.h"
#include <errno.h>

/*
 * Theory. Output is a copy into one buffer and a wait until the device has taken it: a console writes from any context (a panic too), and what was
 * written before the machine stops must have arrived. A host that takes nothing for WAIT_SPINS makes us drop output until it goes on.
 * Input buffers are posted when somebody wants input. They are emptied in the interrupt, or by whoever makes room again; `draining` counts calls, the
 * first one works for all. A buffer that the receiver has no room for stays until resume_input, and with all buffers full the host waits.
 */

enum { RX = 0, TX = 1, TX_BYTES = 2048, RX_BUFFERS = 4, RX_BYTES = 512, WAIT_SPINS = 100000000 };
_Static_assert(TX_BYTES + RX_BUFFERS * RX_BYTES == 4096, "one page");

struct port {
    struct console console;
    struct virtio_device *virtio;
    struct virtq *rx, *tx;
    struct spinlock lock; /* of tx */
    bool in_flight;       /* lock */
    bool stuck;           /* lock: the host does not take what we write */
    uint8_t *buffers;     /* TX_BYTES, then the input buffers */
    paddr_t buffers_addr;
    bool input_on;
    unsigned draining;          /* atomic */
    char *current;              /* draining: a buffer that the receiver has not taken whole */
    uint32_t current_bytes, current_used;
};

static struct port *first;

static bool output_done(struct port *p)
{
    uint32_t ignored;
    if (p->in_flight && virtq_reap(p->tx, &ignored) != NULL)
        p->in_flight = false;
    return !p->in_flight || virtio_is_broken(p->virtio);
}

static void wait_output(struct port *p)
{
    for (unsigned spin = 0; !output_done(p) && spin < (p->stuck ? 1u : WAIT_SPINS); spin++)
        cpu_relax();
    p->stuck = p->in_flight;
}

static void write_out(struct console *c, const char *s, size_t n)
{
    struct port *p = container_of(c, struct port, console);
    irq_flags_t flags = spin_lock_irqsave(&p->lock);
    wait_output(p);
    while (n > 0 && !p->stuck) {
        size_t step = n < TX_BYTES ? n : TX_BYTES;
        const struct virtq_seg seg = {p->buffers_addr, (uint32_t)step};
        memcpy(p->buffers, s, step);
        if (virtq_add(p->tx, &seg, 1, 0, p) != 0)
            break;
        p->in_flight = true;
        virtq_kick(p->tx);
        wait_output(p);
        s += step;
        n -= step;
    }
    spin_unlock_irqrestore(&p->lock, flags);
}

static void post(struct port *p, char *buffer)
{
    const struct virtq_seg seg = {p->buffers_addr + (paddr_t)((uint8_t *)buffer - p->buffers), RX_BYTES};
    if (virtq_add(p->rx, &seg, 0, 1, buffer) == 0)
        virtq_kick(p->rx);
}

static bool next_buffer(struct port *p)
{
    if (p->current != NULL)
        return true;
    p->current = virtq_reap(p->rx, &p->current_bytes);
    if (p->current == NULL && virtq_enable_interrupts(p->rx))
        p->current = virtq_reap(p->rx, &p->current_bytes);
    p->current_used = 0;
    return p->current != NULL;
}

static void drain_once(struct port *p)
{
    while (next_buffer(p)) {
        size_t left = p->current_bytes - p->current_used, room = console_room(&p->console);
        size_t n = left < room ? left : room;
        if (n > 0)
            console_input(&p->console, p->current + p->current_used, n);
        p->current_used += (uint32_t)n;
        if (n < left)
            return; /* resume_input goes on */
        post(p, p->current);
        p->current = NULL;
    }
}

static void drain(struct console *c)
{
    struct port *p = container_of(c, struct port, console);
    unsigned calls = 1;
    if (__atomic_fetch_add(&p->draining, 1, __ATOMIC_ACQUIRE) != 0)
        return;
    do {
        drain_once(p);
    } while (!__atomic_compare_exchange_n(&p->draining, &calls, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
}

static void input_arrived(struct virtq *q)
{
    struct port *p = q->callback_arg;
    if (p->input_on)
        drain(&p->console);
}

static void enable_input(struct console *c)
{
    struct port *p = container_of(c, struct port, console);
    if (__atomic_exchange_n(&p->input_on, true, __ATOMIC_SEQ_CST))
        return;
    for (unsigned i = 0; i < RX_BUFFERS; i++)
        post(p, (char *)p->buffers + TX_BYTES + i * RX_BYTES);
    drain(c);
}

static int probe(struct virtio_device *d)
{
    struct port *p = kzalloc(sizeof *p);
    if (p == NULL)
        return -ENOMEM;
    p->virtio = d;
    p->lock = (struct spinlock)SPINLOCK_INIT(RANK_CONSOLE);
    p->buffers = dma_alloc(4096, ~0ull, &p->buffers_addr);
    int err = p->buffers == NULL ? -ENOMEM : virtio_negotiate(d, 0);
    if (!err)
        err = virtio_queue_setup(d, RX, 64, input_arrived, p, &p->rx);
    if (!err)
        err = virtio_queue_setup(d, TX, 64, NULL, p, &p->tx);
    if (err) {
        if (p->buffers != NULL)
            dma_free(p->buffers, 4096);
        kfree(p);
        return err;
    }
    d->driver_data = p;
    virtq_disable_interrupts(p->tx);
    virtio_driver_ok(d);
    p->console = (struct console){.name = "hvc0", .write = write_out, .enable_input = enable_input, .resume_input = drain};
    if (first == NULL)
        first = p;
    return 0;
}

struct console *virtio_console_first(void) { return first != NULL ? &first->console : NULL; }

const struct virtio_driver virtio_console_driver = {.name = "virtio-console", .device_id = VIRTIO_ID_CONSOLE, .probe = probe};

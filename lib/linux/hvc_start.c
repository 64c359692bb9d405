// SPDX-License-Identifier: BSD-3-Clause
// Finds a virtio console: as the machine's console, or as the terminal /dev/hvc0 beside it.
#include "device/console.h"
#include "device/tty.h"
#include "linux/hvc.h"
#include "sched/mutex.h"
#include "virtio/device.h"
#include "virtio/virtio_console.h"

/* Set to name this file from a link line: -u osv_virtio_console. */
const char osv_virtio_console = 1;

static struct mutex lock = MUTEX_INIT(lock);
static struct tty *terminal;

static struct console *find(void)
{
    static const struct virtio_driver *const drivers[] = {&virtio_console_driver};
    static bool searched;
    if (!searched) {
        searched = true;
        virtio_mmio_probe(drivers, 1);
        virtio_pci_probe(drivers, 1);
    }
    return virtio_console_first();
}

bool hvc_start(void)
{
    mutex_lock(&lock);
    struct console *c = find();
    mutex_unlock(&lock);
    if (c != NULL)
        console_select(c);
    return c != NULL;
}

static void write_terminal(struct tty *t, const char *s, size_t n)
{
    struct console *c = tty_priv(t);
    c->write(c, s, n);
}

static void receive(struct console *c, const char *s, size_t n) { tty_receive(terminal, s, n); }

static void start_input(struct tty *t)
{
    struct console *c = tty_priv(t);
    c->receive = receive;
    c->enable_input(c);
}

struct tty *hvc_terminal(void)
{
    static const struct tty_driver_ops ops = {.write = write_terminal, .start_input = start_input};
    mutex_lock(&lock);
    struct console *c = find();
    if (terminal == NULL && c != NULL) {
        terminal = c == console_primary() ? tty_console() : tty_create(&ops, c);
        if (terminal != NULL && c != console_primary())
            tty_set_index(terminal, 229, 0);
    }
    mutex_unlock(&lock);
    return terminal;
}

// SPDX-License-Identifier: BSD-3-Clause
// The list of consoles; raw output goes to all of them, input to whoever asked for it.
#include "device/console.h"

#include "arch/percpu.h"
#include "arch/spinlock.h"
#include <stdint.h>

static struct list_node consoles = {&consoles, &consoles};
static struct spinlock write_lock = SPINLOCK_INIT(RANK_CONSOLE);
static void (*receiver)(const char *s, size_t n);
static size_t (*receiver_room)(void);
static _Atomic int writer = -1; /* the CPU that writes */

void console_register(struct console *c)
{
    list_push_back(&consoles, &c->link);
}

void console_select(struct console *c)
{
    irq_flags_t flags = spin_lock_irqsave(&write_lock);
    list_init(&consoles);
    list_push_back(&consoles, &c->link);
    spin_unlock_irqrestore(&write_lock, flags);
}

struct console *console_primary(void)
{
    return list_first_entry(&consoles, struct console, link);
}

void console_write(const char *s, size_t n)
{
    struct console *c;
    irq_flags_t flags = irq_save();

    if (writer == (int)cpu_id()) { /* a driver complains about its own console: nowhere to say it */
        irq_restore(flags);
        return;
    }
    irq_restore(flags);
    flags = spin_lock_irqsave(&write_lock);
    writer = (int)cpu_id();
    LIST_FOR_EACH (c, &consoles, link)
        c->write(c, s, n);
    writer = -1;
    spin_unlock_irqrestore(&write_lock, flags);
}

void console_set_receiver(void (*fn)(const char *s, size_t n))
{
    receiver = fn;
}

void console_set_room(size_t (*fn)(void))
{
    receiver_room = fn;
}

size_t console_room(const struct console *c)
{
    return c->receive == NULL && receiver_room != NULL ? receiver_room() : SIZE_MAX;
}

void console_input(struct console *c, const char *s, size_t n)
{
    if (c->receive != NULL)
        c->receive(c, s, n);
    else if (receiver != NULL)
        receiver(s, n);
}

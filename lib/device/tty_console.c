// SPDX-License-Identifier: BSD-3-Clause
// The terminal on the primary console, and the way to one beside it.
#include "device/console.h"
#include "device/tty.h"
#include "tty_private.h"

static struct tty *console_tty;

static void write_console(struct tty *t, const char *s, size_t n)
{
    console_write(s, n);
}

static void receive(const char *s, size_t n)
{
    tty_receive(console_tty, s, n);
}

static void start_input(struct tty *t)
{
    struct console *c = console_primary();

    console_set_receiver(receive);
    if (c != NULL && c->enable_input != NULL)
        c->enable_input(c);
}

static const struct tty_driver_ops console_ops = {.write = write_console, .start_input = start_input};

struct tty *tty_console(void)
{
    if (console_tty == NULL) {
        console_tty = tty_create(&console_ops, NULL);
        if (console_tty != NULL)
            tty_set_index(console_tty, 5, 1);
    }
    return console_tty;
}

static struct tty *(*find_hvc)(void);

void tty_set_hvc(struct tty *(*fn)(void))
{
    find_hvc = fn;
}

struct tty *tty_hvc(void)
{
    return find_hvc != NULL ? find_hvc() : NULL;
}

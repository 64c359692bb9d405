// SPDX-License-Identifier: BSD-3-Clause
// Consoles: where bytes for people go and come from; the tty line discipline sits on top.
#pragma once

#include "base/list.h"
#include <stdbool.h>
#include <stddef.h>

/** struct console - a byte device. @write may be called in any context (panic too) and polls if it must. */
struct console {
    const char *name; /* "ttyS0", "hvc0" */
    void (*write)(struct console *c, const char *s, size_t n);
    int (*read_poll)(struct console *c); /* next byte, or -1; never waits */
    void (*enable_input)(struct console *c); /* start input interrupts; then console_input() is called */
    void (*resume_input)(struct console *c); /* the receiver has room again after console_room() was 0; may be NULL */
    void (*receive)(struct console *c, const char *s, size_t n); /* who takes its input instead of the common receiver; NULL: nobody */
    void *priv;
    struct list_node link;
};
void console_register(struct console *c);
/** console_select - @c is the only console from now on. Context: before anybody took input. */
void console_select(struct console *c);
struct console *console_primary(void); /* NULL before the first registration */
void console_write(const char *s, size_t n);         /* raw; log sink and panic */
/** console_input - a driver received bytes. Context: interrupt. */
void console_input(struct console *c, const char *s, size_t n);
/** console_set_receiver - who takes the bytes of console_input(); the tty. */
void console_set_receiver(void (*fn)(const char *s, size_t n));
/** console_room - bytes that @c's receiver can take now; a driver that finds 0 stops reading until its resume_input. Context: any. */
size_t console_room(const struct console *c);
void console_set_room(size_t (*fn)(void)); /* none: unlimited */
struct file;
/** console_stream_open - the console as a pipe's end instead of a terminal: descriptors 0-2 when the host has no terminal there.
 * Return: 0; -ENOMEM; -ENFILE. */
int console_stream_open(bool output, struct file **out);

/** console_stream_owns - is @f one of the streams that descriptors 0-2 are when the host's side is no terminal? */
struct file;
bool console_stream_owns(const struct file *f);

// SPDX-License-Identifier: BSD-3-Clause
// Terminals: N_TTY line discipline, termios, window size, job-control identity. Used by the console and by pseudo terminals.
#pragma once

#include "abi/termios.h"
#include "base/types.h"
#include "sched/mutex.h"
#include "sched/wait.h"
#include <stdbool.h>
#include <stddef.h>

struct tty;
/** struct tty_driver_ops - the far side: a console or the pty master. */
struct tty_driver_ops {
    void (*write)(struct tty *t, const char *s, size_t n); /* after output processing */
    size_t (*write_room)(struct tty *t);
    void (*set_termios)(struct tty *t);
};
struct tty *tty_create(const struct tty_driver_ops *ops, void *priv); /* NULL: no memory */
struct tty *tty_console(void);          /* created on first use, on console_primary() */
void tty_receive(struct tty *t, const char *s, size_t n); /* context: interrupt */
struct file;
int tty_open(struct tty *t, unsigned flags, struct file **out); /* defined with room file's ops by room vfs' devfs glue */
/** tty_set_signal_hook - room process: send @signo to @t's foreground process group (^C ^\ ^Z, SIGWINCH, SIGHUP). Context: interrupt. */
void tty_set_signal_hook(void (*fn)(struct tty *t, int signo));
void *tty_priv(struct tty *t);

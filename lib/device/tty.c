// SPDX-License-Identifier: BSD-3-Clause
// Terminals: creation, signals to the foreground group, hang-up.
//
// A tty stands between a file (tty_file.c) and a driver: a console or the master of a pseudo terminal. Bytes from the driver arrive by
// tty_receive() in any context and go through the line discipline (tty_input.c) into a ring; writes pass output processing
// (tty_output.c) to the driver. t->lock is a spinlock because input comes from interrupts; drivers' write may be called under it (echo),
// so it never sleeps. Everything that may sleep (user copies, waiting for room) happens outside of it.
#include "tty_private.h"

#include "base/string.h"
#include "device/tty.h"
#include "mem/kalloc.h"
#include <poll.h>
#include <signal.h>
#include <termios.h>

static void (*signal_hook)(struct tty *t, int signo);
const struct tty_job_ops *tty_job_ops;

void tty_set_job_ops(const struct tty_job_ops *ops)
{
    tty_job_ops = ops;
}

void tty_set_signal_hook(void (*fn)(struct tty *t, int signo))
{
    signal_hook = fn;
}

void tty_send_signal(struct tty *t, int signo)
{
    if (signal_hook != NULL)
        signal_hook(t, signo);
}

void tty_default_termios(struct kernel_termios *out)
{
    static const uint8_t control[KERNEL_NCCS] = {
        [VINTR] = 3,   [VQUIT] = 28,    [VERASE] = 127, [VKILL] = 21, [VEOF] = 4,    [VTIME] = 0,   [VMIN] = 1,
        [VSTART] = 17, [VSTOP] = 19,    [VSUSP] = 26,   [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22,
    };

    *out = (struct kernel_termios){
        .c_iflag = ICRNL | IXON,
        .c_oflag = OPOST | ONLCR,
        .c_cflag = B38400 | CS8 | CREAD | HUPCL,
        .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    };
    memcpy(out->c_cc, control, sizeof control);
}

struct tty *tty_create(const struct tty_driver_ops *ops, void *priv)
{
    struct tty *t = kzalloc(sizeof *t);

    if (t == NULL)
        return NULL;
    t->ops = ops;
    t->priv = priv;
    spin_init(&t->lock, RANK_DEVICE);
    tty_default_termios(&t->termios);
    mutex_init(&t->write_lock);
    mutex_init(&t->read_lock);
    wait_queue_init(&t->readable);
    wait_queue_init(&t->writable);
    return t;
}

void tty_destroy(struct tty *t)
{
    kfree(t->input);
    kfree(t->line_ends);
    kfree(t);
}

void *tty_priv(struct tty *t)
{
    return t->priv;
}

void tty_set_index(struct tty *t, unsigned major_nr, unsigned minor_nr)
{
    t->major = major_nr;
    t->minor = minor_nr;
}

int tty_foreground_group(struct tty *t)
{
    return t->group;
}

void tty_set_foreground_group(struct tty *t, int pgrp)
{
    t->group = pgrp;
}

int tty_session(struct tty *t)
{
    return t->session;
}

void tty_hangup(struct tty *t)
{
    t->hung_up = true;
    wait_queue_wake(&t->readable, UINT32_MAX, POLLHUP | POLLIN);
    wait_queue_wake(&t->writable, UINT32_MAX, POLLHUP | POLLOUT);
    if (t->group != 0) {
        tty_send_signal(t, SIGHUP);
        tty_send_signal(t, SIGCONT);
    }
}

void tty_output_ready(struct tty *t)
{
    wait_queue_wake(&t->writable, UINT32_MAX, POLLOUT | POLLWRNORM);
}

int tty_check_background(struct tty *t, int signo)
{
    if (tty_job_ops == NULL || tty_job_ops->background == NULL || t->group == 0)
        return 0;
    if (tty_job_ops->session() != t->session || tty_job_ops->group() == t->group)
        return 0;
    return tty_job_ops->background(t, signo);
}

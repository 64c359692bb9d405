// SPDX-License-Identifier: BSD-3-Clause
// The state of a terminal, shared by the files that implement it.
#pragma once

#include "arch/spinlock.h"
#include "device/tty.h"
#include <stdint.h>

#define TTY_INPUT_BYTES 4096u /* power of two; one byte stays free for the end of a line */
#define TTY_DISABLED 0        /* _POSIX_VDISABLE */

struct tty_window {
    uint16_t rows, columns, x_pixels, y_pixels;
};

/**
 * struct tty - Legend: I; L = lock (interrupts off); W = write_lock; a
 */
struct tty {
    const struct tty_driver_ops *ops; /* I */
    void *priv;                       /* I */
    struct spinlock lock;
    struct kernel_termios termios;    /* L */
    struct tty_window window;         /* L */
    /* The input ring: [tail, canon) complete lines, [canon, head) the line being edited. Counters run freely. */
    char *input;                      /* L: TTY_INPUT_BYTES */
    uint8_t *line_ends;               /* L: one bit a byte of the ring: ends a line */
    uint32_t head, canon, tail;       /* L */
    uint32_t echo_column;             /* L: output column, for tabs and erasing */
    bool literal_next, stopped, erasing_shown; /* L */
    bool hung_up;                     /* a */
    bool input_started;               /* a */
    bool exclusive;                   /* L: TIOCEXCL */
    uint8_t packet_state;             /* L: pty packet mode events */
    int session, group;               /* L */
    uint32_t n_files;                 /* a */
    unsigned major, minor;            /* I */
    struct mutex write_lock;          /* one writer's bytes stay together */
    struct mutex read_lock;
    struct wait_queue readable, writable;
};

static inline uint8_t tty_control_char(const struct tty *t, unsigned which)
{
    return t->termios.c_cc[which];
}

void tty_default_termios(struct kernel_termios *out);
/** tty_output_process - @n bytes through output processing to the driver. Called with t->lock or, by writers, without. */
void tty_output_process(struct tty *t, const char *s, size_t n);
/** tty_input_available - bytes (or, in canonical mode, a line or end of file) a read would return now. */
bool tty_input_available(struct tty *t, unsigned min_bytes);
/** tty_input_take - up to @n bytes of at most one line; *end_of_file: an empty line ended by VEOF was consumed. */
size_t tty_input_take(struct tty *t, char *out, size_t n, bool *end_of_file);
size_t tty_input_count(struct tty *t);
void tty_input_flush(struct tty *t);
void tty_input_mode_changed(struct tty *t, bool was_canonical);
void tty_start_input(struct tty *t);
long tty_ioctl(struct tty *t, unsigned cmd, unsigned long arg);
struct file;
long tty_file_ioctl(struct file *f, unsigned cmd, unsigned long arg);
int tty_check_background(struct tty *t, int signo);

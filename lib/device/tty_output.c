// SPDX-License-Identifier: BSD-3-Clause
// Output processing of terminals: newlines, carriage returns, tabs, case.
#include "tty_private.h"

#include "base/compiler.h"
#include <termios.h>

#ifndef OLCUC
#define OLCUC 0000002
#endif

/* Room for the longest expansion (a tab). */
#define BATCH_BYTES 256u
#define LONGEST 8u

struct batch {
    char bytes[BATCH_BYTES];
    size_t n;
};

static void emit(struct tty *t, struct batch *b, char c)
{
    b->bytes[b->n++] = c;
}

static void flush(struct tty *t, struct batch *b)
{
    if (b->n > 0)
        t->ops->write(t, b->bytes, b->n);
    b->n = 0;
}

static void newline(struct tty *t, struct batch *b, uint32_t flags)
{
    if (flags & ONLRET)
        t->echo_column = 0;
    if (flags & ONLCR) {
        emit(t, b, '\r');
        t->echo_column = 0;
    }
    emit(t, b, '\n');
}

static void carriage_return(struct tty *t, struct batch *b, uint32_t flags)
{
    if ((flags & ONOCR) && t->echo_column == 0)
        return;
    if (flags & OCRNL) {
        emit(t, b, '\n');
        if (flags & ONLRET)
            t->echo_column = 0;
        return;
    }
    emit(t, b, '\r');
    t->echo_column = 0;
}

static void tab(struct tty *t, struct batch *b, uint32_t flags)
{
    unsigned spaces = 8 - (t->echo_column & 7);

    t->echo_column += spaces;
    if ((flags & TABDLY) != XTABS) {
        emit(t, b, '\t');
        return;
    }
    while (spaces-- > 0)
        emit(t, b, ' ');
}

static void process_char(struct tty *t, struct batch *b, char c, uint32_t flags)
{
    switch (c) {
    case '\n':
        newline(t, b, flags);
        break;
    case '\r':
        carriage_return(t, b, flags);
        break;
    case '\t':
        tab(t, b, flags);
        break;
    case '\b':
        if (t->echo_column > 0)
            t->echo_column--;
        emit(t, b, c);
        break;
    default:
        if ((flags & OLCUC) && c >= 'a' && c <= 'z')
            c -= 'a' - 'A';
        if ((unsigned char)c >= ' ' && ((unsigned char)c & 0xc0) != 0x80)
            t->echo_column++;
        emit(t, b, c);
    }
}

void tty_output_process(struct tty *t, const char *s, size_t n)
{
    uint32_t flags = t->termios.c_oflag;
    struct batch b;

    if (!(flags & OPOST)) {
        t->ops->write(t, s, n);
        return;
    }
    b.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (b.n + LONGEST > BATCH_BYTES)
            flush(t, &b);
        process_char(t, &b, s[i], flags);
    }
    flush(t, &b);
}

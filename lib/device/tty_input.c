// SPDX-License-Identifier: BSD-3-Clause
// The line discipline: what happens to each received byte, and how readers take them.
#include "tty_private.h"

#include "base/string.h"
#include "mem/kalloc.h"
#include <poll.h>
#include <signal.h>
#include <termios.h>

#ifndef IUCLC
#define IUCLC 0001000
#endif
#ifndef ECHOPRT
#define ECHOPRT 0002000
#endif

/* What to tell the world after t->lock is released. */
struct effects {
    int signo;
    bool readable;
};

static inline char *slot(struct tty *t, uint32_t at)
{
    return &t->input[at % TTY_INPUT_BYTES];
}

static inline bool is_line_end(const struct tty *t, uint32_t at)
{
    uint32_t i = at % TTY_INPUT_BYTES;

    return t->line_ends[i / 8] >> (i % 8) & 1;
}

static void set_line_end(struct tty *t, uint32_t at, bool on)
{
    uint32_t i = at % TTY_INPUT_BYTES;
    uint8_t bit = (uint8_t)(1u << (i % 8));

    t->line_ends[i / 8] = on ? t->line_ends[i / 8] | bit : t->line_ends[i / 8] & (uint8_t)~bit;
}

static void echo_char(struct tty *t, char c)
{
    char shown[2] = {'^', (char)(c ^ 0x40)};

    if ((t->termios.c_lflag & ECHOCTL) && ((unsigned char)c < 32 || c == 127) && c != '\t' && c != '\n')
        tty_output_process(t, shown, 2);
    else
        tty_output_process(t, &c, 1);
}

static bool put(struct tty *t, char c, bool ends_line)
{
    uint32_t room = TTY_INPUT_BYTES - (t->head - t->tail);

    if (room == 0 || (room == 1 && !ends_line && (t->termios.c_lflag & ICANON)))
        return false;
    *slot(t, t->head) = c;
    set_line_end(t, t->head, ends_line);
    t->head++;
    return true;
}

static void erase_shown(struct tty *t, char c)
{
    static const char rub[] = "\b \b\b \b";
    bool two = (t->termios.c_lflag & ECHOCTL) && ((unsigned char)c < 32 || c == 127);

    if (c == '\t')
        return; /* the column before it is not kept */
    tty_output_process(t, rub, two ? 6 : 3);
}

/* UTF-8 continuation bytes go with their first byte if IUTF8 is set. */
static bool is_continuation(const struct tty *t, char c)
{
    return (t->termios.c_iflag & 0040000) && ((unsigned char)c & 0xc0) == 0x80;
}

static bool erase_one(struct tty *t)
{
    char c;

    do {
        if (t->head == t->canon)
            return false;
        c = *slot(t, --t->head);
    } while (is_continuation(t, c) && t->head != t->canon);
    if ((t->termios.c_lflag & (ECHO | ECHOE)) == (ECHO | ECHOE))
        erase_shown(t, c);
    return true;
}

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static void erase_word(struct tty *t)
{
    bool seen = false;

    while (t->head != t->canon) {
        bool word = is_word_char(*slot(t, t->head - 1));
        if (seen && !word)
            break;
        seen = seen || word;
        erase_one(t);
    }
}

static void kill_line(struct tty *t)
{
    if ((t->termios.c_lflag & (ECHO | ECHOE | ECHOKE)) == (ECHO | ECHOE | ECHOKE)) {
        while (erase_one(t))
            ;
        return;
    }
    t->head = t->canon;
    if ((t->termios.c_lflag & ECHO)) {
        echo_char(t, (char)tty_control_char(t, VKILL));
        if (t->termios.c_lflag & ECHOK)
            tty_output_process(t, "\n", 1);
    }
}

static void reprint(struct tty *t)
{
    echo_char(t, (char)tty_control_char(t, VREPRINT));
    tty_output_process(t, "\n", 1);
    for (uint32_t at = t->canon; at != t->head; at++)
        echo_char(t, *slot(t, at));
}

static inline bool matches(const struct tty *t, char c, unsigned which)
{
    uint8_t cc = tty_control_char(t, which);

    return cc != TTY_DISABLED && (uint8_t)c == cc;
}

static bool handle_signal_char(struct tty *t, char c, struct effects *fx)
{
    int signo = matches(t, c, VINTR) ? SIGINT : matches(t, c, VQUIT) ? SIGQUIT : matches(t, c, VSUSP) ? SIGTSTP : 0;

    if (signo == 0)
        return false;
    if (!(t->termios.c_lflag & NOFLSH))
        t->tail = t->canon = t->head;
    if (t->termios.c_lflag & ECHO)
        echo_char(t, c);
    fx->signo = signo;
    return true;
}

static void end_line(struct tty *t, char c, struct effects *fx)
{
    if (put(t, c, true)) {
        t->canon = t->head;
        fx->readable = true;
    }
}

/* Editing keys and line ends. Returns true if the byte is dealt with. */
static bool handle_canonical(struct tty *t, char c, struct effects *fx)
{
    uint32_t flags = t->termios.c_lflag;

    if (matches(t, c, VERASE)) {
        erase_one(t);
        return true;
    }
    if (matches(t, c, VKILL)) {
        kill_line(t);
        return true;
    }
    if ((flags & IEXTEN) && matches(t, c, VWERASE)) {
        erase_word(t);
        return true;
    }
    if ((flags & IEXTEN) && matches(t, c, VLNEXT)) {
        t->literal_next = true;
        if ((flags & (ECHO | ECHOCTL)) == (ECHO | ECHOCTL))
            tty_output_process(t, "^\b", 2);
        return true;
    }
    if ((flags & IEXTEN) && (flags & ECHO) && matches(t, c, VREPRINT)) {
        reprint(t);
        return true;
    }
    if (c == '\n') {
        if (flags & (ECHO | ECHONL))
            tty_output_process(t, &c, 1);
        end_line(t, c, fx);
        return true;
    }
    if (matches(t, c, VEOF)) {
        end_line(t, TTY_DISABLED, fx);
        return true;
    }
    if (matches(t, c, VEOL) || ((flags & IEXTEN) && matches(t, c, VEOL2))) {
        if (flags & ECHO)
            echo_char(t, c);
        end_line(t, c, fx);
        return true;
    }
    return false;
}

static void store_plain(struct tty *t, char c, struct effects *fx)
{
    bool canonical = t->termios.c_lflag & ICANON;

    if (!put(t, c, false)) {
        if (t->termios.c_iflag & IMAXBEL)
            tty_output_process(t, "\a", 1);
        return;
    }
    if (t->termios.c_lflag & ECHO)
        echo_char(t, c);
    if (!canonical) {
        t->canon = t->head;
        fx->readable = true;
    }
}

static void receive_char(struct tty *t, char c, struct effects *fx)
{
    uint32_t in = t->termios.c_iflag, local = t->termios.c_lflag;

    if (in & ISTRIP)
        c &= 0x7f;
    if ((in & IUCLC) && (local & IEXTEN) && c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    if (t->literal_next) {
        t->literal_next = false;
        store_plain(t, c, fx);
        return;
    }
    if (in & IXON) {
        if (matches(t, c, VSTART)) {
            t->stopped = false;
            return;
        }
        if (matches(t, c, VSTOP)) {
            t->stopped = true;
            return;
        }
        if (t->stopped && (in & IXANY))
            t->stopped = false;
    }
    if ((local & ISIG) && handle_signal_char(t, c, fx))
        return;
    if (c == '\r') {
        if (in & IGNCR)
            return;
        if (in & ICRNL)
            c = '\n';
    } else if (c == '\n' && (in & INLCR)) {
        c = '\r';
    }
    if ((local & ICANON) && handle_canonical(t, c, fx))
        return;
    store_plain(t, c, fx);
}

static bool make_buffers(struct tty *t)
{
    if (t->input == NULL)
        t->input = kmalloc(TTY_INPUT_BYTES);
    if (t->line_ends == NULL)
        t->line_ends = kzalloc(TTY_INPUT_BYTES / 8);
    return t->input != NULL && t->line_ends != NULL;
}

void tty_receive(struct tty *t, const char *s, size_t n)
{
    struct effects fx = {0};
    bool was_stopped;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);

    was_stopped = t->stopped;
    if (make_buffers(t))
        for (size_t i = 0; i < n; i++)
            receive_char(t, s[i], &fx);
    bool resumed = was_stopped && !t->stopped;
    spin_unlock_irqrestore(&t->lock, flags);
    if (fx.signo != 0)
        tty_send_signal(t, fx.signo);
    if (fx.readable)
        wait_queue_wake(&t->readable, UINT32_MAX, POLLIN | POLLRDNORM);
    if (resumed)
        tty_output_ready(t);
}

size_t tty_input_count(struct tty *t)
{
    size_t n = 0;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);

    if (!(t->termios.c_lflag & ICANON))
        n = t->head - t->tail;
    else
        for (uint32_t at = t->tail; at != t->canon; at++)
            n += !(is_line_end(t, at) && *slot(t, at) == TTY_DISABLED);
    spin_unlock_irqrestore(&t->lock, flags);
    return n;
}

bool tty_input_available(struct tty *t, unsigned min_bytes)
{
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    bool r = (t->termios.c_lflag & ICANON) ? t->canon != t->tail : t->head - t->tail >= max(min_bytes, 1u);

    spin_unlock_irqrestore(&t->lock, flags);
    return r;
}

size_t tty_input_take(struct tty *t, char *out, size_t n, bool *end_of_file)
{
    size_t done = 0;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    bool canonical = t->termios.c_lflag & ICANON;
    uint32_t limit = canonical ? t->canon : t->head;

    *end_of_file = false;
    while (t->tail != limit && (done < n || canonical)) {
        char c = *slot(t, t->tail);
        bool ends = canonical && is_line_end(t, t->tail);
        if (ends && c == TTY_DISABLED) { /* VEOF: ends the read, is no data */
            t->tail++;
            *end_of_file = done == 0;
            break;
        }
        if (done == n)
            break;
        out[done++] = c;
        t->tail++;
        if (ends)
            break;
    }
    if (!canonical)
        t->canon = t->head;
    spin_unlock_irqrestore(&t->lock, flags);
    return done;
}

void tty_input_flush(struct tty *t)
{
    irq_flags_t flags = spin_lock_irqsave(&t->lock);

    t->tail = t->canon = t->head;
    spin_unlock_irqrestore(&t->lock, flags);
}

/* With t->lock held. What was typed so far becomes readable when line editing is switched off. */
void tty_input_mode_changed(struct tty *t, bool was_canonical)
{
    if (was_canonical && !(t->termios.c_lflag & ICANON))
        t->canon = t->head;
    if (!was_canonical && (t->termios.c_lflag & ICANON) && t->head != t->tail) {
        set_line_end(t, t->head - 1, *slot(t, t->head - 1) == '\n');
        t->canon = t->head;
    }
}

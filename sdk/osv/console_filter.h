// SPDX-License-Identifier: BSD-3-Clause
// What `osv run` does to the guest's output on its way: takes the exit report out, explains backtrace lines.
#pragma once

#include "text.h"

#include <stdint.h>

struct console_filter {
    bool strip_cr;      /* turn the terminal's "\r\n" back into "\n": standard output is no terminal */
    bool (*describe)(void *context, uint64_t address, struct text *out); /* may be NULL */
    void *context;

    int exit_status;    /* -1 until the exit report came */
    bool input_wanted;  /* the guest asked for its input (--no-tty) */
    bool saw_output;    /* anything but the reports came */
    struct text report; /* bytes since \x1e that may become a report */
    struct text line;   /* the current line, cut at FILTER_LINE_MAX */
    bool held_cr;
};

/** console_filter_init - @filter's options must be set already. */
void console_filter_init(struct console_filter *filter);
void console_filter_fini(struct console_filter *filter);

/** console_filter_feed - pass @length bytes of guest output; what the user should see is appended to @out. */
void console_filter_feed(struct console_filter *filter, const char *bytes, size_t length, struct text *out);

/** console_filter_end - the guest is gone: append whatever was held back to @out. */
void console_filter_end(struct console_filter *filter, struct text *out);

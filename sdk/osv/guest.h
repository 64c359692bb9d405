// SPDX-License-Identifier: BSD-3-Clause
// A guest while it runs: QEMU as a child, the terminal passed through, the end judged.
#pragma once

#include "console_filter.h"
#include "text.h"

struct guest {
    const struct words *argv; /* of QEMU */
    double timeout_s;         /* 0: none */
    struct console_filter *filter;
};

/**
 * guest_run - start QEMU, pass standard input and output through, wait for the end.
 * A terminal is put into raw mode meanwhile; three Ctrl-] within a second end the guest.
 *
 * Return: the exit status for `osv run`: the program's own, or one of STATUS_*, with a line on standard error.
 */
int guest_run(struct guest *guest);

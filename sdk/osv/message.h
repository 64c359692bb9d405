// SPDX-License-Identifier: BSD-3-Clause
// How the command speaks when something is wrong: one line, cause and fix.
#pragma once

#include "text.h"

/* Exit statuses of our own making; the program's own statuses are 0-255 as well, so the man page lists these. */
enum {
    STATUS_TIMEOUT = 124, /* as timeout(1) */
    STATUS_FAILED = 125,  /* the command itself failed, nothing (more) of the program can be said */
    STATUS_CRASHED = 134, /* the guest died without an exit status: triple fault, reset, silent power-off */
};

/** message_begin - name the sub-command ("osv run") that later messages start with. */
void message_begin(const char *command);

/** fail - print "COMMAND: text" on standard error and exit with STATUS_FAILED. State the cause, then the fix. */
_Noreturn void fail(const char *format, ...) PRINTF_LIKE(1, 2);

/** warn - print "COMMAND: text" on standard error. */
void warn(const char *format, ...) PRINTF_LIKE(1, 2);

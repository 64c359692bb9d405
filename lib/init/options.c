// SPDX-License-Identifier: BSD-3-Clause
// Reading the options and acting on those that need no other room.

#include "arch/boot_handoff.h"
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "base/tracepoint.h"
#include "device/console.h"
#include "mem/kalloc.h"
#include "private.h"

#define STATUS_USAGE 64 /* sysexits.h: EX_USAGE */
#define VERSION "0.1.0"

struct command_line init_options;

void console_text(const char *s)
{
    console_write(s, strlen(s));
}

/* Lines of constant text for people at a raw terminal. */
static void console_lines(const char *s)
{
    for (; *s; s++) {
        if (*s == '\n')
            console_write("\r", 1);
        console_write(s, 1);
    }
}

static void usage_and_stop(const char *why)
{
    console_text("OSv: command line: ");
    console_text(why);
    console_text("\r\n");
    console_lines(command_line_usage);
    shutdown_with_status(STATUS_USAGE);
}

/* Options of OSv's grammar whose room does not exist: better an error than no effect. */
static void refuse_unavailable(const struct command_line *o)
{
    if (o->sampler_hz)
        usage_and_stop("--sampler: there is no sampling profiler; use QEMU's -icount or a TCG plugin");
    if (o->trace_backtrace)
        usage_and_stop("--trace-backtrace: tracepoints carry no backtraces; use --trace alone");
    if (o->rootfs && strcmp(o->rootfs, "ramfs"))
        usage_and_stop("--rootfs: the root is a ramfs filled from the initrd; other kinds go to --mount-fs");
}

void options_read(void)
{
    char why[128];
    struct command_line *o = &init_options;
    if (boot_handoff.cmdline_truncated)
        usage_and_stop("longer than 8191 bytes; pass long arguments in a file");
    char *text = kstrdup(boot_handoff.cmdline); /* the parser works in place, and drivers look for their words in the original */
    if (!text)
        usage_and_stop("no memory for a copy");
    if (command_line_parse(text, o, why, sizeof(why)))
        usage_and_stop(why);
    if (o->help) {
        console_lines(command_line_usage);
        shutdown_with_status(0);
    }
    if (o->version) {
        console_lines("OSv " VERSION "\n");
        shutdown_with_status(0);
    }
    refuse_unavailable(o);
    if (o->verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    log_info("booted by %s; image %#lx-%#lx", boot_handoff.protocol, boot_handoff.image_start, boot_handoff.image_end);
    if (o->console && strcmp(o->console, "ttyS0") && strcmp(o->console, "uart") && strcmp(o->console, "all"))
        log_warn("--console=%s: this machine has only ttyS0", o->console);
    for (unsigned i = 0; i < o->trace.n; i++)
        if (tracepoint_enable(o->trace.words[i], true) == 0)
            log_warn("--trace=%s matches no tracepoint", o->trace.words[i]);
}

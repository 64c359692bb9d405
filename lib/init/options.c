// SPDX-License-Identifier: BSD-3-Clause
// Reading the options and acting on those that need no other room.

#include "arch/boot_handoff.h"
#include "base/format.h"
#include "base/log.h"
#include "base/string.h"
#include "base/tracepoint.h"
#include <osv/options.h>
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

/* From the linker script: the notes of OSV_DEFAULT_OPTIONS, none or one. */
extern const char __osv_options_start[] __weak, __osv_options_end[] __weak;

/* The text of the note <osv/options.h> describes, or "". */
static const char *default_options(void)
{
    enum { HEADER = 16 }; /* three words and the name */
    size_t n = (size_t)(__osv_options_end - __osv_options_start);
    uint32_t word[3];
    if (n <= HEADER)
        return "";
    memcpy(word, __osv_options_start, sizeof(word));
    if (word[0] != 4 || word[1] == 0 || word[1] > n - HEADER || word[2] != OSV_OPTIONS_NOTE_TYPE)
        usage_and_stop("the image's default options are damaged; link it again");
    const char *text = __osv_options_start + HEADER;
    if (text[word[1] - 1] != '\0')
        usage_and_stop("the image's default options are damaged; link it again");
    return text;
}

/* A copy to parse in place: the image's options first, so that the command line's replace them. Drivers look for their words in the original. */
static char *whole_text(void)
{
    const char *defaults = default_options();
    size_t n = strlen(defaults), m = strlen(boot_handoff.cmdline);
    char *text = kmalloc(n + m + 2);
    if (!text)
        usage_and_stop("no memory for a copy");
    memcpy(text, defaults, n);
    text[n] = ' ';
    memcpy(text + n + 1, boot_handoff.cmdline, m + 1);
    return text;
}

/* NAME=... given twice: the later one stands, as the image's options come first. Words are shortened in place. */
static void drop_replaced_env(struct word_list *env)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < env->n; i++) {
        const char *equals = strchr(env->words[i], '=');
        size_t name = equals ? (size_t)(equals - env->words[i]) + 1 : strlen(env->words[i]) + 1;
        bool again = false;
        for (unsigned k = i + 1; k < env->n && !again; k++)
            again = strncmp(env->words[i], env->words[k], name) == 0;
        if (!again)
            env->words[kept++] = env->words[i];
    }
    env->n = kept;
}

void options_read(void)
{
    char why[128];
    struct command_line *o = &init_options;
    if (boot_handoff.cmdline_truncated)
        usage_and_stop("longer than 8191 bytes; pass long arguments in a file");
    if (command_line_parse(whole_text(), o, why, sizeof(why)))
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
    drop_replaced_env(&o->env);
    if (o->verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    log_info("booted by %s; image %#lx-%#lx", boot_handoff.protocol, boot_handoff.image_start, boot_handoff.image_end);
    for (unsigned i = 0; i < o->trace.n; i++)
        if (tracepoint_enable(o->trace.words[i], true) == 0)
            log_warn("--trace=%s matches no tracepoint", o->trace.words[i]);
}

// SPDX-License-Identifier: BSD-3-Clause
// The kernel command line: `[options] [--] [program arguments]`; grammar in sdk/README.md, section 3.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_LINE_WORDS_MAX 1024
#define COMMAND_LINE_LIST_MAX 64

/** struct word_list - options that may be given several times, in order. */
struct word_list {
    const char *words[COMMAND_LINE_LIST_MAX];
    unsigned n;
};

struct command_line {
    bool help, verbose, version, bootchart, nomount, nopci, noinit, norandom, trace_backtrace, strace, power_off_on_abort;
    bool syscall_summary, missing_files;
    bool report_exit, no_tty, no_tty_output;
    const char *console, *cwd, *rootfs, *argv0, *redirect, *defaultgw;
    uint64_t delay_ms, sampler_hz;
    struct word_list env, mount_fs, ip, nameserver, trace, virtio_mmio;
    char *arguments[COMMAND_LINE_WORDS_MAX]; /* program arguments, without argv[0] */
    bool separator[COMMAND_LINE_WORDS_MAX];  /* that argument is an unquoted ; & or &! */
    unsigned n_arguments;
};

/**
 * command_line_parse - split and interpret @text in place; the result points into it.
 * @problem: on failure one sentence without a full stop; points into static storage or @why_buffer
 * Return: 0; -EINVAL unknown option, missing or superfluous value, unbalanced quote; -E2BIG too many words.
 */
int command_line_parse(char *text, struct command_line *out, char *why, size_t why_bytes) __must_check;

/** command_line_usage - the text that --help and errors print. */
extern const char command_line_usage[];

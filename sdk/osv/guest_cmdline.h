// SPDX-License-Identifier: BSD-3-Clause
// The kernel command line: `[options] [--] [program arguments]`, quoted as sdk/README.md states.
#pragma once

#include "text.h"

/* As lib/arch/include/arch/boot_handoff.h: BOOT_CMDLINE_MAX, with the terminator. */
#define GUEST_CMDLINE_MAX 8192

/** guest_word_append - append @word to @line, quoted where the kernel's parser needs it, after a blank if one is needed. */
void guest_word_append(struct text *line, const char *word);

/**
 * guest_cmdline_build - options, "--", arguments.
 * The "--" is left out if there are no arguments.
 */
void guest_cmdline_build(struct text *line, const struct words *options, const struct words *arguments);

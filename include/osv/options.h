// SPDX-License-Identifier: BSD-3-Clause
// Options that an image carries: as if they stood at the start of the kernel's command line, which wins over them.
#pragma once

/* ELF note: name "OSv" (namesz 4), type OSV_OPTIONS_NOTE_TYPE, descriptor = the text with its terminator. */
#define OSV_OPTIONS_NOTE_TYPE 2

/* What the note begins with; the text follows. */
struct osv_options_note {
    unsigned int name_bytes, text_bytes, type;
    char name[4];
};

/**
 * OSV_DEFAULT_OPTIONS - at file scope, once in a program: OSV_DEFAULT_OPTIONS("--env=MODE=fast --cwd=/srv");
 * @text: a string literal of command-line options, separated by blanks; no double quotes or backslashes
 */
#define OSV_DEFAULT_OPTIONS(text)                                                                                      \
    __asm__(".pushsection .note.osv.options, \"a\", @note\n"                                                           \
            ".balign 4\n"                                                                                              \
            ".long 4, 8802f - 8801f, 2\n"                                                                              \
            ".asciz \"OSv\"\n"                                                                                         \
            "8801: .asciz \"" text "\"\n"                                                                              \
            "8802: .balign 4\n"                                                                                        \
            ".popsection")

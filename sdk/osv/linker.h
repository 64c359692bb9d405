// SPDX-License-Identifier: BSD-3-Clause
// Which dynamic linker starts a Linux program: the one built into the loader kernel, bound to its libc, or the program's own.
#pragma once

#include "closure.h"

enum linker_verdict {
    LINKER_FITS,    /* everything that the program needs is there and is the same as in its own libc */
    LINKER_DIFFERS, /* everything is there, but something behaves differently */
    LINKER_CANNOT,  /* something is not there */
    LINKER_STATIC,  /* no dynamic linker is needed */
};

/** linker_judge - for the ELF file at guest path @program below @root. @why: the first reason against the built-in one. */
enum linker_verdict linker_judge(const char *program, const char *root, const char *profile, struct text *why);

/** linker_print - for `osv check`: every reason against the built-in linker, a line each. */
void linker_print(struct guest_tree *tree, const struct closure *closure);

/** linker_locale_fits - whether the K=V words ask for no locale but C, POSIX or C.UTF-8. */
bool linker_locale_fits(const struct words *environment);

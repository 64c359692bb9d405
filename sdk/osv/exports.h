// SPDX-License-Identifier: BSD-3-Clause
// What libosv.a offers: global symbols, and system calls by number.
#pragma once

#include "text.h"

struct exports {
    char **names; /* sorted; point into @storage */
    size_t count;
    struct text storage;
    struct text syscall_header; /* musl's bits/syscall.h: "#define __NR_name number" */
};

/** exports_read - from the installed libosv.a of @profile. Return: false, with cause and fix in @why. */
bool exports_read(struct exports *exports, const char *profile, struct text *why);
void exports_fini(struct exports *exports);

bool exports_have(const struct exports *exports, const char *symbol);

/** exports_syscall_name - name of system call @number, or NULL if Linux has none; the caller frees it. */
char *exports_syscall_name(const struct exports *exports, long number);

// SPDX-License-Identifier: BSD-3-Clause
// Path names of system calls.
#pragma once

#include "arch/uaccess.h"
#include "base/compiler.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#define PATH_ARG_BYTES 4096

/**
 * struct path_arg - a kernel copy of a user path; short ones need no allocation.
 * path_arg_get - 0; -EFAULT; -ENAMETOOLONG; -ENOMEM. After 0: path_arg_put.
 */
struct path_arg {
    char *name;
    char fast[128];
};
extern int (*const path_arg_needs)(void);
int path_arg_get(struct path_arg *p, const char *user) __must_check;
void path_arg_put(struct path_arg *p);

// SPDX-License-Identifier: BSD-3-Clause
// The compiler behind osv-cc, and the folders it needs to know.
#pragma once

#include "arguments.h"

struct toolchain {
    char *compiler;   /* path of clang or gcc, or their C++ drivers */
    bool is_clang;
    bool has_lld;
};

/** toolchain_find - for @request; ends the command if no compiler is installed. */
void toolchain_find(struct toolchain *toolchain, const struct request *request);

/** toolchain_add_includes - what makes C see musl's headers and only those, and the public headers of OSv. */
void toolchain_add_includes(const struct toolchain *toolchain, const struct request *request, struct words *argv);

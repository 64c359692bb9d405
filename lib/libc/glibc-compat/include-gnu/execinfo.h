// SPDX-License-Identifier: BSD-3-Clause
// backtrace(3): return addresses of the calling thread, and names for them.
#pragma once

#include <features.h>

#ifdef __cplusplus
extern "C" {
#endif

/* backtrace - store up to @size return addresses of the caller, innermost first; their number.
   By libgcc's unwinder where it is linked (C++, Rust), else by frame pointers (-fno-omit-frame-pointer). */
int backtrace(void **addresses, int size);
/* backtrace_symbols - one string for each address in one allocation, which the caller frees; NULL without memory. */
char **backtrace_symbols(void *const *addresses, int size);
/* backtrace_symbols_fd - the same strings, a line each, written to @fd without allocating. */
void backtrace_symbols_fd(void *const *addresses, int size, int fd);

#ifdef __cplusplus
}
#endif

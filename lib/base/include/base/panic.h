// SPDX-License-Identifier: BSD-3-Clause
// The end of a kernel whose state is corrupt, and assertions.
#pragma once

#include <base/compiler.h>

/**
 * panic_handler_fn - report @message and stop the machine; must not return.
 *
 * Context: any. It may be entered again, if reporting crashes.
 */
typedef void panic_handler_fn(const char *message);

/** panic_set_handler - name who ends the machine; without one the CPU executes a trapping instruction. */
void panic_set_handler(panic_handler_fn *handler);

/** panic - stop: kernel state is corrupt. Never for bad input. */
__noreturn void panic(const char *fmt, ...) __printf_like(1, 2) __cold;

/** panic_assert - what a failed assert() calls. */
__noreturn void panic_assert(const char *expr, const char *file, int line) __cold;

/* A false @x is a bug of ours. Also evaluated in release builds. */
#undef assert
#define assert(x) (likely(x) ? (void)0 : panic_assert(#x, __FILE_NAME__, __LINE__))

/* Checked in debug builds only: for hot paths. */
#if defined(CONFIG_DEBUG) && CONFIG_DEBUG
#define debug_assert(x) assert(x)
#else
#define debug_assert(x) ((void)sizeof(!(x)))
#endif

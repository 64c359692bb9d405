// SPDX-License-Identifier: BSD-3-Clause
// Tracing of system calls to the console.
#pragma once

/** strace_start - trace every thread that exists; new threads inherit it from their creators. */
void strace_start(void);
extern const char osv_strace;

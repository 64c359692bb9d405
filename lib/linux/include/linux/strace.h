// SPDX-License-Identifier: BSD-3-Clause
// Tracing of system calls to the console.
#pragma once

/** strace_start - trace every thread that exists; new threads inherit it from their creators. */
void strace_start(void);
extern const char osv_strace;

/** syscall_summary_start - count calls, errors and time of each system call. syscall_summary_print - the table, at the end. */
void syscall_summary_start(void);
void syscall_summary_print(void);

/** missing_files_start - collect the paths that system calls do not find. missing_files_print - each once, in the order they were missed. */
void missing_files_start(void);
void missing_files_print(void);

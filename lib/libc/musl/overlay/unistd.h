// SPDX-License-Identifier: BSD-3-Clause
// The C library's <unistd.h>, with syscall() bound to the function that reaches every system call.
#if !defined(OSV_UNISTD_H)
#define OSV_UNISTD_H
#pragma redefine_extname syscall __osv_syscall
#endif
#include_next <unistd.h>

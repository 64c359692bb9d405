// SPDX-License-Identifier: BSD-3-Clause
// What the tracers of system calls share: names, the way in, how long a call took.
#pragma once

#include <base/types.h>

struct arch_frame;

/** struct syscall_name - a row of syscalls.tbl without the function, so that tracing links no call. */
struct syscall_name {
    const char *name, *format;
};

/** syscall_name - the row of @nr, or NULL. syscall_name_count - numbers are below this. */
const struct syscall_name *syscall_name(long nr);
unsigned syscall_name_count(void);
/** syscall_trace_start - call @hook after each system call of every thread, from now on. */
void syscall_trace_start(void (*hook)(struct arch_frame *f));
/** syscall_trace_duration - how long the running thread's call has taken. */
nsec_t syscall_trace_duration(void);

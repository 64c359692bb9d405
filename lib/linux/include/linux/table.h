// SPDX-License-Identifier: BSD-3-Clause
// System calls by number: name, function and argument format. Referring to the table links every system call.
#pragma once

#include <base/compiler.h>
#include <stddef.h>

struct arch_frame;

typedef long syscall_fn(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);

/** struct syscall_entry - one row of syscalls.tbl. */
struct syscall_entry {
    syscall_fn *fn;
    const char *name;
    const char *format; /* one letter an argument, see syscalls.tbl */
    unsigned char argc;
    _Bool needs_registers; /* copies or replaces the caller's: through the gate that saves them all */
};

/** syscall_lookup - the row of system call @nr; NULL if Linux has none. Context: any. */
const struct syscall_entry *syscall_lookup(unsigned long nr);

/**
 * syscall_from_frame - run the system call that @f asks for, on the current kernel stack: for trap_set_syscall().
 *
 * Return: the call's result; -ENOSYS for an unknown number, logged once with the caller's address.
 */
long syscall_from_frame(struct arch_frame *f);

/** osv_syscall_any - libc's way in for a number known only at run time: through the gate. Context: the caller's stack. */
long osv_syscall_any(unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3,
                     unsigned long a4, unsigned long a5);

/** syscall_unimplemented - the result of a call in unimplemented.txt, -ENOSYS, after logging @name the first time. */
long syscall_unimplemented(const char *name, _Bool *logged);

/** osv_unmapself - munmap(2) the calling thread's user stack, then exit(2) the thread: called by libc through the gate. */
long osv_unmapself(void *stack, size_t size);

/** osv_syscall_unlinked - syscall(2) with a number that nothing linked: say so once. Return: -ENOSYS. Context: any stack. */
long osv_syscall_unlinked(long nr);

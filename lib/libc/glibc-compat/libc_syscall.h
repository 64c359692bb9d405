// SPDX-License-Identifier: BSD-3-Clause
// System calls from libc code outside musl: the gate with the one function that is meant.
#pragma once

#include <errno.h>

typedef long libc_syscall_fn(long, long, long, long, long, long);
long osv_syscall_gate(long, long, long, long, long, long, libc_syscall_fn *, long);

/* libc_result - what the C function returns for the kernel's @result: -1 and errno for an error. */
static inline long libc_result(long result)
{
    if ((unsigned long)result > -4096ul) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

#define LIBC_SYSCALL_6(name, nr, a, b, c, d, e, f, ...)                                                      \
    osv_syscall_gate((long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f),                       \
                     (libc_syscall_fn *)(void *)sys_##name, nr)
/* LIBC_SYSCALL - call sys_@name, number @nr, with up to six arguments; declare it first: long sys_name(); */
#define LIBC_SYSCALL(name, ...) LIBC_SYSCALL_PADDED(name, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define LIBC_SYSCALL_PADDED(name, nr, ...) LIBC_SYSCALL_6(name, nr, __VA_ARGS__)

// SPDX-License-Identifier: BSD-3-Clause
// syscall(2) for objects that were not compiled against our headers: the calls that the program has linked anyway.
//
// libstdc++ and Rust's std come with references to this function for a futex or a random number; the full table would put every
// subsystem into every program. So the table is of weak references. Code compiled by osv-cc gets __osv_syscall (syscall_all.S),
// which reaches everything; `osv-cc --osv-syscalls=all` makes this one do so, too.

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>

typedef long osv_fn(long, long, long, long, long, long);

#define SYSCALL(nr, name, argc, format) extern long sys_##name() __attribute__((__weak__));
#include <linux/syscall_list.inc>
#undef SYSCALL

#define SYSCALL(nr, name, argc, format) [nr] = (void *)sys_##name,
static void *const linked[] = {
#include <linux/syscall_list.inc>
};
#undef SYSCALL

extern void *const __osv_usual_syscalls[];
extern long osv_syscall_gate_full(long, long, long, long, long, long, osv_fn *, long);
extern long osv_syscall_any(long, long, long, long, long, long, long) __attribute__((__weak__));
extern long osv_syscall_unlinked(long nr);
extern long __syscall_ret(unsigned long result);

static void *const keep_usual[] __attribute__((__used__)) = {(void *)__osv_usual_syscalls};

long syscall(long n, ...)
{
    long a[6];
    va_list args;

    va_start(args, n);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof linked / sizeof *linked && linked[n])
        return __syscall_ret(osv_syscall_gate_full(a[0], a[1], a[2], a[3], a[4], a[5], (osv_fn *)linked[n], n));
    if (osv_syscall_any)
        return __syscall_ret(osv_syscall_any(n, a[0], a[1], a[2], a[3], a[4], a[5]));
    return __syscall_ret(osv_syscall_unlinked(n));
}

// SPDX-License-Identifier: BSD-3-Clause
// syscall(2) for code compiled against our headers: every system call by number.

#include <stdarg.h>

extern long osv_syscall_any(long, long, long, long, long, long, long);
extern long __syscall_ret(unsigned long result);

long __osv_syscall(long n, ...)
{
    long a[6];
    va_list args;

    va_start(args, n);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    return __syscall_ret(osv_syscall_any(n, a[0], a[1], a[2], a[3], a[4], a[5]));
}

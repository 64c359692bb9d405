// SPDX-License-Identifier: BSD-3-Clause
// What a system call without an implementation does.

#include "caller.h"

#include <base/log.h>
#include <errno.h>
#include <linux/table.h>

long syscall_unimplemented(const char *name, _Bool *logged)
{
    char caller[CALLER_BYTES];

    if (!__atomic_exchange_n(logged, 1, __ATOMIC_RELAXED))
        log_warn("system call %s is not implemented; asked by %s", name, caller_text(caller));
    return -ENOSYS;
}

long osv_syscall_unlinked(long nr)
{
    static _Bool logged;

    if (!__atomic_exchange_n(&logged, 1, __ATOMIC_RELAXED))
        log_warn("system call %ld is not linked into this program; link with osv-cc --osv-syscalls=all", nr);
    return -ENOSYS;
}

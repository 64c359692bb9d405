// SPDX-License-Identifier: BSD-3-Clause
// restart_syscall: what an interrupted call with a timeout goes on as.
#include "linux/syscalls.h"
#include "process/process.h"
#include <errno.h>

long sys_restart_syscall(void)
{
    struct restart_block *r = &process_thread_current()->restart;
    long (*fn)(struct restart_block *) = r->fn;

    if (fn == NULL)
        return -EINTR;
    r->fn = NULL;
    return fn(r);
}

// SPDX-License-Identifier: BSD-3-Clause
// personality.
#include "linux/syscalls.h"
#include "process/process.h"

long sys_personality(unsigned persona)
{
    struct process *p = process_current();
    unsigned old = p->personality;

    if (persona != 0xffffffff)
        p->personality = persona;
    return old;
}

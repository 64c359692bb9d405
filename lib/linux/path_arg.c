// SPDX-License-Identifier: BSD-3-Clause
// Path names of system calls.
#include "path_arg.h"

#include "fs_start.h"
#include "mem/kalloc.h"

/* What takes a path wants file systems: this links the member that room init then finds. */
int (*const path_arg_needs)(void) = filesystems_start;

int path_arg_get(struct path_arg *p, const char *user)
{
    long n = copy_in_string(p->fast, user, sizeof p->fast);

    p->name = p->fast;
    if (n != -ENAMETOOLONG)
        return n < 0 ? (int)n : 0;
    p->name = kmalloc(PATH_ARG_BYTES);
    if (p->name == NULL)
        return -ENOMEM;
    n = copy_in_string(p->name, user, PATH_ARG_BYTES);
    if (n >= 0)
        return 0;
    kfree(p->name);
    return (int)n;
}

void path_arg_put(struct path_arg *p)
{
    if (p->name != p->fast)
        kfree(p->name);
}

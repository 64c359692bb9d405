// SPDX-License-Identifier: BSD-3-Clause
// memfd_create.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "linux/syscalls.h"
#include "ramfs/ramfs.h"
#include <errno.h>

#define MFD_CLOEXEC_FLAG 1u
#define MFD_ALLOW_SEALING_FLAG 2u
#define NAME_BYTES 250

long sys_memfd_create(const char *user_name, unsigned flags)
{
    char name[NAME_BYTES];
    struct file *f;

    if (flags & ~(MFD_CLOEXEC_FLAG | MFD_ALLOW_SEALING_FLAG))
        return -EINVAL;
    long n = copy_in_string(name, user_name, sizeof name);
    if (n < 0)
        return n == -ENAMETOOLONG ? -EINVAL : n;
    int r = memfd_create_file(name, flags & MFD_ALLOW_SEALING_FLAG, &f);
    return r != 0 ? r : fd_open_file(f, flags & MFD_CLOEXEC_FLAG);
}

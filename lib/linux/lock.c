// SPDX-License-Identifier: BSD-3-Clause
// flock.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "vfs/path.h"
#include <errno.h>

long sys_flock(int fd, unsigned op)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = vfs_flock(f, (int)op);
    file_put(f);
    return r;
}

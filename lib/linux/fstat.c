// SPDX-License-Identifier: BSD-3-Clause
// fstat.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <sys/stat.h>

long sys_fstat(int fd, struct stat *user)
{
    struct stat st;
    struct file *f = fd_get_path(fd);

    if (f == NULL)
        return -EBADF;
    int r = file_stat(f, &st);
    file_put(f);
    return r != 0 ? r : copy_out(user, &st, sizeof st);
}

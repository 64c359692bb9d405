// SPDX-License-Identifier: BSD-3-Clause
// lseek.
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <unistd.h>

#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif

long sys_lseek(int fd, off_t offset, int whence)
{
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    long r = -EINVAL;
    if ((unsigned)whence <= SEEK_HOLE) {
        if (f->ops->seek == NULL) {
            r = -ESPIPE;
        } else {
            mutex_lock(&f->pos_lock);
            r = f->ops->seek(f, offset, whence);
            mutex_unlock(&f->pos_lock);
        }
    }
    file_put(f);
    return r;
}

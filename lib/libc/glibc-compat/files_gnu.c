// SPDX-License-Identifier: BSD-3-Clause
// File functions that only glibc has, and calls that musl 1.2.3 does not wrap.

#include "compat.h"
#include "libc_syscall.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

long sys_close_range();
long sys_renameat2();
long sys_statx();

struct statx;

char *canonicalize_file_name(const char *path)
{
    return realpath(path, NULL);
}

int fcntl64(int fd, int cmd, ...)
{
    va_list args;
    va_start(args, cmd);
    unsigned long arg = va_arg(args, unsigned long);
    va_end(args);
    return fcntl(fd, cmd, arg);
}

int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *stx)
{
    return (int)libc_result(LIBC_SYSCALL(statx, 332, dirfd, path, flags, mask, stx));
}

int renameat2(int old_dirfd, const char *old_path, int new_dirfd, const char *new_path, unsigned flags)
{
    return (int)libc_result(LIBC_SYSCALL(renameat2, 316, old_dirfd, old_path, new_dirfd, new_path, flags));
}

int close_range(unsigned first, unsigned last, int flags)
{
    return (int)libc_result(LIBC_SYSCALL(close_range, 436, first, last, flags));
}

void closefrom(int first)
{
    int saved = errno;
    close_range(first < 0 ? 0 : (unsigned)first, UINT_MAX, 0);
    errno = saved;
}

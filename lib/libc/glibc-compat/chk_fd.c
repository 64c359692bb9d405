// SPDX-License-Identifier: BSD-3-Clause
// Fortified calls on descriptors and paths.

#include "compat.h"
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t __read_chk(int fd, void *to, size_t n, size_t room)
{
    check_room(n, room);
    return read(fd, to, n);
}

ssize_t __pread_chk(int fd, void *to, size_t n, off_t offset, size_t room)
{
    check_room(n, room);
    return pread(fd, to, n, offset);
}

ssize_t __pread64_chk(int fd, void *to, size_t n, off_t offset, size_t room)
{
    return __pread_chk(fd, to, n, offset, room);
}

ssize_t __readlink_chk(const char *path, char *to, size_t n, size_t room)
{
    check_room(n, room);
    return readlink(path, to, n);
}

ssize_t __readlinkat_chk(int dirfd, const char *path, char *to, size_t n, size_t room)
{
    check_room(n, room);
    return readlinkat(dirfd, path, to, n);
}

char *__getcwd_chk(char *to, size_t n, size_t room)
{
    check_room(n, room);
    return getcwd(to, n);
}

char *__getwd_chk(char *to, size_t room)
{
    return getcwd(to, room < PATH_MAX ? room : PATH_MAX);
}

char *__realpath_chk(const char *path, char *to, size_t room)
{
    check_room(PATH_MAX, room);
    return realpath(path, to);
}

/* The fortified open is used where no mode can be meant; then O_CREAT is a bug. */
static void check_flags(int flags)
{
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
        __fortify_fail("invalid open call: O_CREAT or O_TMPFILE without mode");
}

int __open_2(const char *path, int flags)
{
    check_flags(flags);
    return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
    return __open_2(path, flags);
}

int __openat_2(int dirfd, const char *path, int flags)
{
    check_flags(flags);
    return openat(dirfd, path, flags);
}

int __openat64_2(int dirfd, const char *path, int flags)
{
    return __openat_2(dirfd, path, flags);
}

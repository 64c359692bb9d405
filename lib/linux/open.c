// SPDX-License-Identifier: BSD-3-Clause
// open and its forms.
#include "abi/open_how.h"
#include "fcntl_lock.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file_signals.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "vfs/path.h"
#include <fcntl.h>

#define OPEN_FLAGS_KNOWN                                                                                               \
    (O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_DSYNC | O_ASYNC | 040000 /* O_DIRECT */ |   \
     0100000 /* O_LARGEFILE */ | O_DIRECTORY | O_NOFOLLOW | 01000000 /* O_NOATIME */ | O_CLOEXEC | O_SYNC | O_PATH_BIT | 020000000)
#define O_PATH_BIT 010000000

/* What opens files may lock them: this links the member that fcntl.c then finds. */
long (*const open_needs_locks)(struct file *f, unsigned cmd, unsigned long arg) = fcntl_lock;

static long open_file(int dirfd, const char *user_path, int flags, uint32_t mode, unsigned walk_flags)
{
    struct path_arg path;
    struct file *f;

    int r = path_arg_get(&path, user_path);
    if (r != 0)
        return r;
    file_signals_enable();
    struct fd_table *t = fd_table_current();
    int fd = fd_alloc(t, 0, flags & O_CLOEXEC);
    if (fd >= 0) {
        r = vfs_open(dirfd, path.name, flags, mode, walk_flags, &f);
        if (r == 0) {
            fd_install(t, fd, f);
        } else {
            fd_release_reserved(t, fd);
            fd = r;
        }
    }
    path_arg_put(&path);
    return fd;
}

long sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
    return open_file(dirfd, path, flags & OPEN_FLAGS_KNOWN & ~0100000, mode, 0);
}

long sys_open(const char *path, int flags, mode_t mode)
{
    return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_creat(const char *path, mode_t mode)
{
    return sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static unsigned walk_flags_of(uint64_t resolve)
{
    return (resolve & RESOLVE_NO_XDEV ? WALK_NO_XDEV : 0) | (resolve & RESOLVE_NO_MAGICLINKS ? WALK_NO_MAGICLINKS : 0) |
           (resolve & RESOLVE_NO_SYMLINKS ? WALK_NO_SYMLINKS | WALK_NO_MAGICLINKS : 0) |
           (resolve & RESOLVE_BENEATH ? WALK_BENEATH : 0) | (resolve & RESOLVE_IN_ROOT ? WALK_IN_ROOT : 0);
}

static int check_how(const struct open_how *how)
{
    bool makes = how->flags & (O_CREAT | 020000000);

    if (how->flags & ~(uint64_t)OPEN_FLAGS_KNOWN || how->resolve & ~(uint64_t)0x3f)
        return -EINVAL;
    if (how->mode & ~(uint64_t)07777 || (how->mode != 0 && !makes))
        return -EINVAL;
    if ((how->resolve & RESOLVE_BENEATH) && (how->resolve & RESOLVE_IN_ROOT))
        return -EINVAL;
    if ((how->flags & O_PATH_BIT) && (how->flags & ~(uint64_t)(O_PATH_BIT | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
        return -EINVAL;
    if (how->resolve & RESOLVE_CACHED)
        return -EAGAIN; /* nothing is promised to be cached */
    return 0;
}

long sys_openat2(int dirfd, const char *path, const struct open_how *user, size_t size)
{
    struct open_how how;
    uint8_t extra;

    if (size < OPEN_HOW_SIZE_VER0)
        return -EINVAL;
    if (size > 4096)
        return -E2BIG;
    if (copy_in(&how, user, sizeof how) != 0)
        return -EFAULT;
    for (size_t k = sizeof how; k < size; k++) {
        if (get_user_u8(&extra, (const char *)user + k) != 0)
            return -EFAULT;
        if (extra != 0)
            return -E2BIG;
    }
    int r = check_how(&how);
    if (r != 0)
        return r;
    return open_file(dirfd, path, (int)how.flags & ~0100000, (uint32_t)how.mode, walk_flags_of(how.resolve));
}

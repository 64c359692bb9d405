// SPDX-License-Identifier: BSD-3-Clause
// preadv2 and pwritev2; an offset of -1 is the file's position.

#include "compat.h"
#include "libc_syscall.h"
#include <sys/types.h>
#include <sys/uio.h>

long sys_preadv2();
long sys_pwritev2();

ssize_t preadv2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
    return libc_result(LIBC_SYSCALL(preadv2, 327, fd, iov, n, offset, 0, flags));
}

ssize_t pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
    return libc_result(LIBC_SYSCALL(pwritev2, 328, fd, iov, n, offset, 0, flags));
}

ssize_t preadv64v2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
    return preadv2(fd, iov, n, offset, flags);
}

ssize_t pwritev64v2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
    return pwritev2(fd, iov, n, offset, flags);
}

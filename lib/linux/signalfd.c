// SPDX-License-Identifier: BSD-3-Clause
// signalfd and signalfd4.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "process/signalfd.h"
#include <abi/signal.h>
#include <errno.h>
#include <sys/signalfd.h>

static long change(int fd, uint64_t mask)
{
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    int err = signalfd_set_mask(f, mask);
    file_put(f);
    return err != 0 ? err : fd;
}

long sys_signalfd4(int fd, const uint64_t *user_mask, size_t setsize, int flags)
{
    struct file *f;
    uint64_t mask;

    if (setsize != KERNEL_SIGSET_BYTES)
        return -EINVAL;
    if (get_user_u64(&mask, user_mask) != 0)
        return -EFAULT;
    if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
        return -EINVAL;
    mask &= ~(KERNEL_SIGBIT(SIGKILL) | KERNEL_SIGBIT(SIGSTOP));
    if (fd != -1)
        return change(fd, mask);
    int err = signalfd_create(mask, (unsigned)flags & SFD_NONBLOCK, &f);
    return err != 0 ? err : fd_open_file(f, flags & SFD_CLOEXEC);
}

long sys_signalfd(int fd, const uint64_t *mask, size_t setsize)
{
    return sys_signalfd4(fd, mask, setsize, 0);
}

// SPDX-License-Identifier: BSD-3-Clause
// timerfd.
#include "arch/uaccess.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "linux/syscalls.h"
#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>

long sys_timerfd_create(int clock, int flags)
{
    struct file *f;

    if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK))
        return -EINVAL;
    int r = timerfd_create_file(clock, (unsigned)flags, &f);
    return r != 0 ? r : fd_open_file(f, flags & TFD_CLOEXEC);
}

long sys_timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    struct itimerspec new_setting, old_setting;

    if (copy_in(&new_setting, value, sizeof new_setting) != 0)
        return -EFAULT;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    int r = timerfd_set(f, flags, &new_setting, &old_setting);
    file_put(f);
    if (r == 0 && old != NULL && copy_out(old, &old_setting, sizeof old_setting) != 0)
        return -EFAULT;
    return r;
}

long sys_timerfd_gettime(int fd, struct itimerspec *value)
{
    struct itimerspec setting;
    struct file *f = fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = timerfd_get(f, &setting);
    file_put(f);
    return r != 0 ? r : copy_out(value, &setting, sizeof setting);
}

// SPDX-License-Identifier: BSD-3-Clause
// pidfd_open, pidfd_send_signal and pidfd_getfd.
#include "process/pidfd.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "kill.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include <abi/capability.h>
#include <abi/misc.h>
#include <errno.h>

/* Programs without names have no /proc. */
extern int procfs_pid_of(struct file *f) __weak;

long sys_pidfd_open(pid_t pid, unsigned flags)
{
    struct file *f;

    if (flags & ~PIDFD_NONBLOCK || pid <= 0)
        return -EINVAL;
    struct process *p = process_find(pid);
    if (p == NULL) {
        struct process_thread *t = process_thread_find(pid);
        if (t == NULL)
            return -ESRCH;
        process_thread_put(t);
        return -EINVAL; /* a thread that is no process */
    }
    int err = pidfd_create(p, flags, &f);
    if (err != 0) {
        process_put(p);
        return err;
    }
    return fd_open_file(f, true);
}

static int send(struct process *p, int sig, struct kernel_siginfo *user)
{
    struct signal_info info;

    if (user != NULL) {
        int err = signal_info_copy_in(&info, user);
        if (err != 0)
            return err;
        if (info.signo != sig)
            return -EINVAL;
        if ((info.code >= 0 || info.code == SI_TKILL) && p != process_current())
            return -EPERM;
    }
    int err = kill_check(p, sig);
    if (err != 0 || sig == 0)
        return err;
    return signal_send_process(p, sig, user != NULL ? (const siginfo_t *)&info : NULL);
}

long sys_pidfd_send_signal(int pidfd, int sig, struct kernel_siginfo *info, unsigned flags)
{
    if (flags != 0)
        return -EINVAL;
    struct file *f = fd_get(pidfd);
    if (f == NULL)
        return -EBADF;
    struct process *p = pidfd_process(f), *found = NULL;
    if (p == NULL && procfs_pid_of != NULL && procfs_pid_of(f) != 0)
        p = found = process_find(procfs_pid_of(f));
    int err = p == NULL ? -EBADF : sig < 0 || sig > KERNEL_NSIG ? -EINVAL : send(p, sig, info);
    if (found != NULL)
        process_put(found);
    file_put(f);
    return err;
}

long sys_pidfd_getfd(int pidfd, int fd, unsigned flags)
{
    if (flags != 0)
        return -EINVAL;
    struct file *f = fd_get(pidfd);
    if (f == NULL)
        return -EBADF;
    struct process *p = pidfd_process(f);
    struct file *wanted = NULL;
    int err = p == NULL ? -EBADF : p != process_current() ? -EPERM : 0;
    if (err == 0 && (wanted = fd_get_path(fd)) == NULL)
        err = -EBADF;
    file_put(f);
    return err != 0 ? err : fd_open_file(wanted, true);
}

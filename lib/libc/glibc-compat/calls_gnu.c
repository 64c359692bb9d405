// SPDX-License-Identifier: BSD-3-Clause
// Wrappers of Linux system calls that glibc 2.36 has and musl 1.2.3 has not. Errors are the kernel's.

#include "compat.h"
#include "libc_syscall.h"
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

long sys_epoll_pwait2();
long sys_execveat();
long sys_getcpu();
long sys_pidfd_getfd();
long sys_pidfd_open();
long sys_pidfd_send_signal();
long sys_pkey_alloc();
long sys_pkey_free();
long sys_pkey_mprotect();
long sys_tgkill();
long sys_rt_tgsigqueueinfo();

struct epoll_event;

int execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
    return (int)libc_result(LIBC_SYSCALL(execveat, SYS_execveat, dirfd, path, argv, envp, flags));
}

int getcpu(unsigned *cpu, unsigned *node)
{
    return (int)libc_result(LIBC_SYSCALL(getcpu, SYS_getcpu, cpu, node, NULL));
}

int tgkill(pid_t process, pid_t thread, int sig)
{
    return (int)libc_result(LIBC_SYSCALL(tgkill, SYS_tgkill, process, thread, sig));
}

int pidfd_open(pid_t process, unsigned flags)
{
    return (int)libc_result(LIBC_SYSCALL(pidfd_open, SYS_pidfd_open, process, flags));
}

int pidfd_getfd(int pidfd, int fd, unsigned flags)
{
    return (int)libc_result(LIBC_SYSCALL(pidfd_getfd, SYS_pidfd_getfd, pidfd, fd, flags));
}

int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
{
    return (int)libc_result(LIBC_SYSCALL(pidfd_send_signal, SYS_pidfd_send_signal, pidfd, sig, info, flags));
}

int epoll_pwait2(int epoll, struct epoll_event *events, int count, const struct timespec *timeout, const sigset_t *mask)
{
    return (int)libc_result(LIBC_SYSCALL(epoll_pwait2, SYS_epoll_pwait2, epoll, events, count, timeout, mask, _NSIG / 8));
}

int pkey_alloc(unsigned flags, unsigned rights)
{
    return (int)libc_result(LIBC_SYSCALL(pkey_alloc, SYS_pkey_alloc, flags, rights));
}

int pkey_free(int key)
{
    return (int)libc_result(LIBC_SYSCALL(pkey_free, SYS_pkey_free, key));
}

int pkey_mprotect(void *address, size_t size, int prot, int key)
{
    return (int)libc_result(LIBC_SYSCALL(pkey_mprotect, SYS_pkey_mprotect, address, size, prot, key));
}

/* struct ntptimeval: the time, its largest and its estimated error, the offset of TAI, and room. */
struct ntptimeval_gnu {
    struct timeval time;
    long maxerror, esterror, tai, reserved[4];
};

int ntp_gettimex(struct ntptimeval_gnu *out)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);

    *out = (struct ntptimeval_gnu){.time = t.time, .maxerror = t.maxerror, .esterror = t.esterror, .tai = t.tai};
    return state;
}

int ntp_adjtime(struct timex *t)
{
    return adjtimex(t);
}

/* A signal with a value, to a thread of this process: the tid stands where gettid() finds it. */
int pthread_sigqueue(pthread_t thread, int sig, const union sigval value)
{
    clockid_t clock;
    siginfo_t info = {.si_signo = sig, .si_code = SI_QUEUE, .si_pid = getpid(), .si_uid = getuid(), .si_value = value};
    int error = pthread_getcpuclockid(thread, &clock);

    if (error)
        return error;
    /* A thread's CPU clock is ~tid in its upper bits (Linux's uapi clock ids). */
    pid_t tid = ~(clock >> 3);
    return (int)-LIBC_SYSCALL(rt_tgsigqueueinfo, SYS_rt_tgsigqueueinfo, getpid(), tid, sig, &info);
}

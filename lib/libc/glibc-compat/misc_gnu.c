// SPDX-License-Identifier: BSD-3-Clause
// Small functions of glibc's that fit no other file.

#include "compat.h"
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 1 for yes, 0 for no, -1 for neither (the C locale's expressions). */
int rpmatch(const char *answer)
{
    if (*answer == 'y' || *answer == 'Y')
        return 1;
    return *answer == 'n' || *answer == 'N' ? 0 : -1;
}

long __sysconf(int name)
{
    return sysconf(name);
}

int __getpagesize(void)
{
    return getpagesize();
}

void *__sbrk(intptr_t increment)
{
    return sbrk(increment);
}

struct cmsghdr *__cmsg_nxthdr(struct msghdr *msg, struct cmsghdr *cmsg)
{
    size_t bytes = CMSG_ALIGN(cmsg->cmsg_len);
    char *next = (char *)cmsg + bytes, *end = (char *)msg->msg_control + msg->msg_controllen;

    if (cmsg->cmsg_len < sizeof *cmsg || next + sizeof *cmsg > end)
        return NULL;
    return (struct cmsghdr *)(void *)next;
}

int sigsetmask(int mask)
{
    sigset_t set = {{(unsigned)mask}}, old;
    sigprocmask(SIG_SETMASK, &set, &old);
    return (int)old.__bits[0];
}

int sigblock(int mask)
{
    sigset_t set = {{(unsigned)mask}}, old;
    sigprocmask(SIG_BLOCK, &set, &old);
    return (int)old.__bits[0];
}

int siggetmask(void)
{
    return sigblock(0);
}

int group_member(gid_t group)
{
    gid_t list[NGROUPS_MAX];
    int n = getgroups(NGROUPS_MAX, list);

    if (group == getegid())
        return 1;
    while (n-- > 0)
        if (list[n] == group)
            return 1;
    return 0;
}

_Noreturn void __libc_fatal(const char *message)
{
    (void)!write(STDERR_FILENO, message, strlen(message));
    abort();
}

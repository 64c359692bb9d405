// SPDX-License-Identifier: BSD-3-Clause
// epoll.
#include "arch/uaccess.h"
#include "deadline.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "signal_mask_arg.h"
#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>

#define FAST 16
#define BATCH 1024 /* room for more is made only if so many descriptors are watched */
#define EVENTS_MAX ((int)(INT32_MAX / sizeof(struct epoll_event)))

static long create(bool cloexec)
{
    struct file *f = epoll_create_file();

    return f == NULL ? -ENOMEM : fd_open_file(f, cloexec);
}

long sys_epoll_create(int size)
{
    return size <= 0 ? -EINVAL : create(false);
}

long sys_epoll_create1(int flags)
{
    return flags & ~EPOLL_CLOEXEC ? -EINVAL : create(flags & EPOLL_CLOEXEC);
}

long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    struct epoll_event ev = {0};

    if (op != EPOLL_CTL_DEL && copy_in(&ev, event, sizeof ev) != 0)
        return -EFAULT;
    struct file *ep = fd_get(epfd);
    if (ep == NULL)
        return -EBADF;
    struct file *target = fd_get(fd);
    long r = target == NULL ? -EBADF : epoll_control(ep, op, fd, target, &ev);
    if (target != NULL)
        file_put(target);
    file_put(ep);
    return r;
}

static long wait_and_copy(struct file *ep, struct epoll_event *user, int max_events, nsec_t deadline)
{
    struct epoll_event fast[FAST], *events = fast;
    unsigned watched = epoll_watched(ep);
    int most = watched > BATCH ? (int)watched : BATCH, n = max_events < most ? max_events : most;

    if (n > FAST) {
        events = kmalloc((size_t)n * sizeof *events);
        if (events == NULL)
            return -ENOMEM;
    }
    long r = epoll_wait_events(ep, events, n, deadline);
    if (r > 0 && copy_out(user, events, (size_t)r * sizeof *events) != 0)
        r = -EFAULT;
    if (events != fast)
        kfree(events);
    return r;
}

static long epoll_wait_deadline(int epfd, struct epoll_event *events, int max_events, nsec_t deadline)
{
    if (max_events <= 0 || max_events > EVENTS_MAX)
        return -EINVAL;
    if (!user_range_ok(events, (size_t)max_events * sizeof *events))
        return -EFAULT;
    struct file *ep = fd_get(epfd);
    if (ep == NULL)
        return -EBADF;
    long r = wait_and_copy(ep, events, max_events, deadline);
    file_put(ep);
    return r;
}

long sys_epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout_ms)
{
    return epoll_wait_deadline(epfd, events, maxevents, deadline_after_ms(timeout_ms));
}

long sys_epoll_pwait(int epfd, struct epoll_event *events, int maxevents, int timeout_ms, const uint64_t *set, size_t setsize)
{
    long r = mask_enter(set, setsize);

    if (r != 0)
        return r;
    r = epoll_wait_deadline(epfd, events, maxevents, deadline_after_ms(timeout_ms));
    mask_leave(set, r);
    return r;
}

long sys_epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout, const uint64_t *set,
                      size_t setsize)
{
    nsec_t deadline;
    long r = deadline_from_user(timeout, &deadline);

    if (r == 0)
        r = mask_enter(set, setsize);
    if (r != 0)
        return r;
    r = epoll_wait_deadline(epfd, events, maxevents, deadline);
    mask_leave(set, r);
    return r;
}

// SPDX-License-Identifier: BSD-3-Clause
// Fortified poll, ppoll and descriptor sets.

#include "compat.h"
#include <poll.h>
#include <sys/select.h>

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t room)
{
    check_room(n, room / sizeof *fds);
    return poll(fds, n, timeout_ms);
}

int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
    check_room(n, room / sizeof *fds);
    return ppoll(fds, n, timeout, mask);
}

long __fdelt_chk(long fd)
{
    if (fd < 0 || fd >= FD_SETSIZE)
        __fortify_fail("bit out of range 0 - FD_SETSIZE on fd_set");
    return fd / (8 * (long)sizeof(long));
}

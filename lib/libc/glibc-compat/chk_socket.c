// SPDX-License-Identifier: BSD-3-Clause
// Fortified socket calls.

#include "compat.h"
#include <sys/socket.h>

ssize_t __recv_chk(int fd, void *to, size_t n, size_t room, int flags)
{
    check_room(n, room);
    return recv(fd, to, n, flags);
}

ssize_t __recvfrom_chk(int fd, void *to, size_t n, size_t room, int flags, struct sockaddr *addr, socklen_t *addrlen)
{
    check_room(n, room);
    return recvfrom(fd, to, n, flags, addr, addrlen);
}

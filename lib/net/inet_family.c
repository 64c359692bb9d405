// SPDX-License-Identifier: BSD-3-Clause
// The AF_INET and AF_INET6 families.
#include "inet.h"
#include "net/inet.h"
#include <errno.h>

static int create(int family, int type, int protocol, struct socket **out)
{
    if (protocol < 0 || protocol > 255)
        return -EINVAL;
    switch (type) {
    case SOCK_STREAM:
        if (protocol != 0 && protocol != IPPROTO_TCP)
            return -EPROTONOSUPPORT;
        return tcp_socket_create(family, protocol, out);
    case SOCK_DGRAM:
        if (protocol != 0 && protocol != IPPROTO_UDP && protocol != (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
            return -EPROTONOSUPPORT;
        return udp_socket_create(family, type, protocol, out);
    case SOCK_RAW: return raw_socket_create(family, type, protocol, out);
    default: return -ESOCKTNOSUPPORT;
    }
}

static int create4(int type, int protocol, struct socket **out) { return create(AF_INET, type, protocol, out); }
static int create6(int type, int protocol, struct socket **out) { return create(AF_INET6, type, protocol, out); }

void inet_family_register(void)
{
    static struct socket_family inet = {.family = AF_INET, .create = create4};
    static struct socket_family inet6 = {.family = AF_INET6, .create = create6};
    socket_family_register(&inet);
    socket_family_register(&inet6);
}

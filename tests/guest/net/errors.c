// SPDX-License-Identifier: BSD-3-Clause
// ICMP errors reach UDP sockets; control messages choose TTL, hop limit and traffic class of one message.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

struct extended_error {
    uint32_t number;
    uint8_t origin, type, code, pad;
    uint32_t info, data;
};

static struct sockaddr_in free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(bind(s, (void *)&a, sizeof a) == 0 && getsockname(s, (void *)&a, &n) == 0);
    close(s);
    return a;
}

static void connected_udp_hears_of_a_closed_port(void)
{
    struct sockaddr_in to = free_port();
    int s = socket(AF_INET, SOCK_DGRAM, 0), error = 0;
    socklen_t n = sizeof error;
    char c;
    CHECK(sendto(s, "x", 1, 0, (void *)&to, sizeof to) == 1);
    CHECK_ERRNO(recv(s, &c, 1, MSG_DONTWAIT), EAGAIN); /* not connected: not told */
    CHECK(connect(s, (void *)&to, sizeof to) == 0);
    CHECK(send(s, "x", 1, 0) == 1);
    struct pollfd p = {.fd = s, .events = POLLIN};
    CHECK(poll(&p, 1, 1000) == 1 && (p.revents & POLLERR));
    CHECK_ERRNO(recv(s, &c, 1, 0), ECONNREFUSED);
    CHECK_ERRNO(recv(s, &c, 1, MSG_DONTWAIT), EAGAIN); /* told once */
    CHECK(send(s, "x", 1, 0) == 1);
    CHECK_ERRNO(send(s, "x", 1, 0), ECONNREFUSED);
    CHECK(send(s, "x", 1, 0) == 1);
    CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error == ECONNREFUSED);
    close(s);
}

static void connected_udp6_hears_of_a_closed_port(void)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = htons(9)};
    int s = socket(AF_INET6, SOCK_DGRAM, 0);
    char c;
    CHECK(connect(s, (void *)&to, sizeof to) == 0);
    CHECK(send(s, "x", 1, 0) == 1);
    CHECK_ERRNO(recv(s, &c, 1, 0), ECONNREFUSED);
    close(s);
}

static void error_queue_tells_who_and_why(void)
{
    struct sockaddr_in to = free_port(), name, *offender;
    int s = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    char control[256], data[16];
    struct iovec v = {data, sizeof data};
    struct msghdr m = {.msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK(setsockopt(s, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0);
    CHECK_ERRNO(recvmsg(s, &m, MSG_ERRQUEUE), EAGAIN);
    CHECK(sendto(s, "x", 1, 0, (void *)&to, sizeof to) == 1);
    CHECK(recvmsg(s, &m, MSG_ERRQUEUE) >= 0);
    CHECK(m.msg_flags & MSG_ERRQUEUE);
    CHECK(name.sin_port == to.sin_port && name.sin_addr.s_addr == to.sin_addr.s_addr);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    CHECK(c != NULL && c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR);
    if (c == NULL)
        return;
    struct extended_error *e = (void *)CMSG_DATA(c);
    offender = (void *)(e + 1);
    CHECK(e->number == ECONNREFUSED && e->origin == 2 && e->type == 3 && e->code == 3);
    CHECK(offender->sin_family == AF_INET && offender->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    m.msg_controllen = sizeof control;
    CHECK_ERRNO(recvmsg(s, &m, MSG_ERRQUEUE), EAGAIN);
    CHECK_ERRNO(recv(s, data, 1, MSG_DONTWAIT), EAGAIN); /* the pending error went with its entry */
    close(s);
}

static void check_received(int r, int level, int type, int expected)
{
    char control[256], data[4];
    struct iovec v = {data, sizeof data};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int got = -1;
    CHECK(recvmsg(r, &m, 0) == 1);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == level && c->cmsg_type == type)
            memcpy(&got, CMSG_DATA(c), sizeof got);
    CHECK(got == expected);
}

static long send_with(int s, const void *to, socklen_t n, int level, int type, int value)
{
    char control[CMSG_SPACE(sizeof value)] = {0};
    struct iovec v = {"x", 1};
    struct msghdr m = {.msg_name = (void *)to, .msg_namelen = n, .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof value), .cmsg_level = level, .cmsg_type = type};
    memcpy(CMSG_DATA(c), &value, sizeof value);
    return sendmsg(s, &m, 0);
}

static void control_messages_choose_ttl_and_hop_limit(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 b = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int r = socket(AF_INET, SOCK_DGRAM, 0), r6 = socket(AF_INET6, SOCK_DGRAM, 0), on = 1;
    socklen_t n = sizeof a, n6 = sizeof b;
    CHECK(bind(r, (void *)&a, n) == 0 && getsockname(r, (void *)&a, &n) == 0);
    CHECK(bind(r6, (void *)&b, n6) == 0 && getsockname(r6, (void *)&b, &n6) == 0);
    CHECK(setsockopt(r, IPPROTO_IP, IP_RECVTTL, &on, sizeof on) == 0);
    CHECK(setsockopt(r6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on) == 0);
    CHECK(setsockopt(r6, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof on) == 0);
    CHECK(send_with(r, &a, n, IPPROTO_IP, IP_TTL, 7) == 1);
    check_received(r, IPPROTO_IP, IP_TTL, 7);
    CHECK(sendto(r, "x", 1, 0, (void *)&a, n) == 1); /* one message only */
    check_received(r, IPPROTO_IP, IP_TTL, 64);
    CHECK(send_with(r6, &b, n6, IPPROTO_IPV6, IPV6_HOPLIMIT, 2) == 1);
    check_received(r6, IPPROTO_IPV6, IPV6_HOPLIMIT, 2);
    CHECK(send_with(r6, &b, n6, IPPROTO_IPV6, IPV6_TCLASS, 0x20) == 1);
    check_received(r6, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
    CHECK_ERRNO(send_with(r, &a, n, IPPROTO_IP, IP_TTL, 256), EINVAL);
    CHECK_ERRNO(send_with(r6, &b, n6, IPPROTO_IPV6, IPV6_HOPLIMIT, 256), EINVAL);
    close(r);
    close(r6);
}

int main(void)
{
    connected_udp_hears_of_a_closed_port();
    connected_udp6_hears_of_a_closed_port();
    error_queue_tells_who_and_why();
    control_messages_choose_ttl_and_hop_limit();
    return finish();
}

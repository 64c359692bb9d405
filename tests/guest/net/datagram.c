// SPDX-License-Identifier: BSD-3-Clause
// UDP, AF_UNIX and netlink sockets: borders of messages, names, descriptors in flight, interface lists.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void udp_keeps_message_borders(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, from;
    socklen_t n = sizeof a;
    char buf[8];
    int r = socket(AF_INET, SOCK_DGRAM, 0), s = socket(AF_INET, SOCK_DGRAM, 0), waiting = 0;
    CHECK(bind(r, (void *)&a, sizeof a) == 0);
    CHECK(getsockname(r, (void *)&a, &n) == 0 && a.sin_port != 0);
    CHECK(sendto(s, "first", 5, 0, (void *)&a, sizeof a) == 5);
    CHECK(sendto(s, "second!!!!", 10, 0, (void *)&a, sizeof a) == 10);
    CHECK(ioctl(r, FIONREAD, &waiting) == 0 && waiting == 5);
    n = sizeof from;
    CHECK(recvfrom(r, buf, sizeof buf, 0, (void *)&from, &n) == 5 && memcmp(buf, "first", 5) == 0);
    CHECK(from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    struct iovec v = {buf, 4};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
    CHECK(recvmsg(r, &m, 0) == 4 && (m.msg_flags & MSG_TRUNC));
    CHECK_ERRNO(recv(r, buf, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_ERRNO(send(s, "x", 1, 0), EDESTADDRREQ);
    CHECK(connect(s, (void *)&a, sizeof a) == 0);
    CHECK(send(s, "", 0, 0) == 0);
    CHECK(recv(r, buf, 8, 0) == 0);
    CHECK_ERRNO(sendto(s, buf, 70000, 0, (void *)&a, sizeof a), EMSGSIZE);
    close(r);
    close(s);
}

static void send_fd(int sock, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec v = {"f", 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    CHECK(sendmsg(sock, &m, 0) == 1);
}

static int receive_fd(int sock)
{
    char control[CMSG_SPACE(sizeof(int))], byte;
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int fd = -1;
    CHECK(recvmsg(sock, &m, 0) == 1);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c != NULL && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

static void unix_sockets_pass_descriptors(void)
{
    int s[2], p[2];
    char c = 0;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
    CHECK(pipe(p) == 0);
    send_fd(s[0], p[0]);
    close(p[0]);
    int got = receive_fd(s[1]);
    CHECK(got >= 0);
    CHECK(write(p[1], "q", 1) == 1 && read(got, &c, 1) == 1 && c == 'q');
    close(got);
    close(p[1]);
    close(s[0]);
    CHECK(read(s[1], &c, 1) == 0);
    close(s[1]);
}

static void unix_seqpacket_keeps_borders(void)
{
    int s[2];
    char buf[16];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
    CHECK(send(s[0], "abc", 3, 0) == 3 && send(s[0], "defgh", 5, 0) == 5);
    CHECK(recv(s[1], buf, sizeof buf, 0) == 3);
    CHECK(recv(s[1], buf, 2, 0) == 2);
    CHECK_ERRNO(recv(s[1], buf, 2, MSG_DONTWAIT), EAGAIN);
    close(s[0]);
    CHECK(recv(s[1], buf, 2, 0) == 0);
    close(s[1]);
}

static void abstract_names_connect(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "\0osv-test"};
    socklen_t n = offsetof(struct sockaddr_un, sun_path) + 9;
    struct ucred cred;
    socklen_t len = sizeof cred;
    char c;
    int l = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0), other = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(l, (void *)&a, n) == 0);
    CHECK_ERRNO(bind(other, (void *)&a, n), EADDRINUSE);
    CHECK_ERRNO(connect(s, (void *)&a, n), ECONNREFUSED);
    CHECK(listen(l, 4) == 0);
    CHECK(connect(s, (void *)&a, n) == 0);
    int d = accept(l, NULL, NULL);
    CHECK(d >= 0 && write(s, "k", 1) == 1 && read(d, &c, 1) == 1);
    CHECK(getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && cred.pid == getpid());
    close(d);
    close(s);
    close(l);
    close(other);
}

static void loopback_is_listed(void)
{
    struct ifaddrs *list, *i;
    int v4 = 0, v6 = 0;
    CHECK(getifaddrs(&list) == 0);
    for (i = list; i != NULL; i = i->ifa_next) {
        if (strcmp(i->ifa_name, "lo") != 0 || i->ifa_addr == NULL)
            continue;
        v4 += i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_LOOPBACK);
        v6 += i->ifa_addr->sa_family == AF_INET6;
    }
    freeifaddrs(list);
    CHECK(v4 == 1 && v6 == 1);
    CHECK(if_nametoindex("lo") == 1);
}

int main(void)
{
    udp_keeps_message_borders();
    unix_sockets_pass_descriptors();
    unix_seqpacket_keeps_borders();
    abstract_names_connect();
    loopback_is_listed();
    return finish();
}

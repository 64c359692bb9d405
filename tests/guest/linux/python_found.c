// SPDX-License-Identifier: BSD-3-Clause
// What Python's own test suite found different from Linux, as small as it goes.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* A connection is accepted, its data read and its name known although the client is gone. */
static void client_closed_before_accept(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/tmp-socket"}, peer;
    socklen_t n = sizeof peer;
    char text[8];
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 1) == 0);
    CHECK(connect(client, (struct sockaddr *)&name, sizeof name) == 0 && send(client, "left", 4, 0) == 4);
    CHECK(close(client) == 0);
    int server = accept(listener, (struct sockaddr *)&peer, &n);
    CHECK(server >= 0 && n == sizeof(sa_family_t) && peer.sun_family == AF_UNIX);
    CHECK(read(server, text, sizeof text) == 4 && read(server, text, sizeof text) == 0);
    CHECK_ERRNO(send(server, "x", 1, MSG_NOSIGNAL), EPIPE);
    n = sizeof peer;
    CHECK(getpeername(server, (struct sockaddr *)&peer, &n) == 0);
    close(server);
    close(listener);
    unlink(name.sun_path);
}

/* Descriptors in a queue that nobody reads are closed with the socket that should have read them. */
static void unread_descriptor_is_closed(void)
{
    int pair[2], ends[2];
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'x';
    struct iovec iov = {&byte, 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe2(ends, O_NONBLOCK) == 0);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &ends[1], sizeof(int));
    CHECK(sendmsg(pair[0], &m, 0) == 1);
    close(ends[1]);
    CHECK_ERRNO(read(ends[0], &byte, 1), EAGAIN);
    close(pair[1]);
    CHECK(read(ends[0], &byte, 1) == 0);
    close(pair[0]);
    close(ends[0]);
}

static void connect_in_progress(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof a;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&a, &n) == 0);
    CHECK_ERRNO(connect(client, (struct sockaddr *)&a, sizeof a), EINPROGRESS);
    close(accept(listener, NULL, NULL));
    CHECK(connect(client, (struct sockaddr *)&a, sizeof a) == 0);
    CHECK_ERRNO(connect(client, (struct sockaddr *)&a, sizeof a), EISCONN);
    close(client);
    close(listener);
}

#define MANY 1500

static void many_events_at_once(void)
{
    static struct epoll_event events[MANY];
    struct rlimit limit = {MANY + 16, MANY + 16};
    int ep = epoll_create1(0), first = -1, last = -1;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (int i = 0; i < MANY; i++) {
        last = eventfd(1, 0);
        first = first < 0 ? last : first;
        CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, last, &(struct epoll_event){.events = EPOLLIN}) == 0);
    }
    CHECK(epoll_wait(ep, events, MANY, 0) == MANY);
    for (int fd = first; fd <= last; fd++)
        close(fd);
    close(ep);
}

static volatile sig_atomic_t got;
static void on_signal(int signo) { got = signo; }

static void process_directory_as_pidfd(void)
{
    int fd = open("/proc/self/", O_DIRECTORY), other = open("/proc", O_DIRECTORY);
    signal(SIGUSR1, on_signal);
    CHECK(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0) == 0 && got == SIGUSR1);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, other, SIGUSR1, NULL, 0), EBADF);
    CHECK(fcntl(other, F_NOTIFY, DN_MULTISHOT) == 0);
    CHECK_ERRNO(fcntl(0, F_NOTIFY, DN_MULTISHOT), ENOTDIR);
    close(fd);
    close(other);
}

int main(void)
{
    client_closed_before_accept();
    unread_descriptor_is_closed();
    connect_in_progress();
    many_events_at_once();
    process_directory_as_pidfd();
    return finish();
}

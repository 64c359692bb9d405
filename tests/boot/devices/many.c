// SPDX-License-Identifier: BSD-3-Clause
// An echo server for very many connections (port 7); by UDP it tells how many are open and how much memory is free, until it is told to quit.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static int n_open;

static int open_port(int type)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(7)};
    int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || (type == SOCK_STREAM && listen(fd, 4096) != 0)) {
        perror("port 7");
        _exit(1);
    }
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        perror("epoll_ctl");
}

static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        n_open++;
        watch(epoll, fd);
    }
    if (errno != EAGAIN)
        perror("accept4");
}

static void answer(int fd)
{
    char bytes[512];
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n > 0) {
        send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
    } else if (n == 0 || errno != EAGAIN) {
        close(fd);
        n_open--;
    }
}

static int tell(int fd)
{
    struct sockaddr_in from;
    socklen_t n = sizeof from;
    struct sysinfo info;
    char text[100];
    ssize_t got = recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &n);
    if (got == 4 && memcmp(text, "quit", 4) == 0)
        return 0;
    sysinfo(&info);
    int length = snprintf(text, sizeof text, "%d %lu", n_open, info.freeram * info.mem_unit / 1024);
    sendto(fd, text, (size_t)length, 0, (struct sockaddr *)&from, n);
    return 1;
}

int main(void)
{
    struct rlimit limit = {20000, 20000};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return perror("setrlimit"), 1;
    int epoll = epoll_create1(0), udp = open_port(SOCK_DGRAM), listener = open_port(SOCK_STREAM);
    watch(epoll, udp);
    watch(epoll, listener);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event e[64];
        int n = epoll_wait(epoll, e, 64, -1);
        for (int i = 0; i < n; i++) {
            if (e[i].data.fd == listener)
                accept_all(epoll, listener);
            else if (e[i].data.fd != udp)
                answer(e[i].data.fd);
            else if (!tell(udp))
                return 0;
        }
    }
}

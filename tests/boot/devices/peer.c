// SPDX-License-Identifier: BSD-3-Clause
// Answers on port 7 by UDP and TCP, IPv4 and IPv6; prints how links and addresses change; ends when a datagram says so.
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 8, NETLINK = 16, NEW_LINK = 16, LOWER_UP = 0x10000 };
struct netlink_address {
    unsigned short family, padding;
    unsigned port, groups;
};
struct link_message {
    uint32_t bytes;
    uint16_t type, header_flags;
    uint32_t sequence, port;
    uint8_t family, padding;
    uint16_t device_type;
    int32_t index;
    uint32_t flags, change;
};

static int open_port(int type)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
    int fd = socket(AF_INET6, type, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || (type == SOCK_STREAM && listen(fd, 8) != 0)) {
        perror("port 7");
        _exit(1);
    }
    return fd;
}

static void print_event(int fd)
{
    struct link_message m[64];
    char name[IF_NAMESIZE];
    ssize_t n = recv(fd, m, sizeof m, 0);
    if (n >= (ssize_t)sizeof m[0] && m[0].type == NEW_LINK && if_indextoname((unsigned)m[0].index, name) != NULL)
        printf("%s %s\n", name, m[0].flags & LOWER_UP ? "carrier" : "no carrier");
    fflush(stdout);
}

static int answer_datagram(int fd)
{
    struct sockaddr_in6 from;
    socklen_t n = sizeof from;
    char text[2000];
    ssize_t got = recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &n);
    if (got == 4 && memcmp(text, "quit", 4) == 0)
        return 0;
    if (got >= 0)
        sendto(fd, text, (size_t)got, 0, (struct sockaddr *)&from, n);
    return 1;
}

static void answer_stream(struct pollfd *p)
{
    static char bytes[65536];
    ssize_t got = recv(p->fd, bytes, sizeof bytes, 0);
    for (ssize_t sent = 0; got > 0 && sent < got;) {
        ssize_t n = send(p->fd, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
        if (n < 0)
            got = -1;
        else
            sent += n;
    }
    if (got <= 0) {
        close(p->fd);
        p->fd = -1;
    }
}

int main(void)
{
    struct pollfd p[3 + CONNECTIONS];
    struct netlink_address a = {.family = NETLINK, .groups = 1};
    for (int i = 0; i < 3 + CONNECTIONS; i++)
        p[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    p[0].fd = open_port(SOCK_DGRAM);
    p[1].fd = open_port(SOCK_STREAM);
    p[2].fd = socket(NETLINK, SOCK_RAW, 0);
    if (bind(p[2].fd, (struct sockaddr *)&a, sizeof a) != 0)
        return perror("netlink"), 1;
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (poll(p, 3 + CONNECTIONS, -1) < 0)
            return perror("poll"), 1;
        if ((p[0].revents & POLLIN) && !answer_datagram(p[0].fd))
            return 0;
        if (p[2].revents & POLLIN)
            print_event(p[2].fd);
        for (int i = 3; i < 3 + CONNECTIONS; i++)
            if (p[i].fd >= 0 && p[i].revents)
                answer_stream(&p[i]);
        if (p[1].revents & POLLIN)
            for (int i = 3; i < 3 + CONNECTIONS; i++)
                if (p[i].fd < 0) {
                    p[i].fd = accept(p[1].fd, NULL, NULL);
                    break;
                }
    }
}

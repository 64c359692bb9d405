// SPDX-License-Identifier: BSD-3-Clause
// A web server in one thread: epoll, non-blocking sockets, keep-alive. Answers every GET with the same page.
//
// usage: http-server-c [PORT [REQUESTS]]   (8080; ends with 0 after REQUESTS answers, else never)
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_MAX = 64, REQUEST_MAX = 8192 };

static const char page[] = "Hello from OSv\n";

struct connection {
    int fd;
    size_t length;
    char request[REQUEST_MAX];
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_on(unsigned short port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    if (fd < 0)
        die("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        die("bind");
    if (listen(fd, 128) != 0)
        die("listen");
    return fd;
}

static void accept_all(int epoll, int listener)
{
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = malloc(sizeof(*connection));
        if (!connection)
            die("malloc");
        connection->fd = fd;
        connection->length = 0;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            die("epoll_ctl");
    }
}

static void answer(int fd, int keep, int is_get)
{
    char response[256];
    int length = snprintf(response, sizeof(response),
                          "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n%s",
                          is_get ? "200 OK" : "405 Method Not Allowed", is_get ? sizeof(page) - 1 : 0,
                          keep ? "keep-alive" : "close", is_get ? page : "");
    if (write(fd, response, (size_t)length) != length)
        perror("write");
}

/* Answer all complete requests in the buffer. Return: how many pages went out; *@open becomes 0 if the connection shall end. */
static unsigned long serve(struct connection *connection, int *open)
{
    unsigned long answered = 0;
    char *end;
    connection->request[connection->length] = '\0';
    while (*open && (end = strstr(connection->request, "\r\n\r\n"))) {
        end[2] = '\0';
        *open = !strcasestr(connection->request, "\r\nconnection: close\r\n") && !strstr(connection->request, " HTTP/1.0\r\n");
        int is_get = strncmp(connection->request, "GET ", 4) == 0;
        answer(connection->fd, *open, is_get);
        answered += (unsigned long)is_get;
        size_t used = (size_t)(end + 4 - connection->request);
        memmove(connection->request, end + 4, connection->length - used + 1);
        connection->length -= used;
    }
    if (connection->length == REQUEST_MAX - 1)
        *open = 0;
    return answered;
}

static unsigned long handle(struct connection *connection)
{
    int open = 1;
    ssize_t got = read(connection->fd, connection->request + connection->length, REQUEST_MAX - 1 - connection->length);
    if (got < 0 && errno == EAGAIN)
        return 0;
    if (got <= 0)
        open = 0;
    else
        connection->length += (size_t)got;
    unsigned long answered = got > 0 ? serve(connection, &open) : 0;
    if (!open) {
        close(connection->fd);
        free(connection);
    }
    return answered;
}

int main(int argc, char **argv)
{
    unsigned short port = argc > 1 ? (unsigned short)atoi(argv[1]) : 8080;
    unsigned long limit = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, answered = 0;
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on(port), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS_MAX], event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0)
        die("epoll");
    printf("listening on port %u\n", port);
    fflush(stdout);
    while (limit == 0 || answered < limit) {
        int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                answered += handle(events[i].data.ptr);
            else
                accept_all(epoll, listener);
        }
    }
    printf("answered %lu requests\n", answered);
    return 0;
}

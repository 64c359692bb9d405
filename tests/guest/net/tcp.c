// SPDX-License-Identifier: BSD-3-Clause
// TCP over loopback: connection set-up, data, half-close, reset, options, readiness, and the errors of connect and bind.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int family;

static socklen_t address(struct sockaddr_storage *a, int port)
{
    memset(a, 0, sizeof *a);
    if (family == AF_INET) {
        struct sockaddr_in *in = (void *)a;
        *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (void *)a;
    *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    return sizeof *in6;
}

static int listener(int port)
{
    struct sockaddr_storage a;
    socklen_t n = address(&a, port);
    int l = socket(family, SOCK_STREAM, 0), one = 1;
    setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    CHECK(bind(l, (void *)&a, n) == 0);
    CHECK(listen(l, 8) == 0);
    return l;
}

static void connected_pair(int l, int port, int out[2])
{
    struct sockaddr_storage a;
    socklen_t n = address(&a, port);
    out[0] = socket(family, SOCK_STREAM, 0);
    CHECK(connect(out[0], (void *)&a, n) == 0);
    out[1] = accept4(l, NULL, NULL, 0);
    CHECK(out[1] >= 0);
}

static int revents(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    poll(&p, 1, 0);
    return p.revents;
}

static void *echo(void *arg)
{
    static char buf[65536];
    int fd = (int)(long)arg;
    long n;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        for (long at = 0; at < n;)
            at += write(fd, buf + at, n - at);
    shutdown(fd, SHUT_WR);
    return NULL;
}

static void *feed(void *arg)
{
    static unsigned char out[1 << 20];
    int fd = (int)(long)arg;
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (unsigned char)(i * 7 + (i >> 8));
    for (int round = 0; round < 8; round++)
        for (size_t at = 0; at < sizeof out;)
            at += write(fd, out + at, sizeof out - at);
    shutdown(fd, SHUT_WR);
    return NULL;
}

static void bulk_data_arrives_whole_and_in_order(int l, int port)
{
    int s[2];
    pthread_t a, b;
    static unsigned char in[100000];
    unsigned long at = 0;
    long n;
    connected_pair(l, port, s);
    pthread_create(&a, NULL, echo, (void *)(long)s[1]);
    pthread_create(&b, NULL, feed, (void *)(long)s[0]);
    int wrong = 0;
    while ((n = read(s[0], in, sizeof in)) > 0)
        for (long k = 0; k < n; k++, at++) {
            unsigned i = at & 0xfffff;
            wrong += in[k] != (unsigned char)(i * 7 + (i >> 8));
        }
    CHECK(n == 0);
    CHECK(at == 8ul << 20);
    CHECK(wrong == 0);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    close(s[0]);
    close(s[1]);
}

static void readiness_follows_the_connection(int l, int port)
{
    int s[2];
    char c;
    int idle = socket(family, SOCK_STREAM, 0);
    CHECK(revents(idle) == (POLLOUT | POLLHUP));
    close(idle);
    connected_pair(l, port, s);
    CHECK(revents(s[0]) == POLLOUT);
    CHECK(send(s[1], "x", 1, 0) == 1);
    CHECK(revents(s[0]) == (POLLIN | POLLOUT));
    CHECK(recv(s[0], &c, 1, MSG_PEEK) == 1 && c == 'x');
    CHECK(recv(s[0], &c, 1, 0) == 1);
    CHECK_ERRNO(recv(s[0], &c, 1, MSG_DONTWAIT), EAGAIN);
    CHECK(shutdown(s[1], SHUT_WR) == 0);
    CHECK(revents(s[0]) == (POLLIN | POLLOUT | POLLRDHUP));
    CHECK(recv(s[0], &c, 1, 0) == 0);
    CHECK(send(s[0], "y", 1, 0) == 1); /* the other direction still works */
    CHECK(recv(s[1], &c, 1, 0) == 1 && c == 'y');
    CHECK(shutdown(s[0], SHUT_WR) == 0);
    CHECK(revents(s[0]) & POLLHUP);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERRNO(send(s[0], "z", 1, 0), EPIPE);
    close(s[0]);
    close(s[1]);
}

static void closing_with_unread_data_resets(int l, int port)
{
    int s[2];
    char c;
    connected_pair(l, port, s);
    CHECK(send(s[0], "unread", 6, 0) == 6);
    CHECK(close(s[1]) == 0);
    CHECK_ERRNO(recv(s[0], &c, 1, 0), ECONNRESET);
    close(s[0]);
}

static void errors_are_those_of_linux(int l, int port)
{
    struct sockaddr_storage a;
    int s[2], v = 0;
    socklen_t n = address(&a, port + 1), len = sizeof v;
    int c = socket(family, SOCK_STREAM, 0);
    CHECK_ERRNO(connect(c, (void *)&a, n), ECONNREFUSED);
    CHECK_ERRNO(getpeername(c, (void *)&a, &n), ENOTCONN);
    CHECK_ERRNO(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_ERRNO(listen(-1, 1), EBADF);
    CHECK_ERRNO(listen(0, 1), ENOTSOCK);
    CHECK_ERRNO(socket(family, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(999, SOCK_STREAM, 0), EAFNOSUPPORT);
    n = address(&a, port);
    int other = socket(family, SOCK_STREAM, 0);
    CHECK_ERRNO(bind(other, (void *)&a, n), EADDRINUSE);
    CHECK_ERRNO(bind(other, (void *)&a, 3), EINVAL);
    CHECK_ERRNO(accept(other, NULL, NULL), EINVAL);
    connected_pair(l, port, s);
    n = address(&a, port);
    CHECK_ERRNO(connect(s[0], (void *)&a, n), EISCONN);
    CHECK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &len) == 0 && v == SOCK_STREAM);
    CHECK(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &v, &len) == 0 && v == 1);
    v = 1;
    CHECK(setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &v, sizeof v) == 0);
    v = 0;
    CHECK(getsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &v, &len) == 0 && v == 1);
    CHECK_ERRNO(setsockopt(s[0], IPPROTO_TCP, 9999, &v, sizeof v), ENOPROTOOPT);
    CHECK_ERRNO(setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, (void *)8, sizeof v), EFAULT);
    CHECK_ERRNO(recv(s[0], (void *)8, 1, MSG_DONTWAIT), EAGAIN);
    close(c);
    close(other);
    close(s[0]);
    close(s[1]);
}

static void a_nonblocking_connect_reports_through_poll(int l, int port)
{
    struct sockaddr_storage a;
    socklen_t n = address(&a, port), len = sizeof(int);
    int error = -1;
    int c = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int r = connect(c, (void *)&a, n);
    CHECK(r == 0 || errno == EINPROGRESS);
    struct pollfd p = {.fd = c, .events = POLLOUT};
    CHECK(poll(&p, 1, 2000) == 1 && p.revents == POLLOUT);
    CHECK(getsockopt(c, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0);
    close(accept(l, NULL, NULL));
    close(c);
}

static void receive_timeout_ends_a_read(int l, int port)
{
    int s[2];
    char c;
    struct timeval tv = {.tv_usec = 20000};
    connected_pair(l, port, s);
    CHECK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv) == 0);
    CHECK_ERRNO(recv(s[0], &c, 1, 0), EAGAIN);
    close(s[0]);
    close(s[1]);
}

int main(void)
{
    static const int families[] = {AF_INET, AF_INET6};
    for (int i = 0; i < 2; i++) {
        family = families[i];
        int port = 4000 + 10 * i, l = listener(port);
        bulk_data_arrives_whole_and_in_order(l, port);
        readiness_follows_the_connection(l, port);
        closing_with_unread_data_resets(l, port);
        errors_are_those_of_linux(l, port);
        a_nonblocking_connect_reports_through_poll(l, port);
        receive_timeout_ends_a_read(l, port);
        close(l);
    }
    return finish();
}

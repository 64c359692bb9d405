// SPDX-License-Identifier: BSD-3-Clause
// TCP options that change what a connection does: deferred accept, user time-out, send buffer, a shared port.
#define _GNU_SOURCE
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int set(int s, int level, int name, int v) { return setsockopt(s, level, name, &v, sizeof v); }

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listening(int port, int level, int name, int value)
{
    struct sockaddr_in a = loopback(port);
    int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(set(l, level, name, value) == 0);
    CHECK(bind(l, (void *)&a, sizeof a) == 0);
    CHECK(listen(l, 64) == 0);
    return l;
}

static int connected(int port)
{
    struct sockaddr_in a = loopback(port);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(s, (void *)&a, sizeof a) == 0);
    return s;
}

static int readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, ms) == 1;
}

static void a_deferred_connection_waits_for_data(void)
{
    int l = listening(7001, IPPROTO_TCP, TCP_DEFER_ACCEPT, 60), s = connected(7001), v = 0;
    socklen_t n = sizeof v;
    char c;
    CHECK(getsockopt(l, IPPROTO_TCP, TCP_DEFER_ACCEPT, &v, &n) == 0 && v == 63);
    CHECK(!readable(l, 0));
    CHECK_ERRNO(accept(l, NULL, NULL), EAGAIN);
    CHECK(write(s, "x", 1) == 1);
    CHECK(readable(l, 1000));
    int a = accept(l, NULL, NULL);
    CHECK(a >= 0 && read(a, &c, 1) == 1 && c == 'x');
    close(a);
    close(s);
    s = connected(7001);
    close(s); /* its end counts as data */
    CHECK(readable(l, 1000));
    a = accept(l, NULL, NULL);
    CHECK(a >= 0 && read(a, &c, 1) == 0);
    close(a);
    s = connected(7001);
    struct linger hard = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(s); /* a reset leaves nothing to accept */
    CHECK(!readable(l, 0));
    s = connected(7001); /* and one that nobody will accept goes with the listener */
    close(l);
    CHECK(read(s, &c, 1) == -1 && errno == ECONNRESET);
    close(s);
}

static void a_deferred_connection_is_accepted_at_last(void)
{
    int l = listening(7002, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1), s = connected(7002);
    CHECK(!readable(l, 0));
    CHECK(readable(l, 20000));
    int a = accept(l, NULL, NULL);
    CHECK(a >= 0);
    close(a);
    close(s);
    close(l);
}

static void user_timeout_ends_a_stalled_connection(void)
{
    static char data[65536];
    int l = listening(7003, SOL_SOCKET, SO_REUSEADDR, 1), s = connected(7003), a = accept(l, NULL, NULL);
    struct pollfd p = {.fd = s, .events = 0};
    CHECK(set(s, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000) == 0);
    CHECK_ERRNO(set(s, IPPROTO_TCP, TCP_USER_TIMEOUT, -1), EINVAL);
    CHECK(fcntl(s, F_SETFL, O_NONBLOCK) == 0);
    while (write(s, data, sizeof data) > 0)
        ;
    CHECK(errno == EAGAIN);
    CHECK(poll(&p, 1, 60000) == 1 && (p.revents & (POLLERR | POLLHUP)));
    CHECK_ERRNO(write(s, data, 1), ETIMEDOUT);
    CHECK_ERRNO(write(s, data, 1), EPIPE);
    close(a);
    close(s);
    close(l);
}

/* How many bytes the connection takes while nobody reads; all of them arrive. */
static long capacity(int port, int send_buffer)
{
    static char data[4096];
    int l = listening(port, SOL_SOCKET, SO_REUSEADDR, 1), s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = loopback(port);
    long total = 0, got = 0, n;
    if (send_buffer)
        CHECK(set(s, SOL_SOCKET, SO_SNDBUF, send_buffer) == 0);
    CHECK(connect(s, (void *)&to, sizeof to) == 0);
    int a = accept(l, NULL, NULL);
    fcntl(s, F_SETFL, O_NONBLOCK);
    while ((n = write(s, data, sizeof data)) > 0)
        total += n;
    fcntl(a, F_SETFL, O_NONBLOCK);
    for (struct pollfd p = {.fd = a, .events = POLLIN}; got < total && poll(&p, 1, 20000) == 1;)
        while ((n = read(a, data, sizeof data)) > 0)
            got += n;
    CHECK(got == total);
    close(a);
    close(s);
    close(l);
    return total;
}

static void the_send_buffer_bounds_what_waits(void)
{
    long all = capacity(7004, 0), small = capacity(7006, 32768);
    CHECK(small <= all - 512 * 1024);
}

static void a_shared_port_spreads_connections(void)
{
    int l[3], got[3] = {0}, s[60];
    for (int i = 0; i < 3; i++)
        l[i] = listening(7007, SOL_SOCKET, SO_REUSEPORT, 1);
    for (int i = 0; i < 60; i++)
        s[i] = connected(7007);
    for (int i = 0; i < 3; i++)
        for (int a; (a = accept(l[i], NULL, NULL)) >= 0; close(a))
            got[i]++;
    CHECK(got[0] + got[1] + got[2] == 60);
    CHECK(got[0] > 0 && got[1] > 0 && got[2] > 0);
    struct sockaddr_in a = loopback(7007);
    int other = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_ERRNO(bind(other, (void *)&a, sizeof a), EADDRINUSE);
    for (int i = 0; i < 60; i++)
        close(s[i]);
    for (int i = 0; i < 3; i++)
        close(l[i]);
    close(other);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    a_deferred_connection_waits_for_data();
    a_deferred_connection_is_accepted_at_last();
    user_timeout_ends_a_stalled_connection();
    the_send_buffer_bounds_what_waits();
    a_shared_port_spreads_connections();
    return finish();
}

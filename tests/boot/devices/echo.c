// SPDX-License-Identifier: BSD-3-Clause
// Sends pseudo-random bytes to an echo server on the host, checks what comes back, and asks the kernel for entropy.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 8192 };

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int exchange(int fd, size_t total)
{
    static unsigned char out[CHUNK], in[CHUNK];
    size_t sent = 0, got = 0;
    while (got < total) {
        struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (sent < total && sent - got < 65536 ? POLLOUT : 0))};
        if (poll(&p, 1, 20000) <= 0)
            return fail("poll");
        if (p.revents & POLLOUT) {
            for (size_t i = 0; i < CHUNK; i++)
                out[i] = (unsigned char)((sent + i) * 31 >> 3);
            ssize_t n = send(fd, out, total - sent < CHUNK ? total - sent : CHUNK, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0)
                return fail("send");
            sent += (size_t)n;
        }
        if (p.revents & (POLLIN | POLLHUP)) {
            ssize_t n = recv(fd, in, CHUNK, 0);
            if (n <= 0)
                return fail("recv");
            for (ssize_t i = 0; i < n; i++)
                if (in[i] != (unsigned char)((got + (size_t)i) * 31 >> 3))
                    return fprintf(stderr, "byte %zu came back wrong\n", got + (size_t)i), 1;
            got += (size_t)n;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
    unsigned char entropy[16];
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        return fail("connect");
    if (exchange(fd, (size_t)atol(argv[3])) != 0)
        return 1;
    close(fd);
    if (getrandom(entropy, sizeof entropy, 0) != sizeof entropy)
        return fail("getrandom");
    puts("devices work");
    return argc == 4 ? 0 : 2;
}

// SPDX-License-Identifier: BSD-3-Clause
// True exhaustion: whoever asks for memory by a call hears ENOMEM, and all that was taken comes back when it is given back.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1ul << 20)
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static long fill_file(const char *path)
{
    static char block[64 << 10];
    long total = 0, n;
    int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);

    CHECK(fd >= 0);
    memset(block, 5, sizeof(block));
    while ((n = write(fd, block, sizeof(block))) > 0)
        total += n;
    CHECK(errno == ENOSPC || errno == ENOMEM);
    close(fd);
    CHECK(unlink(path) == 0);
    return total;
}

/* A file system in memory fills up; twice, as nothing may be lost. */
static void files(void)
{
    long first = fill_file("/tmp/fill"), second = fill_file("/tmp/fill");

    CHECK(first > 4 * (long)MIB);
    CHECK(second > first - 2 * (long)MIB);
}

/* More than there is: the heuristic refuses one large mapping; reserved address space is no memory. */
static void promises(void)
{
    char *p;

    CHECK_ERRNO(mmap(NULL, 4096 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
    p = mmap(NULL, 4096 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED && munmap(p, 4096 * MIB) == 0);
    p = mmap(NULL, 4096 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(p != MAP_FAILED);
    p[0] = p[4095 * MIB] = 1;
    CHECK(munmap(p, 4096 * MIB) == 0);
}

/* Asked to bring all of it, the kernel says what it cannot. */
static void populate(void)
{
    const size_t n = 256 * MIB;
    char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(p != MAP_FAILED);
    CHECK_ERRNO(madvise(p, n, MADV_POPULATE_WRITE), ENOMEM);
    CHECK(madvise(p, n, MADV_DONTNEED) == 0);
    CHECK(read(open("/dev/zero", O_RDONLY), p, 4 * MIB) == 4 * (long)MIB);
    CHECK(munmap(p, n) == 0);
}

/* Kernel objects: pipes full of data, until a limit or memory ends it. */
static void pipes(void)
{
    static int fds[1024][2];
    static char data[65536];
    int n = 0;

    for (; n < 500; n++) {
        if (pipe2(fds[n], O_NONBLOCK))
            break;
        while (write(fds[n][1], data, sizeof(data)) > 0)
            continue;
    }
    CHECK(n > 50 && (n == 500 || errno == ENOMEM || errno == ENFILE || errno == EMFILE));
    while (n-- > 0) {
        close(fds[n][0]);
        close(fds[n][1]);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) { /* touch more than there is: this ends the program */
        char *p = mmap(NULL, 512 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        for (size_t i = 0; i < 512 * MIB; i += 4096)
            p[i] = 1;
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        promises();
        populate();
        files();
        pipes();
    }
    return finish();
}

// SPDX-License-Identifier: BSD-3-Clause
// File mappings: one copy for read, write and every mapping; the end of the file; errors; /proc/self/maps.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define CHECK(x)                                                                                             \
    do {                                                                                                     \
        if (!(x)) {                                                                                          \
            printf("line %d: %s (errno %d)\n", __LINE__, #x, errno);                                         \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

static sigjmp_buf resume;
static volatile int got_signal, got_code;

static void handler(int signo, siginfo_t *info, void *context)
{
    (void)context;
    got_signal = signo;
    got_code = info->si_code;
    siglongjmp(resume, 1);
}

#define EXPECT_SIGNAL(access, signo, code)                                                                   \
    do {                                                                                                     \
        got_signal = 0;                                                                                      \
        if (!sigsetjmp(resume, 1)) {                                                                         \
            access;                                                                                          \
        }                                                                                                    \
        CHECK(got_signal == (signo) && got_code == (code));                                                  \
    } while (0)

static volatile char *map(int fd, size_t n, int prot, int flags, off_t at)
{
    char *p = mmap(NULL, n, prot, flags, fd, at);

    CHECK(p != MAP_FAILED);
    return p;
}

static void all_see_one_copy(int fd)
{
    volatile char *a = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    volatile char *b = map(fd, 2 * PAGE, PROT_READ, MAP_SHARED, 2 * PAGE);
    volatile char *own = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
    char buf[8];

    CHECK(pwrite(fd, "hello", 5, 2 * PAGE + 10) == 5);
    CHECK(memcmp((char *)a + 2 * PAGE + 10, "hello", 5) == 0 && b[10] == 'h' && own[2 * PAGE + 10] == 'h');
    a[2 * PAGE + 10] = 'J';
    CHECK(b[10] == 'J' && pread(fd, buf, 5, 2 * PAGE + 10) == 5 && memcmp(buf, "Jello", 5) == 0);
    own[2 * PAGE + 11] = 'u';
    CHECK(a[2 * PAGE + 11] == 'e');
    a[2 * PAGE + 12] = 'x';
    CHECK(own[2 * PAGE + 12] == 'l'); /* the private page went its own way */
    CHECK(msync((void *)a, 4 * PAGE, MS_SYNC) == 0);
    EXPECT_SIGNAL(*(volatile char *)(b + 1) = 1, SIGSEGV, SEGV_ACCERR);
    munmap((void *)a, 4 * PAGE);
    munmap((void *)b, 2 * PAGE);
    munmap((void *)own, 4 * PAGE);
}

static void behind_the_end(int fd)
{
    volatile char *p;

    CHECK(ftruncate(fd, PAGE + 100) == 0);
    p = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    p[PAGE + 99] = 1;
    p[PAGE + 200] = 2; /* in the last page, but not in the file */
    EXPECT_SIGNAL((void)p[2 * PAGE], SIGBUS, BUS_ADRERR);
    CHECK(ftruncate(fd, 3 * PAGE) == 0);
    CHECK(p[2 * PAGE] == 0);
    CHECK(ftruncate(fd, 100) == 0);
    EXPECT_SIGNAL((void)p[2 * PAGE], SIGBUS, BUS_ADRERR);
    EXPECT_SIGNAL((void)p[PAGE], SIGBUS, BUS_ADRERR);
    CHECK(read(fd, (void *)(p + 2 * PAGE), 1) == -1 && errno == EFAULT);
    munmap((void *)p, 4 * PAGE);
}

static void refused(const char *path)
{
    int r = open(path, O_RDONLY), w = open(path, O_WRONLY), pipes[2];

    CHECK(r >= 0 && w >= 0 && pipe(pipes) == 0);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, w, 0) == MAP_FAILED && errno == EACCES);
    CHECK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, r, 0) == MAP_FAILED && errno == EACCES);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0) == MAP_FAILED && errno == ENODEV);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED && errno == EBADF);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, r, 17) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, r, 0) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(NULL, PAGE, PROT_READ, 0, r, 0) == MAP_FAILED && errno == EINVAL);
    volatile char *p = map(r, PAGE, PROT_READ, MAP_SHARED, 0);

    CHECK(mprotect((void *)p, PAGE, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
    munmap((void *)p, PAGE);
    p = map(r, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
    p[0] = 'z';
    munmap((void *)p, PAGE);
    close(r);
    close(w);
    close(pipes[0]);
    close(pipes[1]);
}

static void a_mapping_outlives_descriptor_and_name(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    volatile char *p;

    CHECK(fd >= 0 && write(fd, "contents", 8) == 8);
    p = map(fd, PAGE, PROT_READ, MAP_PRIVATE, 0);
    close(fd);
    CHECK(unlink(path) == 0);
    CHECK(memcmp((char *)p, "contents", 8) == 0);
    munmap((void *)p, PAGE);
}

static void large_file(const char *path)
{
    enum { N = 600 };
    static char block[PAGE];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    volatile char *p;

    for (int i = 0; i < N; i++) {
        memset(block, i, sizeof(block));
        CHECK(write(fd, block, sizeof(block)) == (ssize_t)sizeof(block));
    }
    p = map(fd, N * PAGE, PROT_READ, MAP_SHARED, 0);
    for (int i = N - 1; i >= 0; i--)
        CHECK(p[i * PAGE] == (char)i && p[i * PAGE + PAGE - 1] == (char)i);
    munmap((void *)p, N * PAGE);
    close(fd);
    unlink(path);
}

static void maps_name_the_file(int fd, const char *path)
{
    volatile char *p = map(fd, PAGE, PROT_READ, MAP_SHARED, 0);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[400], start[40];
    int seen = 0;

    if (maps) { /* if the image has procfs */
        snprintf(start, sizeof(start), "%lx-", (unsigned long)p);
        while (fgets(line, sizeof(line), maps))
            seen |= strstr(line, start) && strstr(line, path) && strstr(line, "r--s");
        fclose(maps);
        CHECK(seen);
    }
    munmap((void *)p, PAGE);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    const char *path = "/tmp/mapped";
    int fd;

    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    fd = open(path, O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0 && ftruncate(fd, 4 * PAGE) == 0);
    all_see_one_copy(fd);
    maps_name_the_file(fd, path);
    behind_the_end(fd);
    refused(path);
    a_mapping_outlives_descriptor_and_name("/tmp/gone");
    large_file("/tmp/large");
    fd = memfd_create("memory", 0);
    CHECK(fd >= 0 && ftruncate(fd, 4 * PAGE) == 0);
    all_see_one_copy(fd);
    behind_the_end(fd);
    return 0;
}

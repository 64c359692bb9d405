// SPDX-License-Identifier: BSD-3-Clause
// The Nth allocation in the kernel fails, for every N: calls answer ENOMEM or its like, nothing breaks, and afterwards all works again.
//
// With an argument N: any allocation may be the one, the program's pages too; the program then ends, by itself or killed with one line.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <osv/memory.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul

static int strict; /* every call must work */

/* A call that may lack memory. Return: it worked. */
static int worked(long r, const char *what)
{
    if (r != -1)
        return 1;
    if (strict || !(errno == ENOMEM || errno == EAGAIN || errno == ENFILE || errno == ENOBUFS || errno == ENOSPC)) {
        printf("not ok - %s: errno %d %s\n", what, errno, strerror(errno));
        failures++;
    }
    return 0;
}
#define TRY(call) worked((long)(call), #call)

static void *thread(void *arg)
{
    usleep(1);
    return arg;
}

static void threads(void)
{
    pthread_t t[3];
    void *result;
    int n = 0, err;

    for (; n < 3; n++) {
        if ((err = pthread_create(&t[n], NULL, thread, &t[n]))) {
            errno = err;
            worked(-1, "pthread_create");
            break;
        }
    }
    while (n-- > 0)
        CHECK(pthread_join(t[n], &result) == 0 && result == &t[n]);
}

static void memory(void)
{
    char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *q;

    if (!worked((long)p, "mmap"))
        return;
    memset(p, 3, 64 * PAGE);
    TRY(mprotect(p + 8 * PAGE, 4 * PAGE, PROT_READ));
    TRY(madvise(p + 20 * PAGE, 4 * PAGE, MADV_DONTFORK));
    TRY(munmap(p + 40 * PAGE, PAGE));
    q = mremap(p, 4 * PAGE, 90 * PAGE, MREMAP_MAYMOVE);
    if (worked((long)q, "mremap")) {
        CHECK(q[0] == 3 && q[4 * PAGE - 1] == 3);
        TRY(munmap(q, 90 * PAGE));
    }
    CHECK(p[8 * PAGE] == 3);
    TRY(munmap(p, 64 * PAGE));
    munmap(p, 64 * PAGE);
    munmap(q, 90 * PAGE);
    p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (worked((long)p, "mmap shared")) {
        munmap(p, 8 * PAGE);
    }
}

static void files(void)
{
    char text[64] = "text", path[] = "/tmp/inject/file";
    struct stat st;
    int fd;

    if (!TRY(mkdir("/tmp/inject", 0700)))
        return;
    fd = open(path, O_CREAT | O_RDWR, 0600);
    if (worked(fd, "open")) {
        if (TRY(write(fd, text, 64)))
            CHECK(pread(fd, text, 64, 0) == 64 || errno == ENOMEM);
        TRY(ftruncate(fd, 3 * PAGE));
        TRY(fstat(fd, &st));
        TRY(rename(path, "/tmp/inject/other"));
        close(fd);
    }
    while (unlink(path) && errno == ENOMEM)
        continue;
    while (unlink("/tmp/inject/other") && errno == ENOMEM)
        continue;
    while (rmdir("/tmp/inject") && errno == ENOMEM)
        continue;
}

static void descriptors(void)
{
    int pipes[2], pair[2], fd;
    char c = 1;

    if (TRY(pipe(pipes))) {
        if (TRY(write(pipes[1], &c, 1)))
            TRY(read(pipes[0], &c, 1));
        close(pipes[0]);
        close(pipes[1]);
    }
    if (TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, pair))) {
        if (TRY(write(pair[1], &c, 1)))
            TRY(read(pair[0], &c, 1));
        close(pair[0]);
        close(pair[1]);
    }
    fd = epoll_create1(0);
    if (worked(fd, "epoll_create1")) {
        int event = eventfd(1, 0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
        struct epoll_event e = {.events = EPOLLIN};

        if (worked(event, "eventfd") && TRY(epoll_ctl(fd, EPOLL_CTL_ADD, event, &e)))
            CHECK(epoll_wait(fd, &e, 1, 0) == 1);
        if (worked(timer, "timerfd_create"))
            close(timer);
        close(event);
        close(fd);
    }
    fd = memfd_create("inject", MFD_CLOEXEC);
    if (worked(fd, "memfd_create")) {
        char *p;

        TRY(ftruncate(fd, 4 * PAGE));
        p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (worked((long)p, "mmap memfd"))
            munmap(p, 4 * PAGE);
        close(fd);
    }
}

static void other(void)
{
    timer_t t;
    struct sigevent e = {.sigev_notify = SIGEV_NONE};
    char out[8];
    struct iovec a = {out, 8}, b = {"12345678", 8};

    if (TRY(timer_create(CLOCK_MONOTONIC, &e, &t)))
        timer_delete(t);
    TRY(process_vm_readv(getpid(), &a, 1, &b, 1, 0));
}

static void scenario(void)
{
    threads();
    memory();
    files();
    descriptors();
    other();
}

int main(int argc, char **argv)
{
    long before, after;
    int n;

    setvbuf(stdout, NULL, _IONBF, 0);
    strict = 1;
    scenario(); /* what is set up once is there now, and all calls work */
    strict = 0;
    if (argc > 1) {
        osv_memory_fail_after(atol(argv[1]), 1, OSV_MEMORY_FAIL_ALL);
        scenario();
        osv_memory_fail_after(-1, 0, 0);
        return finish();
    }
    for (n = 0; n < 2000 && !failures; n++) {
        before = osv_memory_fail_after(n, 1, OSV_MEMORY_FAIL_KERNEL_ONLY);
        scenario();
        after = osv_memory_fail_after(-1, 0, 0);
        strict = 1;
        scenario();
        strict = 0;
        if (failures)
            printf("with allocation %d failing\n", n);
        if (after == before)
            break; /* a run needs fewer allocations */
    }
    printf("%d allocations\n", n);
    CHECK(n > 20 && n < 2000);
    return finish();
}

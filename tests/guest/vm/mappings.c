// SPDX-License-Identifier: BSD-3-Clause
// The mmap family from a program: contents, protection, signals, moves, the break, bad pointers.
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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
static void *volatile got_address;

static void handler(int signo, siginfo_t *info, void *context)
{
    (void)context;
    got_signal = signo;
    got_code = info->si_code;
    got_address = info->si_addr;
    siglongjmp(resume, 1);
}

#define EXPECT_SIGNAL(access, address, signo, code)                                                          \
    do {                                                                                                     \
        got_signal = 0;                                                                                      \
        if (!sigsetjmp(resume, 1)) {                                                                         \
            access;                                                                                          \
        }                                                                                                    \
        CHECK(got_signal == (signo));                                                                        \
        CHECK(got_code == (code));                                                                           \
        CHECK(got_address == (void *)(address));                                                             \
    } while (0)

static volatile char *map(size_t n, int prot, int flags)
{
    char *p = mmap(NULL, n, prot, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    return p;
}

static void fresh_memory_is_zero_and_keeps_what_is_written(void)
{
    const size_t n = 24ul << 20;
    volatile char *p = map(n, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    for (size_t i = 0; i < n; i += PAGE) {
        CHECK(p[i] == 0 && p[i + PAGE - 1] == 0);
        p[i] = (char)(i >> 12);
    }
    for (size_t i = 0; i < n; i += PAGE)
        CHECK(p[i] == (char)(i >> 12));
    CHECK(madvise((void *)p, n / 2, MADV_DONTNEED) == 0);
    for (size_t i = 0; i < n; i += PAGE)
        CHECK(p[i] == (i < n / 2 ? 0 : (char)(i >> 12)));
    CHECK(munmap((void *)p, n) == 0);
    EXPECT_SIGNAL(p[0] = 1, p, SIGSEGV, SEGV_MAPERR);
}

static void protection_is_enforced(void)
{
    volatile char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    p[PAGE] = 7;
    CHECK(mprotect((void *)(p + PAGE), PAGE, PROT_READ) == 0);
    CHECK(p[PAGE] == 7);
    EXPECT_SIGNAL(p[PAGE + 5] = 1, p + PAGE + 5, SIGSEGV, SEGV_ACCERR);
    CHECK(mprotect((void *)(p + PAGE), PAGE, PROT_NONE) == 0);
    EXPECT_SIGNAL((void)p[PAGE], p + PAGE, SIGSEGV, SEGV_ACCERR);
    CHECK(mprotect((void *)p, 4 * PAGE, PROT_READ | PROT_WRITE) == 0);
    CHECK(p[PAGE] == 7);
    p[PAGE] = 8;
    EXPECT_SIGNAL(((void (*)(void))p)(), p, SIGSEGV, SEGV_ACCERR);
    EXPECT_SIGNAL(*(volatile int *)NULL = 1, NULL, SIGSEGV, SEGV_MAPERR);
    munmap((void *)p, 4 * PAGE);
}

static void code_can_be_written_and_run(void)
{
    static const unsigned char return_42[] = {0xb8, 42, 0, 0, 0, 0xc3};
    char *p = (char *)map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    memcpy(p, return_42, sizeof(return_42));
    CHECK(mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0);
    CHECK(((int (*)(void))p)() == 42);
    munmap(p, PAGE);
}

static void moving_keeps_pages(void)
{
    const size_t n = 4ul << 20;
    volatile char *p = map(n, PROT_READ | PROT_WRITE, MAP_PRIVATE), *q;

    for (size_t i = 0; i < n; i += PAGE)
        p[i] = (char)(i >> 13);
    q = mremap((void *)(p + n / 2), n / 2, n, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED);
    for (size_t i = 0; i < n; i += PAGE)
        CHECK(q[i] == (i < n / 2 ? (char)((i + n / 2) >> 13) : 0));
    EXPECT_SIGNAL(p[n / 2] = 1, p + n / 2, SIGSEGV, SEGV_MAPERR);
    munmap((void *)p, n / 2);
    munmap((void *)q, n);
}

static void shared_memory_can_be_mapped_twice(void)
{
    volatile char *p = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    volatile char *q = mremap((void *)p, 0, 2 * PAGE, MREMAP_MAYMOVE);

    CHECK(q != MAP_FAILED && q != p);
    p[10] = 3;
    CHECK(q[10] == 3);
    q[PAGE] = 4;
    CHECK(p[PAGE] == 4);
    munmap((void *)p, 2 * PAGE);
    CHECK(q[10] == 3);
    munmap((void *)q, 2 * PAGE);
}

static void bad_pointers_give_efault(void)
{
    volatile char *p = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    CHECK(write(1, (void *)8, 5) == -1 && errno == EFAULT);
    CHECK(write(1, (void *)-4096, 5) == -1 && errno == EFAULT);
    CHECK(mprotect((void *)(p + PAGE), PAGE, PROT_NONE) == 0);
    CHECK(syscall(SYS_clock_gettime, 1, p + PAGE) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_clock_gettime, 1, p) == 0); /* a page that the kernel touches first */
    munmap((void *)p, 3 * PAGE);
}

static void break_moves(void)
{
    char *start = (char *)syscall(SYS_brk, 0);

    CHECK((char *)syscall(SYS_brk, start + 100000) == start + 100000);
    start[99999] = 1;
    CHECK((char *)syscall(SYS_brk, start) == start);
    EXPECT_SIGNAL(start[99999] = 1, start + 99999, SIGSEGV, SEGV_MAPERR);
}

static void residency_is_told(void)
{
    unsigned char vec[4];
    volatile char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

    p[2 * PAGE] = 1;
    CHECK(mincore((void *)p, 4 * PAGE, vec) == 0);
    CHECK(!(vec[0] & 1) && (vec[2] & 1));
    CHECK(mlock((void *)p, 4 * PAGE) == 0);
    CHECK(mincore((void *)p, 4 * PAGE, vec) == 0);
    CHECK((vec[0] & 1) && (vec[3] & 1));
    munmap((void *)p, 4 * PAGE);
    CHECK(mincore((void *)p, PAGE, vec) == -1 && errno == ENOMEM);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    fresh_memory_is_zero_and_keeps_what_is_written();
    protection_is_enforced();
    code_can_be_written_and_run();
    moving_keeps_pages();
    shared_memory_can_be_mapped_twice();
    bad_pointers_give_efault();
    break_moves();
    residency_is_told();
    return 0;
}

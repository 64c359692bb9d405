// SPDX-License-Identifier: BSD-3-Clause
// System calls given pointers to nowhere fail with EFAULT and harm nothing.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int failures;
#define EXPECT_EFAULT(call)                                                                                                       \
    do {                                                                                                                          \
        errno = 0;                                                                                                                \
        if ((call) != -1 || errno != EFAULT) {                                                                                    \
            printf("%s: errno %d\n", #call, errno);                                                                               \
            failures++;                                                                                                           \
        }                                                                                                                         \
    } while (0)

int main(void)
{
    char *kernel = (char *)0xffff800000100000ul, *hole = (char *)0x0000800000000000ul, *wild = (char *)0x123456789000ul;
    struct iovec v = {wild, 10};
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || munmap(page + 4096, 4096))
        return 2;
    memset(page, 'x', 4096);
    EXPECT_EFAULT(write(1, NULL, 1));
    EXPECT_EFAULT(write(1, kernel, 1));
    EXPECT_EFAULT(write(1, hole, 1));
    EXPECT_EFAULT(write(1, hole - 1, 2));
    EXPECT_EFAULT(write(1, wild, 1));
    EXPECT_EFAULT(writev(1, &v, 1));
    EXPECT_EFAULT(writev(1, (struct iovec *)kernel, 1));
    EXPECT_EFAULT(nanosleep((struct timespec *)wild, NULL));
    EXPECT_EFAULT(nanosleep((struct timespec *)(page + 4090), NULL));
    return failures != 0;
}

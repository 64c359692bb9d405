// SPDX-License-Identifier: BSD-3-Clause
// malloc and its family: alignment, limits, contents over realloc, use from many threads, memory given back after a peak.
#define _GNU_SOURCE
#include "check.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/sysinfo.h>
#include <time.h>

int malloc_trim(size_t pad);
int mallopt(int parameter, int value);
struct mallinfo2 {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct mallinfo2 mallinfo2(void);

/* The figures follow what is allocated, small and large. */
static void test_figures(void)
{
    struct mallinfo2 before, small, large, after;
    static char *p[100];

    malloc_trim(0); /* what the tests before freed is gone now */
    before = mallinfo2();
    for (int i = 0; i < 100; i++)
        CHECK((p[i] = malloc(10000)) != NULL);
    small = mallinfo2();
    CHECK(small.uordblks >= before.uordblks + 1000000 && small.uordblks < before.uordblks + 4000000);
    CHECK(small.arena == small.uordblks + small.fordblks);
    char *volatile big = malloc(32 << 20);
    large = mallinfo2();
    CHECK(big != NULL && large.hblks == before.hblks + 1 && large.hblkhd >= before.hblkhd + (32 << 20));
    free(big);
    for (int i = 0; i < 100; i++)
        free(p[i]);
    after = mallinfo2();
    CHECK(after.uordblks + 900000 < small.uordblks && after.hblks == before.hblks);
    CHECK(mallopt(1, 64) == 1 && mallopt(1, 1000) == 0 && mallopt(-1, 128 << 10) == 1);
}

static void test_family(void)
{
    void *p = NULL;
    CHECK(malloc(0) != NULL);
    /* Through pointers, since compilers know that these functions leave errno alone. */
    void *(*volatile alloc)(size_t) = malloc, *(*volatile zeroed)(size_t, size_t) = calloc;
    void *(*volatile aligned)(size_t, size_t) = aligned_alloc;
    CHECK_ERRNO(alloc(SIZE_MAX) ? 0 : -1, ENOMEM);
    CHECK_ERRNO(alloc(PTRDIFF_MAX) ? 0 : -1, ENOMEM);
    CHECK_ERRNO(zeroed(SIZE_MAX / 2, 4) ? 0 : -1, ENOMEM);
    CHECK_ERRNO(aligned(3, 8) ? 0 : -1, EINVAL);
    CHECK(posix_memalign(&p, 3, 8) == EINVAL && posix_memalign(&p, 4, 8) == EINVAL);
    for (size_t a = 8; a <= 1 << 20; a *= 2) {
        CHECK(posix_memalign(&p, a, 100) == 0 && (uintptr_t)p % a == 0);
        memset(p, 1, 100);
        free(p);
    }
    for (size_t n = 1; n < 3 << 20; n = n * 3 / 2 + 1) {
        unsigned char *q = calloc(1, n);
        CHECK(q && (uintptr_t)q % (n < 16 ? 8 : 16) == 0 && malloc_usable_size(q) >= n && q[0] == 0 && q[n - 1] == 0);
        memset(q, 0x5a, n);
        q = realloc(q, n * 2);
        CHECK(q && q[0] == 0x5a && q[n - 1] == 0x5a);
        free(q);
    }
    CHECK_ERRNO(reallocarray(NULL, SIZE_MAX / 2, 3) ? 0 : -1, ENOMEM);
    free(NULL);
}

static void *churn(void *arg)
{
    void *p[256] = {0};
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < 20000; i++) {
        int k = rand_r(&seed) % 256;
        free(p[k]);
        size_t n = (size_t)rand_r(&seed) % 2000 + 1;
        p[k] = malloc(n);
        if (!p[k])
            return NULL;
        memset(p[k], k, n);
    }
    for (int k = 0; k < 256; k++)
        free(p[k]);
    return arg;
}

static unsigned long free_memory(void)
{
    struct sysinfo info;
    return sysinfo(&info) ? 0 : info.freeram * info.mem_unit;
}

static void test_return(void)
{
    enum { N = 2000 };
    static void *p[N];
    unsigned long before = free_memory();
    for (int i = 0; i < N; i++) {
        p[i] = malloc(16384);
        CHECK(p[i] != NULL);
        memset(p[i], 1, 16384);
    }
    unsigned long peak = free_memory();
    for (int i = 0; i < N; i++)
        free(p[i]);
    nanosleep(&(struct timespec){0, 60000000}, NULL);
    malloc_trim(0);
    unsigned long after = free_memory();
    if (!before)
        return; /* sysinfo is not there */
    CHECK(before - peak > 25u << 20);
    CHECK(after + (8u << 20) > before);
}

int main(void)
{
    pthread_t t[4];
    test_family();
    test_figures();
    for (uintptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&t[i], NULL, churn, (void *)(i + 1)) == 0);
    for (uintptr_t i = 0; i < 4; i++) {
        void *r;
        CHECK(pthread_join(t[i], &r) == 0 && r == (void *)(i + 1));
    }
    test_return();
    return finish();
}

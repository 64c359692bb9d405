// SPDX-License-Identifier: BSD-3-Clause
// Threads on several CPUs fault, unmap, protect and share at once: nothing is lost, stale or crossed over.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ul
enum { THREADS = 4, ROUNDS = 12, SHARED_PAGES = 256 };

#define CHECK(x)                                                                                             \
    do {                                                                                                     \
        if (!(x)) {                                                                                          \
            printf("line %d: %s\n", __LINE__, #x);                                                           \
            _Exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

static volatile unsigned *common; /* one word a page, incremented by everybody */
static volatile char *guarded;    /* protected and unprotected by thread 0, read by all */

static void own_mappings(unsigned id, unsigned round)
{
    const size_t n = (size_t)(1 + (id * 7 + round) % 12) * PAGE;
    volatile char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    for (size_t i = 0; i < n; i += PAGE) {
        CHECK(p[i] == 0);
        p[i] = (char)(id + 1);
    }
    if (round % 3 == 0) {
        CHECK(madvise((void *)p, n, MADV_DONTNEED) == 0);
        for (size_t i = 0; i < n; i += PAGE)
            CHECK(p[i] == 0);
    } else {
        for (size_t i = 0; i < n; i += PAGE)
            CHECK(p[i] == (char)(id + 1));
    }
    CHECK(munmap((void *)p, n) == 0);
}

static void *worker(void *argument)
{
    unsigned id = (unsigned)(size_t)argument;

    for (unsigned round = 0; round < ROUNDS; round++) {
        own_mappings(id, round);
        for (unsigned i = 0; i < SHARED_PAGES; i++)
            __atomic_fetch_add(&common[((i * (id * 2 + 1) + round) % SHARED_PAGES) * PAGE / 4], 1, __ATOMIC_SEQ_CST);
        if (id == 0) {
            CHECK(mprotect((void *)guarded, PAGE, PROT_READ) == 0);
            CHECK(mprotect((void *)guarded, PAGE, PROT_READ | PROT_WRITE) == 0);
            guarded[0] = (char)round;
        }
        CHECK(guarded[1] == 77);
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];

    for (unsigned pass = 0; pass < 2; pass++) {
        common = mmap(NULL, SHARED_PAGES * PAGE, PROT_READ | PROT_WRITE,
                      (pass % 2 ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
        guarded = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(common != MAP_FAILED && guarded != MAP_FAILED);
        guarded[1] = 77;
        for (size_t i = 0; i < THREADS; i++)
            CHECK(pthread_create(&t[i], NULL, worker, (void *)i) == 0);
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(t[i], NULL);
        for (unsigned i = 0; i < SHARED_PAGES; i++)
            CHECK(common[i * PAGE / 4] == THREADS * ROUNDS);
        munmap((void *)common, SHARED_PAGES * PAGE);
        munmap((void *)guarded, PAGE);
    }
    return 0;
}

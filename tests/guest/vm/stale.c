// SPDX-License-Identifier: BSD-3-Clause
// No CPU uses an old translation: while one thread replaces, protects, drops and moves pages, others read and write them all the time.
#define _GNU_SOURCE
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define PAGE 4096ul
enum { READERS = 2, ROUNDS = 16, WATCHED = 8, LOOKS = 200 };

static volatile unsigned *replaced; /* the first word of each page: the round that made it */
static volatile unsigned *counted;  /* incremented by the writer whenever it may be */
static atomic_uint round_made, stop, faults, bad;

static void *reader(void *arg)
{
    while (!stop) {
        for (unsigned i = 0; i < WATCHED; i++) {
            unsigned made = atomic_load(&round_made), seen = replaced[i * PAGE / 4];

            if (seen != 0 && seen < made) /* 0: replaced and not written yet */
                atomic_fetch_add(&bad, 1);
        }
        sched_yield();
    }
    return arg;
}

static void *writer(void *arg)
{
    while (!stop) {
        (*counted)++;
        sched_yield();
    }
    return arg;
}

static void fault(int signo)
{
    atomic_fetch_add(&faults, 1);
    sched_yield(); /* and try again */
}

/* The pages are other ones now: nobody may read those of the round before. */
static void replace(unsigned round)
{
    void *p = mmap((void *)replaced, WATCHED * PAGE, PROT_READ | PROT_WRITE,
                   (round % 2 ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    CHECK(p == (void *)replaced);
    for (unsigned i = 0; i < WATCHED; i++)
        replaced[i * PAGE / 4] = round;
    atomic_store(&round_made, round);
}

/* Once mprotect() has returned nobody writes. */
static void protect(void)
{
    unsigned before;

    CHECK(mprotect((void *)counted, PAGE, PROT_READ) == 0);
    before = *counted;
    for (unsigned i = 0; i < LOOKS; i++) {
        CHECK(*counted == before);
        if (i % 32 == 0)
            sched_yield();
    }
    CHECK(mprotect((void *)counted, PAGE, PROT_READ | PROT_WRITE) == 0);
}

/* Moved away and back: what was written stays, and nothing is written to the old place meanwhile. */
static void move(void)
{
    volatile unsigned *other = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned before;

    CHECK(other != MAP_FAILED);
    CHECK(mremap((void *)counted, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)other) == (void *)other);
    before = *other;
    for (unsigned i = 0; i < LOOKS; i++)
        CHECK(*other == before);
    CHECK(mremap((void *)other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)counted) == (void *)counted);
    CHECK(*counted >= before);
}

int main(void)
{
    struct sigaction sa = {.sa_handler = fault};
    pthread_t t[READERS + 1];

    sigaction(SIGSEGV, &sa, NULL);
    replaced = mmap(NULL, WATCHED * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    counted = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(replaced != MAP_FAILED && counted != MAP_FAILED);
    for (int i = 0; i <= READERS; i++)
        CHECK(pthread_create(&t[i], NULL, i < READERS ? reader : writer, NULL) == 0);
    for (unsigned round = 1; round <= ROUNDS && !failures; round++) {
        replace(round);
        protect();
        move();
        if (round % 4 == 0)
            CHECK(madvise((void *)counted, PAGE, MADV_DONTNEED) == 0);
    }
    stop = 1;
    for (int i = 0; i <= READERS; i++)
        pthread_join(t[i], NULL);
    CHECK(bad == 0);
    return finish();
}

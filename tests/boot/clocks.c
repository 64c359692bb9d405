// SPDX-License-Identifier: BSD-3-Clause
// What a clock must do whatever it is made of: go on, never back, on every CPU, at the rate the timers have.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static _Atomic long long latest;
static atomic_int went_back;

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void *read_on(void *arg)
{
    for (int i = 0; i < 5000; i++) {
        long long before = atomic_load(&latest), own = now();
        if (own < before)
            went_back = 1;
        while (own > before && !atomic_compare_exchange_weak(&latest, &before, own))
            ;
    }
    return arg;
}

int main(void)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    struct timespec pause = {.tv_nsec = 200000000}, resolution;

    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, read_on, NULL) != 0)
            return 2;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (went_back) {
        puts("time went back");
        return 3;
    }
    long long start = now();
    nanosleep(&pause, NULL);
    if (now() - start < 200000000) {
        printf("200 ms of sleep took %lld ns\n", now() - start);
        return 4;
    }
    clock_getres(CLOCK_MONOTONIC, &resolution);
    printf("resolution %ld ns\n", resolution.tv_nsec);
    return time(NULL) > 1600000000 ? 0 : 5;
}

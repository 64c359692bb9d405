// SPDX-License-Identifier: BSD-3-Clause
// Creating and joining many threads: one after the other, and thousands at once; memory comes back.
// usage: create_join COUNT AT_ONCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define ROUNDS 5

static void fail(const char *what)
{
    printf("not ok: %s\n", what);
    exit(1);
}

static void *give_back(void *arg)
{
    return arg;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static long here, wanted;

static void *meet(void *arg)
{
    pthread_mutex_lock(&mutex);
    if (++here == wanted)
        pthread_cond_broadcast(&all_here);
    while (here < wanted)
        pthread_cond_wait(&all_here, &mutex);
    pthread_mutex_unlock(&mutex);
    return arg;
}

static unsigned long free_bytes(void)
{
    struct sysinfo info;

    usleep(20000); /* callbacks after grace periods */
    sysinfo(&info);
    return info.freeram;
}

static void one_after_the_other(long count)
{
    for (long i = 0; i < count; i++) {
        pthread_t t;
        void *r;
        if (pthread_create(&t, NULL, give_back, &t) != 0)
            fail("pthread_create");
        if (pthread_join(t, &r) != 0 || r != &t)
            fail("pthread_join");
    }
}

static void at_once(long count)
{
    pthread_t *t = calloc((size_t)count, sizeof(*t));
    pthread_attr_t attr;

    here = 0;
    wanted = count;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 16384);
    for (long i = 0; i < count; i++)
        if (pthread_create(&t[i], &attr, meet, &t[i]) != 0)
            fail("pthread_create, many at once");
    for (long i = 0; i < count; i++) {
        void *r;
        if (pthread_join(t[i], &r) != 0 || r != &t[i])
            fail("pthread_join, many at once");
    }
    free(t);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 20000, many = argc > 2 ? atol(argv[2]) : 500;

    one_after_the_other(100);
    at_once(100);
    unsigned long before = free_bytes();
    one_after_the_other(count);
    unsigned long after = free_bytes();
    printf("%ld threads one after the other: free memory %lu -> %lu\n", count, before, after);
    if (after + 65536 < before)
        fail("memory is lost");
    /* Per-CPU caches fill and drain by the order in which threads end, so one round says little: the most that is ever
       free must not sink from the first rounds to the last. The margin is 175 bytes a thread for 300 threads. */
    at_once(many);
    unsigned long best[2] = {0, 0};
    for (int round = 0; round < 2 * ROUNDS; round++) {
        at_once(many);
        unsigned long now = free_bytes();
        if (now > best[round / ROUNDS])
            best[round / ROUNDS] = now;
    }
    printf("%ld threads at once, %d times: free memory %lu -> %lu\n", many, 2 * ROUNDS, best[0], best[1]);
    if (best[1] + 262144 < best[0])
        fail("memory is lost");
    printf("ok\n");
    return 0;
}

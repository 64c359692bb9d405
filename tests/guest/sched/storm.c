// SPDX-License-Identifier: BSD-3-Clause
// Threads that lock, wait, wake, sleep, yield, change policy and CPU at random for a while: none may be lost.
// usage: storm SEED SECONDS
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 16, PAIRS = 4 };

static atomic_int stop;
static pthread_mutex_t mutexes[3] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static int inside[3];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static atomic_int readers;
static atomic_long progress[THREADS + PAIRS];
static unsigned first_seed;

static void fail(const char *what)
{
    printf("not ok: %s (seed %u)\n", what, first_seed);
    _exit(1);
}

static unsigned rnd(uint64_t *s)
{
    *s = *s * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(*s >> 33);
}

static void *child(void *arg)
{
    return arg;
}

static void step(uint64_t *s)
{
    unsigned m = rnd(s) % 3;

    switch (rnd(s) % 10) {
    case 0:
    case 1:
        pthread_mutex_lock(&mutexes[m]);
        if (inside[m]++ != 0)
            fail("two threads inside a mutex");
        if (rnd(s) % 4 == 0)
            sched_yield();
        inside[m]--;
        pthread_mutex_unlock(&mutexes[m]);
        break;
    case 2:
        if (rnd(s) % 4 != 0) {
            pthread_rwlock_rdlock(&rwlock);
            if (atomic_fetch_add(&readers, 1) < 0)
                fail("a reader beside a writer");
            atomic_fetch_sub(&readers, 1);
        } else {
            pthread_rwlock_wrlock(&rwlock);
            if (atomic_exchange(&readers, -1000) != 0)
                fail("a writer beside others");
            atomic_store(&readers, 0);
        }
        pthread_rwlock_unlock(&rwlock);
        break;
    case 3:
        usleep(rnd(s) % 300);
        break;
    case 4:
        sched_yield();
        break;
    case 5:
        for (volatile unsigned i = 0; i < rnd(s) % 20000; i++)
            ;
        break;
    case 6: {
        pthread_t t;
        void *r;
        if (pthread_create(&t, NULL, child, s) != 0)
            fail("pthread_create");
        pthread_join(t, &r);
        if (r != s)
            fail("result of a thread");
        break;
    }
    case 7: {
        cpu_set_t set;
        CPU_ZERO(&set);
        for (long i = 0; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
            if (rnd(s) % 2)
                CPU_SET(i, &set);
        if (sched_setaffinity(0, sizeof(set), &set) == 0 && !CPU_ISSET(sched_getcpu(), &set))
            fail("a thread on a CPU it may not use");
        break;
    }
    case 8: {
        struct sched_param p = {.sched_priority = 0};
        static const int policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_OTHER, SCHED_RR};
        int policy = policies[rnd(s) % 5];
        p.sched_priority = policy == SCHED_RR ? 1 + (int)(rnd(s) % 5) : 0;
        if (sched_setscheduler(0, policy, &p) != 0 || sched_getscheduler(0) != policy)
            fail("sched_setscheduler");
        break;
    }
    default: {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (b.tv_sec < a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec < a.tv_nsec))
            fail("time went back");
    }
    }
}

static void *storm(void *arg)
{
    unsigned n = (unsigned)(uintptr_t)arg;
    uint64_t s = first_seed * 1000ull + n;

    while (!stop) {
        step(&s);
        atomic_fetch_add(&progress[n], 1);
    }
    return NULL;
}

/* Two threads hand a turn to each other: one lost wake-up and both stand still. */
struct pair {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    sem_t sem[2];
    int turn;
    unsigned n;
    bool by_semaphore;
};

static struct pair pairs[PAIRS];

static void play(struct pair *p, int own)
{
    for (long i = 0; !stop; i++) {
        if (p->by_semaphore) {
            sem_wait(&p->sem[own]);
            sem_post(&p->sem[!own]);
        } else {
            pthread_mutex_lock(&p->mutex);
            while (p->turn != own && !stop)
                pthread_cond_wait(&p->cond, &p->mutex);
            p->turn = !own;
            pthread_cond_signal(&p->cond);
            pthread_mutex_unlock(&p->mutex);
        }
        atomic_fetch_add(&progress[THREADS + p->n], 1);
    }
    sem_post(&p->sem[!own]);
    pthread_cond_broadcast(&p->cond);
}

static void *play_first(void *arg)
{
    play(arg, 0);
    return NULL;
}

static void *play_second(void *arg)
{
    play(arg, 1);
    return NULL;
}

static void *hog(void *arg)
{
    while (!stop)
        ;
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS + 2 * PAIRS + 1];
    unsigned n = 0;

    first_seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    int seconds = argc > 2 ? atoi(argv[2]) : 3;
    printf("seed %u, %ld CPUs\n", first_seed, sysconf(_SC_NPROCESSORS_ONLN));
    for (unsigned i = 0; i < THREADS; i++)
        pthread_create(&threads[n++], NULL, storm, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < PAIRS; i++) {
        struct pair *p = &pairs[i];
        *p = (struct pair){.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER, .n = i, .by_semaphore = i % 2};
        sem_init(&p->sem[0], 0, 1);
        sem_init(&p->sem[1], 0, 0);
        pthread_create(&threads[n++], NULL, play_first, p);
        pthread_create(&threads[n++], NULL, play_second, p);
    }
    pthread_create(&threads[n++], NULL, hog, NULL); /* never enters the kernel */

    long before[THREADS + PAIRS] = {0};
    for (int i = 0; i < seconds; i++) {
        sleep(1);
        for (unsigned k = 0; k < THREADS + PAIRS; k++) {
            long now = progress[k];
            if (now == before[k] && k >= THREADS)
                fail("a pair stands still");
            before[k] = now;
        }
    }
    stop = 1;
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    long sum = 0;
    for (unsigned k = 0; k < THREADS + PAIRS; k++) {
        sum += progress[k];
        if (progress[k] == 0)
            fail("a thread never ran");
    }
    printf("ok: %ld steps\n", sum);
    return 0;
}

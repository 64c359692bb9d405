// SPDX-License-Identifier: BSD-3-Clause
// Threads: creation in numbers, memory given back, cancellation, keys, detached threads, errors of clone, signals under load.
#define _GNU_SOURCE
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

static unsigned long free_ram(void)
{
    struct sysinfo s;
    sysinfo(&s);
    return s.freeram;
}

static void *returns(void *arg)
{
    return arg;
}

static void create_and_join(int n)
{
    pthread_t t;
    void *r;
    unsigned long before = 0;

    for (int i = 0; i < n; i++) {
        if (i == n / 10)
            before = free_ram();
        CHECK(pthread_create(&t, NULL, returns, (void *)(uintptr_t)i) == 0);
        CHECK(pthread_join(t, &r) == 0 && (uintptr_t)r == (uintptr_t)i);
    }
    long lost = (long)(before - free_ram());
    if (lost > 256 * 1024)
        printf("# %ld bytes lost\n", lost);
    CHECK(lost <= 256 * 1024);
}

static sem_t go;
static int n_running;

static void *waits(void *arg)
{
    __atomic_add_fetch(&n_running, 1, __ATOMIC_SEQ_CST);
    while (sem_wait(&go) != 0)
        ;
    return NULL;
}

static void many_at_once(int n)
{
    pthread_t *t = calloc((size_t)n, sizeof(*t));
    pthread_attr_t a;
    int made = 0;

    sem_init(&go, 0, 0);
    pthread_attr_init(&a);
    pthread_attr_setstacksize(&a, 16384);
    for (; made < n; made++) {
        int r = pthread_create(&t[made], &a, waits, NULL);
        if (r != 0) {
            printf("# thread %d: %s\n", made, strerror(r));
            break;
        }
    }
    CHECK(made == n);
    while (n_running < made)
        usleep(1000);
    for (int i = 0; i < made; i++)
        sem_post(&go);
    for (int i = 0; i < made; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    free(t);
}

static volatile int cleaned;
static void cleanup(void *arg)
{
    cleaned++;
}

static void *cancelled(void *arg)
{
    pthread_cleanup_push(cleanup, NULL);
    if (arg)
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    for (;;) {
        if (!arg)
            sleep(100);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancellation(void)
{
    pthread_t t;
    void *r;

    for (long async = 0; async < 2; async++) {
        cleaned = 0;
        CHECK(pthread_create(&t, NULL, cancelled, (void *)async) == 0);
        usleep(20000);
        CHECK(pthread_cancel(t) == 0);
        CHECK(pthread_join(t, &r) == 0 && r == PTHREAD_CANCELED && cleaned == 1);
    }
}

static void *detached(void *arg)
{
    pthread_detach(pthread_self());
    sem_post(&go);
    return NULL;
}

static void detached_threads(void)
{
    pthread_t t;
    for (int i = 0; i < 50; i++) {
        CHECK(pthread_create(&t, NULL, detached, NULL) == 0);
        sem_wait(&go);
    }
}

static void *named(void *arg)
{
    char name[16];
    CHECK(prctl(PR_SET_NAME, "a-very-long-name-indeed") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "a-very-long-nam") == 0);
    CHECK(syscall(SYS_gettid) != getpid());
    return NULL;
}

static void identity(void)
{
    pthread_t t;
    CHECK(syscall(SYS_gettid) == getpid());
    pthread_create(&t, NULL, named, NULL);
    pthread_join(t, NULL);
    CHECK(getpgid(0) == getpgrp() && getsid(0) == getpid());
    CHECK_ERRNO(setsid(), EPERM);
    CHECK_ERRNO(getpgid(99999), ESRCH);
    CHECK_ERRNO(setpgid(0, -1), EINVAL);
}

static void errors_of_clone(void)
{
    CHECK_ERRNO(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), EINVAL);
    CHECK_ERRNO(syscall(435, NULL, 10), EINVAL);
    CHECK_ERRNO(syscall(435, (void *)1, 64), EFAULT);
    CHECK_ERRNO(syscall(435, NULL, 5000), E2BIG);
}

static volatile long handled;
static void count_signal(int sig)
{
    __atomic_add_fetch(&handled, 1, __ATOMIC_SEQ_CST);
}

static volatile int storm_over;
static void *spins(void *arg)
{
    unsigned long x = 1;
    while (!storm_over)
        x = x * 2862933555777941757ul + 3037000493ul;
    return (void *)(x | 1);
}

static void signal_storm(void)
{
    pthread_t t[4];
    long sent = 0;

    signal(SIGUSR1, count_signal);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, i < 2 ? spins : waits, NULL);
    for (int i = 0; i < 400; i++) {
        long before = handled;
        CHECK(pthread_kill(t[i % 4], SIGUSR1) == 0);
        sent++;
        for (time_t give_up = time(NULL) + 10; handled == before && time(NULL) < give_up;)
            sched_yield();
    }
    CHECK(handled == sent);
    storm_over = 1;
    sem_post(&go);
    sem_post(&go);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    int n = argc > 1 ? atoi(argv[1]) : 1000, many = argc > 2 ? atoi(argv[2]) : 500;
#define RUN(t) (printf("# " #t "\n"), t)
    RUN(identity());
    RUN(create_and_join(n));
    RUN(many_at_once(many));
    RUN(cancellation());
    RUN(detached_threads());
    RUN(errors_of_clone());
    RUN(signal_storm());
    return finish();
}

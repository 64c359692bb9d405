// SPDX-License-Identifier: BSD-3-Clause
// pthread_cancel at every kind of cancellation point, early, late and in between: no cancel request may get lost.
#define _GNU_SOURCE
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static sem_t never;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static atomic_int cleaned;
static int pipe_fd = -1;

static void on_cleanup(void *arg)
{
    cleaned++;
}

static void wait_sem(void) { sem_wait(&never); }
static void wait_pause(void) { pause(); }
static void wait_sleep(void) { sleep(1000); }
static void wait_poll(void) { poll(NULL, 0, -1); }
static void wait_read(void)
{
    char c;
    (void)!read(pipe_fd, &c, 1);
}
static void wait_cond(void)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push((void (*)(void *))pthread_mutex_unlock, &lock);
    for (;;)
        pthread_cond_wait(&cond, &lock);
    pthread_cleanup_pop(1);
}
static void wait_signal(void)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigwait(&set, &sig);
}
static void spin_async(void)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    for (;;)
        ;
}

static void *run(void *arg)
{
    pthread_cleanup_push(on_cleanup, NULL);
    ((void (*)(void))(uintptr_t)arg)();
    pthread_cleanup_pop(0);
    return NULL;
}

static void delay(long ns)
{
    struct timespec t = {0, ns};
    while (nanosleep(&t, &t))
        ;
}

static void cancel_at(void (*fn)(void), long ns)
{
    pthread_t thread;
    void *result = NULL;
    int before = cleaned;

    CHECK(pthread_create(&thread, NULL, run, (void *)(uintptr_t)fn) == 0);
    if (ns)
        delay(ns);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
    CHECK(cleaned == before + 1);
}

/* A thread that never waits long is cancelled too, wherever it is. */
static void many_short_waits(void)
{
    for (;;)
        delay(1000);
}

static void *masked(void *arg)
{
    int old;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    delay(20000000);
    *(int *)arg = 1; /* was not cancelled while disabled */
    pthread_setcancelstate(old, NULL);
    pthread_testcancel();
    return NULL;
}

static void test_disabled(void)
{
    pthread_t thread;
    void *result;
    int done = 0;

    CHECK(pthread_create(&thread, NULL, masked, &done) == 0);
    delay(1000000);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED && done);
}

int main(void)
{
    static void (*const waits[])(void) = {wait_sem, wait_pause, wait_sleep, wait_poll, wait_cond, wait_signal, many_short_waits,
                                          spin_async, wait_read};
    int fds[2];
    int n = (int)(sizeof waits / sizeof *waits);

    sem_init(&never, 0, 0);
    if (pipe(fds) == 0)
        pipe_fd = fds[0];
    else
        n--; /* no pipes */
    for (int i = 0; i < n; i++) {
        printf("wait %d\n", i);
        fflush(stdout);
        cancel_at(waits[i], 5000000);
        for (int k = 0; k < 20; k++)
            cancel_at(waits[i], k * 10000);
    }
    test_disabled();
    return finish();
}

// SPDX-License-Identifier: BSD-3-Clause
// Three storms, each for some seconds: futexes waited on, woken and requeued; signals; timers. Nothing may be lost or come early.
// usage: storms SECONDS [requeue|signals|timers]
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_PRIVATE = 128, WAKE_PRIVATE = 129, CMP_REQUEUE_PRIVATE = 132, WAITERS = 12, PATIENCE_S = 60 };

static atomic_long steps; /* of the storm that runs: the watchdog looks at it */
static atomic_int stop;
static const char *storm = "none";

static void fail(const char *what, long a, long b)
{
    printf("not ok: %s: %s (%ld, %ld) after %ld steps\n", storm, what, a, b, (long)steps);
    _exit(1);
}

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* A lost wake-up shows as a storm that stands still: however slow the machine, not for a minute. */
static void *watchdog(void *arg)
{
    for (long last = -1;; last = steps) {
        for (int i = 0; i < PATIENCE_S && steps == last; i++)
            sleep(1);
        if (steps == last)
            fail("nothing moves any more: a wake-up was lost", last, 0);
        sleep(1);
    }
    return arg;
}

static long futex(atomic_uint *word, int op, unsigned value, uintptr_t value2, atomic_uint *word2, unsigned value3)
{
    return syscall(SYS_futex, word, op, value, value2, word2, value3);
}

/*
 * Rounds. Waiters wait for the next round on one word; the leader wakes one of them and moves the rest to a second word, where each
 * that leaves wakes the next. All have to arrive before the leader goes on.
 */
static atomic_uint round_word, chain_word, arrived;

static void *requeue_waiter(void *arg)
{
    for (unsigned round = 0;;) {
        while (atomic_load(&round_word) == round)
            futex(&round_word, WAIT_PRIVATE, round, 0, NULL, 0);
        round = atomic_load(&round_word);
        futex(&chain_word, WAKE_PRIVATE, 1, 0, NULL, 0);
        atomic_fetch_add(&arrived, 1);
        futex(&arrived, WAKE_PRIVATE, 1, 0, NULL, 0);
        if (round == UINT32_MAX)
            return arg;
    }
}

static void requeue_round(unsigned next, unsigned spin)
{
    unsigned seen;

    atomic_store(&arrived, 0);
    for (volatile unsigned i = 0; i < spin; i++)
        ;
    atomic_store(&round_word, next);
    if (futex(&round_word, CMP_REQUEUE_PRIVATE, 1, WAITERS, &chain_word, next) < 0)
        fail("FUTEX_CMP_REQUEUE", errno, 0);
    if (futex(&round_word, CMP_REQUEUE_PRIVATE, 1, WAITERS, &chain_word, next + 1) != -1 || errno != EAGAIN)
        fail("FUTEX_CMP_REQUEUE with another value", errno, 0);
    while ((seen = atomic_load(&arrived)) != WAITERS) {
        futex(&chain_word, WAKE_PRIVATE, 1, 0, NULL, 0); /* the chain breaks if a waiter saw the new round by itself */
        futex(&arrived, WAIT_PRIVATE, seen, 0, NULL, 0);
    }
}

static void requeue_storm(long long until)
{
    pthread_t threads[WAITERS];
    unsigned round = 0;

    for (int i = 0; i < WAITERS; i++)
        if (pthread_create(&threads[i], NULL, requeue_waiter, NULL) != 0)
            fail("pthread_create", i, 0);
    while (now() < until) {
        round++;
        requeue_round(round, round * 2654435761u % 3000);
        steps++;
    }
    requeue_round(UINT32_MAX, 0);
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
}

enum { SIGNALLED = 6 };
static pthread_t victims[SIGNALLED];
static atomic_int victim_tids[SIGNALLED];
static atomic_long sent, handled, waited, interrupted;
static atomic_int victims_left;

static void count(int signo, siginfo_t *info, void *context)
{
    int saved = errno;

    if (info->si_code != SI_QUEUE || info->si_value.sival_int != signo * 3)
        fail("siginfo", info->si_code, info->si_value.sival_int);
    handled++;
    errno = saved;
}

static void nothing(int signo)
{
    interrupted++;
}

/* Queued real-time signals are counted: each that was sent arrives, by handler or by sigtimedwait. */
static void *signal_victim(void *arg)
{
    sigset_t set, one;
    struct timespec brief = {.tv_nsec = 200000}, none = {0};
    siginfo_t info;
    unsigned n = (unsigned)(uintptr_t)arg;

    victim_tids[n] = (int)syscall(SYS_gettid);
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN + 1);
    while (!stop) {
        switch (n++ % 4) {
        case 0:
            nanosleep(&brief, NULL);
            break;
        case 1:
            sched_yield();
            break;
        case 2:
            pthread_sigmask(SIG_BLOCK, &one, &set);
            if (sigtimedwait(&one, &info, &brief) > 0)
                waited++;
            pthread_sigmask(SIG_SETMASK, &set, NULL);
            break;
        default:
            for (volatile int i = 0; i < 2000; i++)
                ;
        }
        steps++;
    }
    victims_left--;
    while (victims_left > 0) /* others may still send to us */
        nanosleep(&brief, NULL);
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    while (sigtimedwait(&one, &info, &none) > 0)
        waited++;
    return arg;
}

static void signal_storm(long long until)
{
    struct sigaction counting = {.sa_sigaction = count, .sa_flags = SA_SIGINFO | SA_RESTART}, plain = {.sa_handler = nothing};

    sigaction(SIGRTMIN, &counting, NULL);
    sigaction(SIGRTMIN + 1, &counting, NULL);
    sigaction(SIGUSR1, &plain, NULL);
    victims_left = SIGNALLED;
    stop = 0;
    for (int i = 0; i < SIGNALLED; i++)
        if (pthread_create(&victims[i], NULL, signal_victim, (void *)(uintptr_t)i) != 0)
            fail("pthread_create", i, 0);
    for (int i = 0; i < SIGNALLED; i++)
        while (victim_tids[i] == 0)
            sched_yield();
    for (unsigned i = 0; now() < until; i++) {
        unsigned target = i * 7 % SIGNALLED;
        int signo = SIGRTMIN + (int)(i % 2);
        siginfo_t info = {.si_signo = signo, .si_code = SI_QUEUE};
        if (i % 5 == 0)
            pthread_kill(victims[target], SIGUSR1);
        info.si_value.sival_int = signo * 3;
        if (syscall(SYS_rt_tgsigqueueinfo, getpid(), victim_tids[target], signo, &info) == 0)
            sent++;
        else if (errno != EAGAIN)
            fail("rt_tgsigqueueinfo", errno, 0);
        if (i % 64 == 0)
            sched_yield();
    }
    stop = 1;
    for (int i = 0; i < SIGNALLED; i++)
        pthread_join(victims[i], NULL);
    if (sent != handled + waited)
        fail("queued signals sent and received", sent, handled + waited);
}

static atomic_long alarms;

static void count_alarm(int signo, siginfo_t *info, void *context)
{
    alarms += 1 + info->si_overrun;
}

static void *sleeper(void *arg)
{
    uint64_t s = (uintptr_t)arg * 7919 + 1;
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t c;
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c, &attr);
    while (!stop) {
        s = s * 6364136223846793005ull + 1442695040888963407ull;
        long long ns = (long long)(s >> 33) % 2000000, start = now(), at = start + ns;
        struct timespec until = {at / 1000000000, at % 1000000000};
        if (s >> 40 & 1) {
            int r;
            while ((r = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)) == EINTR)
                ;
            if (r != 0)
                fail("clock_nanosleep", r, 0);
        } else {
            pthread_mutex_lock(&m);
            for (int r = 0; r != ETIMEDOUT;) {
                r = pthread_cond_timedwait(&c, &m, &until);
                if (r != 0 && r != ETIMEDOUT)
                    fail("pthread_cond_timedwait", r, 0);
            }
            pthread_mutex_unlock(&m);
        }
        if (now() < at)
            fail("woke up early, ns", (long)(at - now()), (long)ns);
        steps++;
    }
    return arg;
}

static void timer_storm(long long until)
{
    enum { SLEEPERS = 10, TIMERS = 6 };
    pthread_t threads[SLEEPERS];
    timer_t timers[TIMERS];
    struct sigaction action = {.sa_sigaction = count_alarm, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2};
    uint64_t ticks = 0, more;
    long long start = now();

    sigaction(SIGRTMIN + 2, &action, NULL);
    stop = 0;
    for (int i = 0; i < SLEEPERS; i++)
        if (pthread_create(&threads[i], NULL, sleeper, (void *)(uintptr_t)i) != 0)
            fail("pthread_create", i, 0);
    for (int i = 0; i < TIMERS; i++) {
        struct itimerspec period = {.it_value.tv_nsec = 1000000 + i * 130000, .it_interval.tv_nsec = 1000000 + i * 130000};
        if (timer_create(CLOCK_MONOTONIC, &event, &timers[i]) != 0 || timer_settime(timers[i], 0, &period, NULL) != 0)
            fail("timer_create", errno, i);
    }
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec period = {.it_value.tv_nsec = 700000, .it_interval.tv_nsec = 700000};
    timerfd_settime(fd, 0, &period, NULL);
    while (now() < until) {
        if (read(fd, &more, sizeof(more)) != sizeof(more) || more == 0)
            fail("timerfd", errno, (long)more);
        ticks += more;
        steps++;
    }
    long long most = (now() - start) / 700000 + 1;
    if ((long long)ticks > most) /* a timer may be late, but never counts more than time has passed */
        fail("ticks of the timerfd", (long)ticks, (long)most);
    for (int i = 0; i < TIMERS; i++)
        timer_delete(timers[i]);
    stop = 1;
    for (int i = 0; i < SLEEPERS; i++)
        pthread_join(threads[i], NULL);
    if (alarms == 0)
        fail("no timer ever fired", 0, 0);
    close(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(long long until);
    } storms[] = {{"requeue", requeue_storm}, {"signals", signal_storm}, {"timers", timer_storm}};
    int seconds = argc > 1 ? atoi(argv[1]) : 2;
    pthread_t dog;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (pthread_create(&dog, NULL, watchdog, NULL) != 0)
        fail("pthread_create", 0, 0);
    for (unsigned i = 0; i < sizeof(storms) / sizeof(storms[0]); i++) {
        if (argc > 2 && strcmp(argv[2], storms[i].name) != 0)
            continue;
        storm = storms[i].name;
        steps = 0;
        storms[i].run(now() + seconds * 1000000000ll);
        printf("%s: %ld steps\n", storm, (long)steps);
    }
    printf("signals: %ld queued, %ld by handler, %ld by sigtimedwait, %ld plain; %ld timer periods\n", (long)sent, (long)handled, (long)waited,
           (long)interrupted, (long)alarms);
    return 0;
}

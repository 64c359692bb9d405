// SPDX-License-Identifier: BSD-3-Clause
// POSIX timers and interval timers: expiry, overruns, CPU clocks, errors.
#define _GNU_SOURCE
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static sigset_t rt;
#define SIG SIGRTMIN

static timer_t make(clockid_t clock, int value)
{
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIG, .sigev_value.sival_int = value};
    timer_t t;
    CHECK(timer_create(clock, &e, &t) == 0);
    return t;
}

static void one_shot(clockid_t clock)
{
    timer_t t = make(clock, 5);
    struct itimerspec its = {{0, 0}, {0, 20000000}}, old;
    siginfo_t info;
    int64_t before = now_ns(CLOCK_MONOTONIC);

    CHECK(timer_settime(t, 0, &its, NULL) == 0);
    CHECK(timer_gettime(t, &old) == 0 && old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 20000000);
    CHECK(sigtimedwait(&rt, &info, &(struct timespec){2, 0}) == SIG);
    CHECK(info.si_code == SI_TIMER && info.si_value.sival_int == 5 && info.si_overrun == 0);
    CHECK(now_ns(CLOCK_MONOTONIC) - before >= 20000000);
    CHECK(timer_gettime(t, &old) == 0 && old.it_value.tv_nsec == 0);
    CHECK(timer_delete(t) == 0);
}

static void absolute(clockid_t clock)
{
    timer_t t = make(clock, 6);
    int64_t when = now_ns(clock) + 30000000;
    struct itimerspec its = {{0, 0}, {when / 1000000000, when % 1000000000}};
    siginfo_t info;

    CHECK(timer_settime(t, TIMER_ABSTIME, &its, NULL) == 0);
    CHECK(sigtimedwait(&rt, &info, &(struct timespec){2, 0}) == SIG);
    CHECK(now_ns(clock) >= when);
    its.it_value.tv_sec = 1; /* long past: at once */
    its.it_value.tv_nsec = 0;
    CHECK(timer_settime(t, TIMER_ABSTIME, &its, NULL) == 0);
    CHECK(sigtimedwait(&rt, &info, &(struct timespec){2, 0}) == SIG);
    timer_delete(t);
}

static void overruns(void)
{
    timer_t t = make(CLOCK_MONOTONIC, 7);
    struct itimerspec its = {{0, 5000000}, {0, 5000000}}, old;
    siginfo_t info;

    int64_t start = now_ns(CLOCK_MONOTONIC);
    CHECK(timer_settime(t, 0, &its, NULL) == 0);
    usleep(102000);
    CHECK(sigtimedwait(&rt, &info, &(struct timespec){1, 0}) == SIG);
    CHECK(info.si_overrun >= 18 && info.si_overrun <= (now_ns(CLOCK_MONOTONIC) - start) / 5000000);
    CHECK(timer_getoverrun(t) == info.si_overrun);
    for (int i = 0; i < 5; i++)
        CHECK(sigtimedwait(&rt, &info, &(struct timespec){1, 0}) == SIG);
    CHECK(timer_gettime(t, &old) == 0 && old.it_interval.tv_nsec == 5000000);
    timer_delete(t);
    CHECK_ERRNO(sigtimedwait(&rt, &info, &(struct timespec){0, 20000000}), EAGAIN);
}

static volatile uint64_t sink;
static void burn(void)
{
    for (int i = 0; i < 100000; i++)
        sink += (uint64_t)i * i;
}

static void cpu_timers(clockid_t clock)
{
    timer_t t = make(clock, 8);
    struct itimerspec its = {{0, 0}, {0, 50000000}};
    siginfo_t info;

    CHECK(timer_settime(t, 0, &its, NULL) == 0);
    int64_t start = now_ns(clock);
    CHECK_ERRNO(sigtimedwait(&rt, &info, &(struct timespec){0, 100000000}), EAGAIN); /* asleep: no CPU time passes */
    while (now_ns(clock) - start < 60000000)
        burn();
    CHECK(sigtimedwait(&rt, &info, &(struct timespec){1, 0}) == SIG);
    timer_delete(t);
}

static volatile int ticks[3];
static void on_tick(int sig)
{
    ticks[sig == SIGALRM ? 0 : sig == SIGVTALRM ? 1 : 2]++;
}

static void interval_timers(void)
{
    struct itimerval it = {{0, 10000}, {0, 10000}}, off = {{0, 0}, {0, 0}}, old;
    int sigs[] = {SIGALRM, SIGVTALRM, SIGPROF};

    for (int w = 0; w < 3; w++) {
        signal(sigs[w], on_tick);
        CHECK(setitimer(w, &it, NULL) == 0);
    }
    int64_t start = now_ns(CLOCK_MONOTONIC);
    while (now_ns(CLOCK_MONOTONIC) < start + 300000000 || ticks[0] < 5 || ticks[1] < 5 || ticks[2] < 5)
        burn();
    for (int w = 0; w < 3; w++) {
        CHECK(getitimer(w, &old) == 0 && old.it_interval.tv_usec == 10000);
        CHECK(setitimer(w, &off, &old) == 0);
        CHECK(ticks[w] >= 5 && ticks[w] <= (now_ns(CLOCK_MONOTONIC) - start) / 10000000 + 1);
        CHECK(getitimer(w, &old) == 0 && old.it_value.tv_usec == 0 && old.it_value.tv_sec == 0);
    }
    CHECK_ERRNO(setitimer(3, &off, NULL), EINVAL);
    off.it_value.tv_usec = 1000000;
    CHECK_ERRNO(setitimer(0, &off, NULL), EINVAL);
    CHECK(alarm(10) == 0);
    CHECK(alarm(0) == 10);
}

static volatile int notified;
static void by_thread(union sigval v)
{
    notified = v.sival_int;
}

static void thread_notification(void)
{
    struct sigevent e = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = by_thread, .sigev_value.sival_int = 99};
    struct itimerspec its = {{0, 0}, {0, 1000000}};
    timer_t t;

    CHECK(timer_create(CLOCK_MONOTONIC, &e, &t) == 0);
    CHECK(timer_settime(t, 0, &its, NULL) == 0);
    for (int i = 0; i < 500 && !notified; i++)
        usleep(1000);
    CHECK(notified == 99);
    CHECK(timer_delete(t) == 0);
}

static void wrong_arguments(void)
{
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 65};
    struct itimerspec its = {{0, 0}, {0, 1000000000}};
    timer_t t;
    int id;

    CHECK_ERRNO(timer_create(CLOCK_MONOTONIC, &e, &t), EINVAL);
    e.sigev_signo = SIG;
    CHECK_ERRNO(timer_create(77, &e, &t), EINVAL);
    e.sigev_notify = 77;
    CHECK_ERRNO(timer_create(CLOCK_MONOTONIC, &e, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, (void *)1), EFAULT);
    CHECK_ERRNO(syscall(SYS_timer_create, CLOCK_MONOTONIC, (void *)1, &id), EFAULT);
    CHECK_ERRNO(syscall(SYS_timer_delete, 12345), EINVAL);
    CHECK_ERRNO(syscall(SYS_timer_gettime, 12345, &its), EINVAL);
    CHECK_ERRNO(syscall(SYS_timer_getoverrun, 12345), EINVAL);
    t = make(CLOCK_REALTIME, 1);
    CHECK_ERRNO(timer_settime(t, 0, &its, NULL), EINVAL);
    its.it_value.tv_nsec = -1;
    CHECK_ERRNO(timer_settime(t, 0, &its, NULL), EINVAL);
    timer_delete(t);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    sigemptyset(&rt);
    sigaddset(&rt, SIG);
    sigprocmask(SIG_BLOCK, &rt, NULL);
#define RUN(t) (printf("# " #t "\n"), t)
    RUN(one_shot(CLOCK_MONOTONIC));
    RUN(one_shot(CLOCK_REALTIME));
    RUN(one_shot(CLOCK_BOOTTIME));
    RUN(absolute(CLOCK_MONOTONIC));
    RUN(absolute(CLOCK_REALTIME));
    RUN(overruns());
    RUN(cpu_timers(CLOCK_PROCESS_CPUTIME_ID));
    RUN(cpu_timers(CLOCK_THREAD_CPUTIME_ID));
    RUN(interval_timers());
    RUN(wrong_arguments());
    RUN(thread_notification());
    return finish();
}

// SPDX-License-Identifier: BSD-3-Clause
// System calls of scheduling and time: results and errors as on Linux.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static void *const bad = (void *)8;
static const pid_t nobody = 4000000;

static long long ns_of(struct timespec t)
{
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long long now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return ns_of(t);
}

static void clocks(void)
{
    struct timespec t;
    static const clockid_t all[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW,
        CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI};

    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        CHECK(clock_gettime(all[i], &t) == 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
        CHECK(clock_getres(all[i], &t) == 0 && t.tv_sec == 0 && t.tv_nsec >= 1);
        CHECK(syscall(SYS_clock_getres, all[i], NULL) == 0);
        CHECK_ERRNO(syscall(SYS_clock_gettime, all[i], bad), EFAULT);
    }
    CHECK_ERRNO(syscall(SYS_clock_gettime, 10, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_gettime, 12, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_gettime, 1000, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_getres, 16, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_gettime, (~nobody) * 8 + 2, &t), EINVAL);
    CHECK(now(CLOCK_REALTIME) > 1600000000ll * 1000000000);
    CHECK(llabs(time(NULL) - now(CLOCK_REALTIME) / 1000000000) <= 1);
    CHECK_ERRNO(syscall(SYS_gettimeofday, bad, NULL), EFAULT);
    CHECK_ERRNO(syscall(SYS_time, bad), EFAULT);
}

static void setting(void)
{
    struct timespec t = {.tv_sec = 2000000000, .tv_nsec = 0}, invalid = {.tv_sec = 1, .tv_nsec = 1000000000};
    struct timeval tv = {.tv_sec = 1, .tv_usec = 1000001};
    long long offset = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);

    CHECK_ERRNO(clock_settime(CLOCK_MONOTONIC, &t), EINVAL);
    CHECK_ERRNO(clock_settime(CLOCK_BOOTTIME, &t), EINVAL);
    CHECK_ERRNO(clock_settime(1000, &t), EINVAL);
    CHECK_ERRNO(clock_settime(CLOCK_REALTIME, &invalid), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_settime, CLOCK_REALTIME, bad), EFAULT);
    CHECK_ERRNO(syscall(SYS_settimeofday, &tv, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_settimeofday, bad, NULL), EFAULT);
    CHECK(clock_settime(CLOCK_REALTIME, &t) == 0);
    CHECK(time(NULL) - 2000000000 <= 1);
    offset += now(CLOCK_MONOTONIC);
    t.tv_sec = offset / 1000000000;
    t.tv_nsec = offset % 1000000000;
    CHECK(clock_settime(CLOCK_REALTIME, &t) == 0);
}

static volatile int alarms;
static void on_alarm(int signo)
{
    alarms++;
}

static void alarm_in_ms(long ms)
{
    struct itimerval it = {.it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}};
    setitimer(ITIMER_REAL, &it, NULL);
}

static void sleeping(void)
{
    struct timespec t = {.tv_nsec = 20000000}, invalid = {.tv_nsec = -1}, left = {.tv_sec = -1};
    long long start = now(CLOCK_MONOTONIC);

    CHECK(nanosleep(&t, NULL) == 0);
    CHECK(now(CLOCK_MONOTONIC) - start >= 20000000);
    CHECK_ERRNO(nanosleep(&invalid, NULL), EINVAL);
    invalid = (struct timespec){.tv_nsec = 1000000000};
    CHECK_ERRNO(nanosleep(&invalid, NULL), EINVAL);
    invalid = (struct timespec){.tv_sec = -1};
    CHECK_ERRNO(nanosleep(&invalid, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_nanosleep, bad, NULL), EFAULT);

    signal(SIGALRM, on_alarm);
    alarm_in_ms(30);
    t = (struct timespec){.tv_sec = 10};
    CHECK_ERRNO(nanosleep(&t, &left), EINTR);
    CHECK(alarms == 1 && left.tv_sec == 9);

    CHECK(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL) == EINVAL);
    CHECK(clock_nanosleep(1000, 0, &t, NULL) == EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &t, NULL), EOPNOTSUPP);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &invalid, NULL) == EINVAL);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec -= 5;
    CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == 0);
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 15000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == 0 && now(CLOCK_MONOTONIC) >= ns_of(t));
    alarm_in_ms(20);
    t.tv_sec += 100;
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left) == EINTR);
    CHECK(alarms == 2);
}

static void *set_the_clock(void *arg)
{
    struct timespec t;

    usleep(50000);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 1000;
    clock_settime(CLOCK_REALTIME, &t);
    return arg;
}

static void sleeping_while_the_clock_is_set(void)
{
    pthread_t thread;
    struct timespec t;

    pthread_create(&thread, NULL, set_the_clock, NULL);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 500;
    CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == 0); /* 500 s pass in 50 ms */
    pthread_join(thread, NULL);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec -= 1000;
    clock_settime(CLOCK_REALTIME, &t);
}

static void policies(void)
{
    struct sched_param p = {.sched_priority = 5}, zero = {0};
    struct timespec t;

    CHECK(sched_getscheduler(0) == SCHED_OTHER && sched_getscheduler(getpid()) == SCHED_OTHER);
    CHECK(sched_setscheduler(0, SCHED_FIFO, &p) == 0 && sched_getscheduler(0) == SCHED_FIFO);
    p.sched_priority = 0;
    CHECK(sched_getparam(0, &p) == 0 && p.sched_priority == 5);
    CHECK(sched_rr_get_interval(0, &t) == 0 && t.tv_sec == 0 && t.tv_nsec == 0);
    CHECK(sched_setscheduler(0, SCHED_RR, &p) == 0);
    CHECK(sched_rr_get_interval(0, &t) == 0 && t.tv_nsec == 100000000);
    CHECK(sched_setscheduler(0, SCHED_OTHER, &zero) == 0);
    CHECK_ERRNO(sched_setscheduler(0, SCHED_OTHER, &p), EINVAL);
    CHECK_ERRNO(sched_setscheduler(0, SCHED_FIFO, &zero), EINVAL);
    CHECK_ERRNO(sched_setscheduler(0, 4, &zero), EINVAL);
    CHECK_ERRNO(sched_setscheduler(0, -1, &zero), EINVAL);
    CHECK_ERRNO(sched_setscheduler(0, SCHED_FIFO, NULL), EINVAL);
    CHECK_ERRNO(sched_setscheduler(0, SCHED_FIFO, bad), EFAULT);
    CHECK_ERRNO(sched_setscheduler(nobody, SCHED_OTHER, &zero), ESRCH);
    CHECK_ERRNO(sched_setscheduler(-1, SCHED_OTHER, &zero), EINVAL);
    CHECK_ERRNO(sched_getscheduler(nobody), ESRCH);
    CHECK_ERRNO(sched_getscheduler(-1), EINVAL);
    CHECK_ERRNO(sched_getparam(0, NULL), EINVAL);
    CHECK_ERRNO(sched_getparam(nobody, &p), ESRCH);
    CHECK_ERRNO(sched_rr_get_interval(-1, &t), EINVAL);
    CHECK_ERRNO(sched_rr_get_interval(nobody, &t), ESRCH);
    CHECK_ERRNO(syscall(SYS_sched_rr_get_interval, 0, bad), EFAULT);
    CHECK(sched_get_priority_max(SCHED_FIFO) == 99 && sched_get_priority_min(SCHED_RR) == 1 && sched_get_priority_max(SCHED_OTHER) == 0);
    CHECK_ERRNO(sched_get_priority_max(17), EINVAL);
    CHECK_ERRNO(sched_get_priority_min(-1), EINVAL);
}

static void affinity(void)
{
    cpu_set_t set, none;

    CPU_ZERO(&none);
    CHECK(sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN));
    CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
    CHECK_ERRNO(sched_setaffinity(0, sizeof(none), &none), EINVAL);
    CHECK_ERRNO(sched_setaffinity(0, sizeof(set), bad), EFAULT);
    CHECK_ERRNO(sched_setaffinity(nobody, sizeof(set), &set), ESRCH);
    CHECK_ERRNO(syscall(SYS_sched_getaffinity, 0, 4, &set), EINVAL);
    CHECK_ERRNO(syscall(SYS_sched_getaffinity, 0, 0, &set), EINVAL);
    CHECK_ERRNO(syscall(SYS_sched_getaffinity, 0, 128, bad), EFAULT);
    CHECK_ERRNO(sched_getaffinity(nobody, sizeof(set), &set), ESRCH);
    CHECK(sched_getcpu() >= 0);
    CHECK_ERRNO(syscall(SYS_getcpu, bad, NULL, NULL), EFAULT);
}

static void priorities(void)
{
    CHECK(getpriority(PRIO_PROCESS, 0) == 0);
    CHECK(setpriority(PRIO_PROCESS, 0, 5) == 0 && getpriority(PRIO_PROCESS, 0) == 5);
    CHECK(setpriority(PRIO_PROCESS, 0, 100) == 0 && getpriority(PRIO_PROCESS, 0) == 19);
    CHECK(setpriority(PRIO_USER, 0, 3) == 0 && getpriority(PRIO_PGRP, 0) == 3);
    CHECK(setpriority(PRIO_PROCESS, 0, 0) == 0);
    errno = 0;
    CHECK(nice(3) == 3 && nice(-3) == 0);
    CHECK_ERRNO(setpriority(7, 0, 0), EINVAL);
    CHECK_ERRNO(setpriority(PRIO_PROCESS, nobody, 0), ESRCH);
    CHECK_ERRNO(getpriority(-1, 0), EINVAL);
    CHECK_ERRNO(getpriority(PRIO_PROCESS, nobody), ESRCH);
}

static long long us_of(struct timeval t)
{
    return t.tv_sec * 1000000ll + t.tv_usec;
}

/* Use @ns of CPU time in the application, or in the kernel. */
static void use(long long ns, int in_kernel)
{
    static char buffer[1 << 20];
    int fd = open("/dev/zero", O_RDONLY);
    long long end = now(CLOCK_PROCESS_CPUTIME_ID) + ns;

    while (now(CLOCK_PROCESS_CPUTIME_ID) < end) {
        if (in_kernel)
            CHECK(read(fd, buffer, sizeof(buffer)) == sizeof(buffer));
        else
            for (volatile int i = 0; i < 20000; i++)
                ;
    }
    close(fd);
}

/* Whether most of the CPU time of some work is counted as that kind. Time is sampled, so right on average only: tried some times. */
static int most_is_counted(int in_kernel)
{
    struct rusage a, b;

    for (int round = 0; round < 10; round++) {
        CHECK(getrusage(RUSAGE_SELF, &a) == 0);
        use(100000000, in_kernel);
        CHECK(getrusage(RUSAGE_SELF, &b) == 0);
        long long user = us_of(b.ru_utime) - us_of(a.ru_utime), system = us_of(b.ru_stime) - us_of(a.ru_stime);
        if (in_kernel ? system > user : user > system)
            return 1;
    }
    return 0;
}

static void time_parts(void)
{
    struct tms t;

    CHECK(most_is_counted(0));
    CHECK(most_is_counted(1));
    CHECK(times(&t) != (clock_t)-1 && t.tms_stime > 0 && t.tms_cutime == 0 && t.tms_cstime == 0);
}

static void usage(void)
{
    struct rusage r;
    struct tms t;
    long long start = now(CLOCK_PROCESS_CPUTIME_ID);

    while (now(CLOCK_PROCESS_CPUTIME_ID) - start < 30000000)
        ;
    CHECK(getrusage(RUSAGE_SELF, &r) == 0 && r.ru_utime.tv_sec * 1000000 + r.ru_utime.tv_usec >= 30000);
    CHECK(getrusage(RUSAGE_THREAD, &r) == 0 && getrusage(RUSAGE_CHILDREN, &r) == 0 && r.ru_utime.tv_sec == 0 && r.ru_utime.tv_usec == 0);
    time_parts();
    CHECK_ERRNO(getrusage(5, &r), EINVAL);
    CHECK_ERRNO(syscall(SYS_getrusage, RUSAGE_SELF, bad), EFAULT);
    CHECK(times(&t) != (clock_t)-1 && t.tms_utime >= 3);
    CHECK_ERRNO(syscall(SYS_times, bad), EFAULT);
}

int main(void)
{
    clocks();
    setting();
    sleeping();
    sleeping_while_the_clock_is_set();
    policies();
    affinity();
    priorities();
    usage();
    return finish();
}

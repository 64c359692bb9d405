// SPDX-License-Identifier: BSD-3-Clause
// nanosleep, clock_nanosleep.
#include "abi/capability.h"
#include "abi/restart.h"
#include "abi/time.h"
#include "arch/uaccess.h"
#include "clock_id.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/sched.h"
#include "sched/thread.h"
#include "sched/time.h"
#include "sched/wait.h"
#include <errno.h>

int timespec_in(const struct timespec *user, nsec_t *out)
{
    int64_t ts[2];

    if (copy_in(ts, user, sizeof(ts)) != 0)
        return -EFAULT;
    if (ts[0] < 0 || ts[1] < 0 || ts[1] >= NSEC_PER_SEC)
        return -EINVAL;
    *out = ts[0] >= INT64_MAX / NSEC_PER_SEC ? NSEC_FOREVER - 1 : ts[0] * NSEC_PER_SEC + ts[1];
    return 0;
}

static nsec_t add_saturated(nsec_t a, nsec_t b)
{
    return b > NSEC_FOREVER - 1 - a ? NSEC_FOREVER - 1 : a + b;
}

static int put_remaining(struct timespec *user, nsec_t ns)
{
    const int64_t ts[2] = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};

    return copy_out(user, ts, sizeof(ts));
}

/* An interrupted relative sleep: tell what is left, and be ready to go on to the same deadline. */
static long interrupted(long (*again)(struct restart_block *), clockid_t clock, nsec_t deadline_ns, nsec_t left_ns, struct timespec *remain)
{
    if (left_ns <= 0)
        return 0;
    if (remain != NULL && put_remaining(remain, left_ns) != 0)
        return -EFAULT;
    process_thread_current()->restart =
        (struct restart_block){again, {(uint64_t)deadline_ns, (uintptr_t)remain, (uint64_t)(int64_t)clock}};
    return -ERESTART_RESTARTBLOCK;
}

static long sleep_monotonic(nsec_t deadline_ns, struct timespec *remain);

static long restart_monotonic(struct restart_block *r)
{
    return sleep_monotonic((nsec_t)r->args[0], (struct timespec *)r->args[1]);
}

static long sleep_monotonic(nsec_t deadline_ns, struct timespec *remain)
{
    if (sleep_until(deadline_ns, true) == 0)
        return 0;
    return interrupted(restart_monotonic, CLOCK_MONOTONIC, deadline_ns, deadline_ns - clock_monotonic_ns(), remain);
}

long sys_nanosleep(const struct timespec *request, struct timespec *remain)
{
    nsec_t ns;
    int r = timespec_in(request, &ns);

    if (r != 0)
        return r;
    return sleep_monotonic(add_saturated(clock_monotonic_ns(), ns), remain);
}

struct set_watch {
    struct clock_set_listener listener;
    struct thread *thread;
    bool set;
};

static void clock_was_set(struct clock_set_listener *l)
{
    struct set_watch *w = container_of(l, struct set_watch, listener);

    __atomic_store_n(&w->set, true, __ATOMIC_SEQ_CST);
    wait_wake_thread(w->thread);
}

/* Absolute on the wall clock: the deadline moves when the clock is set. */
static long sleep_realtime(nsec_t wall_ns, nsec_t tai_ns)
{
    struct set_watch watch = {.listener = {.fn = clock_was_set}, .thread = thread_current()};
    int r = 0;

    clock_set_listener_add(&watch.listener);
    while (r == 0) {
        __atomic_store_n(&watch.set, false, __ATOMIC_SEQ_CST);
        wait_prepare(true);
        nsec_t deadline = wall_ns - tai_ns - clock_realtime_offset_ns();
        r = wait_commit(deadline < 0 ? 0 : deadline);
        if (r == -ETIMEDOUT && __atomic_load_n(&watch.set, __ATOMIC_SEQ_CST))
            r = 0;
    }
    clock_set_listener_remove(&watch.listener);
    return r == -ETIMEDOUT ? 0 : -ERESTARTNOHAND;
}

static nsec_t own_cpu_ns(clockid_t clock)
{
    nsec_t ns = 0;

    return cpu_clock_read_ns(clock, &ns) == 0 ? ns : NSEC_FOREVER;
}

/* CPU time passes at most as fast as the CPUs together: sleep that long, look again. */
static long sleep_cpu(clockid_t clock, nsec_t target_ns, bool absolute, struct timespec *remain);

static long restart_cpu(struct restart_block *r)
{
    return sleep_cpu((clockid_t)(int64_t)r->args[2], (nsec_t)r->args[0], false, (struct timespec *)r->args[1]);
}

static long sleep_cpu(clockid_t clock, nsec_t target_ns, bool absolute, struct timespec *remain)
{
    for (;;) {
        nsec_t used = own_cpu_ns(clock);
        if (used >= target_ns)
            return 0;
        nsec_t at_least = (target_ns - used) / (nsec_t)sched_cpu_count();
        if (at_least < NSEC_PER_MSEC)
            at_least = NSEC_PER_MSEC;
        if (sleep_until(add_saturated(clock_monotonic_ns(), at_least), true) == 0)
            continue;
        return absolute ? -ERESTARTNOHAND : interrupted(restart_cpu, clock, target_ns, target_ns - own_cpu_ns(clock), remain);
    }
}

/* 0: can be slept on; else the error. */
static int check_clock(clockid_t clock)
{
    nsec_t unused;

    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_TAI:
    case CLOCK_PROCESS_CPUTIME_ID:
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_BOOTTIME_ALARM:
        return -EOPNOTSUPP;
    default:
        return cpu_clock_read_ns(clock, &unused);
    }
}

static bool is_own_thread_clock(clockid_t clock)
{
    if (clock >= 0 || !(clock & CPUCLOCK_PERTHREAD_MASK))
        return false;
    int tid = ~(clock >> 3);
    return tid == 0 || tid == (int)thread_current()->tid;
}

static long sleep_absolute(clockid_t clock, nsec_t ns)
{
    if (clock == CLOCK_REALTIME)
        return sleep_realtime(ns, 0);
    if (clock == CLOCK_TAI)
        return sleep_realtime(ns, clock_tai_offset_s() * NSEC_PER_SEC);
    if (clock == CLOCK_BOOTTIME)
        ns -= clock_boottime_ns() - clock_monotonic_ns();
    return sleep_until(ns < 0 ? 0 : ns, true) == 0 ? 0 : -ERESTARTNOHAND;
}

long sys_clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain)
{
    bool absolute = flags & TIMER_ABSTIME;
    nsec_t ns;
    int r = check_clock(clock);

    if (r != 0)
        return r;
    r = timespec_in(request, &ns);
    if (r != 0)
        return r;
    if (is_own_thread_clock(clock)) /* a sleeper does not use CPU time */
        return -EINVAL;
    if (clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID)
        return sleep_cpu(clock, absolute ? ns : add_saturated(own_cpu_ns(clock), ns), absolute, remain);
    if (absolute)
        return sleep_absolute(clock, ns);
    return sleep_monotonic(add_saturated(clock_monotonic_ns(), ns), remain);
}

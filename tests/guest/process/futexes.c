// SPDX-License-Identifier: BSD-3-Clause
// Futexes: waits, bit sets, requeues, WAKE_OP, waitv, priority inheritance, robust lists, errors.
#define _GNU_SOURCE
#include "../check.h"
#include "abi/futex.h"
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static long futex(void *word, int op, uint32_t val, const void *timeout, void *word2, uint32_t val3)
{
    return syscall(SYS_futex, word, op, val, timeout, word2, val3);
}

static uint32_t word, word2, cond;
static int woken;

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static struct timespec at(clockid_t clock, int64_t plus_ns)
{
    int64_t t = now_ns(clock) + plus_ns;
    return (struct timespec){t / 1000000000, t % 1000000000};
}

static void *waiter(void *bits)
{
    long r = futex(&word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, (uint32_t)(uintptr_t)bits);
    CHECK(r == 0);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void let_them_wait(void)
{
    usleep(30000);
}

static void wake_counts_and_bits(void)
{
    pthread_t t[3];

    woken = 0;
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, waiter, (void *)(uintptr_t)(i == 0 ? 1 : 2));
    let_them_wait();
    CHECK(futex(&word, FUTEX_WAKE, 9, NULL, NULL, 0) == 0); /* shared key: others */
    CHECK(futex(&word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 4) == 0);
    CHECK(futex(&word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 1) == 1);
    pthread_join(t[0], NULL);
    CHECK(futex(&word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0) == 1);
    CHECK(futex(&word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 0) == 1);
    pthread_join(t[1], NULL);
    pthread_join(t[2], NULL);
    CHECK(woken == 3);
}

static void errors_are_linux(void)
{
    struct timespec bad = {0, 1000000000}, soon = {0, 10000000};

    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), EAGAIN);
    CHECK_ERRNO(futex((char *)&word + 1, FUTEX_WAIT, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex((void *)0x1000, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, 99, 0, NULL, NULL, 0), ENOSYS);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &soon, NULL, 0), ENOSYS);
    CHECK_ERRNO(futex(&word, FUTEX_REQUEUE, -1, NULL, &word2, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_CMP_REQUEUE, 0, NULL, &word2, 5), EAGAIN);
    CHECK_ERRNO(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EPERM);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, (void *)1, NULL, 0), EFAULT);
    int64_t before = now_ns(CLOCK_MONOTONIC);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &soon, NULL, 0), ETIMEDOUT);
    CHECK(now_ns(CLOCK_MONOTONIC) - before >= 10000000);
    struct timespec mono = at(CLOCK_MONOTONIC, 10000000), real = at(CLOCK_REALTIME, 10000000);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET, 0, &mono, NULL, ~0u), ETIMEDOUT);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &real, NULL, ~0u), ETIMEDOUT);
    CHECK(now_ns(CLOCK_MONOTONIC) - before >= 20000000);
}

static void requeue_moves(void)
{
    pthread_t t[4];

    woken = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, waiter, (void *)~0ul);
    let_them_wait();
    CHECK(futex(&word, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG, 1, (void *)2, &word2, 0) == 3);
    usleep(10000);
    CHECK(woken == 1);
    CHECK(futex(&word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 0) == 1);
    CHECK(futex(&word2, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, NULL, NULL, 0) == 2);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK(woken == 4);
}

static void wake_op(void)
{
    pthread_t t;

    word2 = 5;
    pthread_create(&t, NULL, waiter, (void *)~0ul);
    let_them_wait();
    /* word2 += 3; wake on word; if the old value was 5 wake on word2 too */
    CHECK(futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 1, (void *)1, &word2, 1u << 28 | 0u << 24 | 3 << 12 | 5) == 1);
    CHECK(word2 == 8);
    pthread_join(t, NULL);
    CHECK_ERRNO(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &word2, 6u << 28), ENOSYS);
    word2 = 0;
}

static void *waits_for_any(void *arg)
{
    struct futex_waitv v[2] = {{0, (uintptr_t)&word, FUTEX_32 | FUTEX_PRIVATE_FLAG, 0}, {0, (uintptr_t)&word2, FUTEX_32 | FUTEX_PRIVATE_FLAG, 0}};
    return (void *)syscall(SYS_futex_waitv, v, 2, 0, NULL, 0);
}

static void waitv(void)
{
    struct futex_waitv v = {1, (uintptr_t)&word, FUTEX_32, 0};
    pthread_t t;
    void *r;

    pthread_create(&t, NULL, waits_for_any, NULL);
    let_them_wait();
    CHECK(futex(&word2, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0) == 1);
    pthread_join(t, &r);
    CHECK((long)r == 1);
    CHECK_ERRNO(syscall(SYS_futex_waitv, &v, 1, 0, NULL, 0), EAGAIN);
    CHECK_ERRNO(syscall(SYS_futex_waitv, &v, 0, 0, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_futex_waitv, &v, 129, 0, NULL, 0), EINVAL);
    struct timespec soon = at(CLOCK_MONOTONIC, 5000000);
    v.val = 0;
    CHECK_ERRNO(syscall(SYS_futex_waitv, &v, 1, 0, &soon, CLOCK_MONOTONIC), ETIMEDOUT);
}

static pthread_mutex_t mutex;
static int shared;

static void *adds(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        int v = shared;
        if (i % 64 == 0)
            sched_yield();
        shared = v + 1;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return NULL;
}

static void init_mutex(int protocol, int robust)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    CHECK(pthread_mutexattr_setprotocol(&a, protocol) == 0);
    CHECK(pthread_mutexattr_setrobust(&a, robust) == 0);
    CHECK(pthread_mutex_init(&mutex, &a) == 0);
}

static void pi_mutex_excludes(void)
{
    pthread_t t[4];

    init_mutex(PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, adds, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK(shared == 8000);
}

static void *locks_and_leaves(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    if (arg)
        let_them_wait(), let_them_wait();
    return NULL;
}

static void robust_mutexes(int protocol)
{
    pthread_t t;

    init_mutex(protocol, PTHREAD_MUTEX_ROBUST);
    pthread_create(&t, NULL, locks_and_leaves, NULL);
    pthread_join(t, NULL);
    CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    pthread_create(&t, NULL, locks_and_leaves, (void *)1);
    let_them_wait();
    CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD); /* while waiting */
    pthread_mutex_consistent(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_join(t, NULL);
}

static uint32_t pi_word;

static void *waits_requeue_pi(void *arg)
{
    long r = futex(&cond, FUTEX_WAIT_REQUEUE_PI | FUTEX_PRIVATE_FLAG, 0, NULL, &pi_word, 0);
    CHECK(r == 0);
    CHECK((pi_word & FUTEX_TID_MASK) == (uint32_t)syscall(SYS_gettid));
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    CHECK(futex(&pi_word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    return NULL;
}

static void requeue_pi(void)
{
    pthread_t t[3];

    woken = 0;
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, waits_requeue_pi, NULL);
    let_them_wait();
    CHECK_ERRNO(futex(&cond, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0), EINVAL);
    CHECK(futex(&pi_word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    CHECK_ERRNO(futex(&pi_word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0), EDEADLK);
    CHECK(futex(&cond, FUTEX_CMP_REQUEUE_PI | FUTEX_PRIVATE_FLAG, 1, (void *)9, &pi_word, 0) == 3);
    let_them_wait();
    CHECK(woken == 0);
    CHECK(futex(&pi_word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    CHECK(woken == 3);
    CHECK((pi_word & FUTEX_TID_MASK) == 0);
    struct timespec past = {1, 0};
    CHECK_ERRNO(futex(&cond, FUTEX_WAIT_REQUEUE_PI | FUTEX_PRIVATE_FLAG, 0, &past, &pi_word, 0), ETIMEDOUT);
    pi_word = 0x1fffff; /* nobody has this tid */
    CHECK_ERRNO(futex(&pi_word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0), ESRCH);
    pi_word = 0;
}

static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t cv_mutex = PTHREAD_MUTEX_INITIALIZER;
static int turn, rounds = 3000;

static void *ping(void *arg)
{
    int me = (int)(uintptr_t)arg;
    pthread_mutex_lock(&cv_mutex);
    while (rounds > 0) {
        if (turn % 4 == me) {
            turn++;
            rounds--;
            pthread_cond_broadcast(&cv);
        } else {
            pthread_cond_wait(&cv, &cv_mutex);
        }
    }
    pthread_cond_broadcast(&cv);
    pthread_mutex_unlock(&cv_mutex);
    return NULL;
}

static void condition_storm(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, ping, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK(rounds == 0);
}

/* A realtime waiter lends its priority to the owner. */
static volatile int stage;

static void *low(void *arg)
{
    struct sched_param p = {10};
    CHECK(pthread_setschedparam(pthread_self(), SCHED_FIFO, &p) == 0);
    CHECK(futex(&pi_word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    stage = 1;
    while (stage == 1)
        usleep(1000);
    for (volatile int i = 0; i < 3000000; i++)
        ;
    CHECK(futex(&pi_word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    return NULL;
}

static volatile int high_got;

static void *high(void *arg)
{
    struct sched_param p = {30};
    CHECK(pthread_setschedparam(pthread_self(), SCHED_FIFO, &p) == 0);
    CHECK(futex(&pi_word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    high_got = 1;
    CHECK(futex(&pi_word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0) == 0);
    return NULL;
}

static void inheritance(void)
{
    struct sched_param mine = {20};
    pthread_t l, h;

    pthread_create(&l, NULL, low, NULL);
    while (stage == 0)
        usleep(1000);
    pthread_create(&h, NULL, high, NULL);
    let_them_wait();
    CHECK(pthread_setschedparam(pthread_self(), SCHED_FIFO, &mine) == 0);
    stage = 2;
    int64_t give_up = now_ns(CLOCK_MONOTONIC) + 3000000000ll;
    while (!high_got && now_ns(CLOCK_MONOTONIC) < give_up)
        ; /* a middle thread that never sleeps */
    CHECK(high_got);
    mine.sched_priority = 0;
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &mine);
    pthread_join(l, NULL);
    pthread_join(h, NULL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
#define RUN(t) (printf("# " #t "\n"), t)
    RUN(wake_counts_and_bits());
    RUN(errors_are_linux());
    RUN(requeue_moves());
    RUN(wake_op());
    RUN(waitv());
    RUN(pi_mutex_excludes());
    RUN(robust_mutexes(PTHREAD_PRIO_NONE));
    RUN(robust_mutexes(PTHREAD_PRIO_INHERIT));
    RUN(requeue_pi());
    RUN(condition_storm());
    RUN(inheritance());
    return finish();
}

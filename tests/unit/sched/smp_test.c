// SPDX-License-Identifier: BSD-3-Clause
// Several simulated CPUs, interleaved by a seed: no wake-up is lost, locks hold, threads come and go.
// usage: smp_test [SEED [CPUS]]   without: a row of seeds, each in its own process; the failing one is printed
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../mem/machine.h"
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/preempt.h>
#include <arch/trap.h>
#include <sched/mutex.h>
#include <sched/rcu.h>
#include <sched/sched.h>
#include <sched/thread.h>
#include <sched/time.h>
#include <sched/wait.h>
#include <sched/work.h>

#undef assert

enum { THREADS = 10, ROUNDS = 40, CPUS_MAX = 8 };

static unsigned n_cpus;
static nsec_t deadline[CPUS_MAX];

#define check(x)                                                                                                                 \
    do {                                                                                                                         \
        if (!(x)) {                                                                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);                                                              \
            abort();                                                                                                             \
        }                                                                                                                        \
    } while (0)

static void set_deadline(nsec_t ns)
{
    deadline[cpu_id()] = ns;
}

static void timer_interrupt(unsigned vector, void *arg)
{
    clock_event_fired();
}

static void pass_time(nsec_t ns)
{
    host_clock_advance(ns);
    for (unsigned cpu = 0; cpu < n_cpus; cpu++) {
        if (deadline[cpu] != 0 && deadline[cpu] <= host_clock_now()) {
            deadline[cpu] = 0;
            host_irq_raise_on(cpu, ARCH_VECTOR_TIMER);
        }
    }
}

/* All CPUs halt. */
static void all_idle(void)
{
    nsec_t first = 0;

    for (unsigned cpu = 0; cpu < n_cpus; cpu++)
        if (deadline[cpu] != 0 && (first == 0 || deadline[cpu] < first))
            first = deadline[cpu];
    check(first != 0); /* else: a wake-up was lost */
    pass_time(first > host_clock_now() ? first - host_clock_now() : 0);
}

static uint64_t read_clock(void)
{
    return (uint64_t)host_clock_now();
}

static void probe(void)
{
    static struct clock_source source = {.name = "virtual", .rank = 1, .read = read_clock, .frequency_hz = 1000000000, .mask = ~0ull, .is_cycles = true};
    static const struct clock_event_ops event = {.name = "virtual", .set_deadline = set_deadline};

    clock_set_cycles(1000000000, 0);
    clock_source_register(&source);
    clock_event_register(&event);
}

static uint64_t rng;
static unsigned rnd(void)
{
    rng = rng * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(rng >> 33);
}

static struct mutex mutex = MUTEX_INIT(mutex);
static struct rwlock rwlock = RWLOCK_INIT(rwlock);
static struct semaphore semaphore;
static struct condition condition;
static struct thread *_Atomic owner;
static int readers, holders, tickets;
static struct completion all_done;
static int n_running;
static struct thread *threads[THREADS];
static struct rcu_head heads[THREADS * ROUNDS];
static unsigned n_called, n_ran;

static void with_mutex(void)
{
    bool got = true;

    if (rnd() % 3 == 0)
        got = mutex_try_lock(&mutex);
    else
        mutex_lock(&mutex);
    if (!got)
        return;
    check(owner == NULL);
    owner = thread_current();
    if (rnd() % 3 == 0)
        sleep_until(clock_monotonic_ns() + rnd() % 5000, false);
    if (rnd() % 3 == 0)
        pass_time(rnd() % 4000000);
    check(owner == thread_current());
    owner = NULL;
    mutex_unlock(&mutex);
}

static void with_rwlock(void)
{
    if (rnd() % 3 != 0) {
        rwlock_read_lock(&rwlock);
        check(__atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST) > 0);
        if (rnd() % 2)
            thread_yield();
        __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
        rwlock_read_unlock(&rwlock);
        return;
    }
    rwlock_write_lock(&rwlock);
    check(readers == 0);
    readers = -1000;
    if (rnd() % 2)
        sleep_until(clock_monotonic_ns() + rnd() % 5000, false);
    readers = 0;
    rwlock_write_unlock(&rwlock);
}

static void with_semaphore(void)
{
    int r = semaphore_down(&semaphore, false, rnd() % 2 ? NSEC_FOREVER : clock_monotonic_ns() + rnd() % 3000);

    if (r != 0)
        return;
    check(__atomic_add_fetch(&holders, 1, __ATOMIC_SEQ_CST) <= 2);
    thread_yield();
    __atomic_sub_fetch(&holders, 1, __ATOMIC_SEQ_CST);
    semaphore_up(&semaphore);
}

static void with_condition(void)
{
    mutex_lock(&mutex);
    if (rnd() % 2) {
        tickets++;
        condition_signal(&condition);
    } else {
        nsec_t until = clock_monotonic_ns() + 100000;
        while (tickets == 0 && clock_monotonic_ns() < until)
            condition_wait(&condition, &mutex, false, until);
        if (tickets > 0)
            tickets--;
    }
    mutex_unlock(&mutex);
}

static unsigned affinity_begun[THREADS], affinity_ended[THREADS];

static void change_affinity(unsigned i, const struct cpu_mask *mask)
{
    unsigned ended = affinity_ended[i], change = ++affinity_begun[i];
    int r = sched_set_affinity(threads[i], mask);

    affinity_ended[i]++;
    if (r != 0 || threads[i] != thread_current())
        return;
    preempt_disable();
    if (ended + 1 == change && affinity_begun[i] == change) /* else: somebody else was or is about to change ours too */
        check(mask->bits[0] >> cpu_id() & 1);
    preempt_enable();
}

static void change_somebody(void)
{
    unsigned i = rnd() % THREADS;
    struct thread *t = threads[i];
    struct cpu_mask mask = {{rnd() % (1u << n_cpus)}};
    static const struct sched_params choices[] = {{.policy = SCHED_POLICY_OTHER}, {.policy = SCHED_POLICY_OTHER, .nice = 10},
        {.policy = SCHED_POLICY_FIFO, .priority = 5}, {.policy = SCHED_POLICY_RR, .priority = 7}, {.policy = SCHED_POLICY_IDLE}};

    switch (rnd() % 3) {
    case 0:
        change_affinity(i, &mask);
        break;
    case 1:
        check(sched_set_params(t, &choices[rnd() % 5]) == 0);
        break;
    default:
        sched_boost(t, rnd() % 2 ? &choices[2] : NULL);
    }
}

static void count_callback(struct rcu_head *h)
{
    n_ran++;
}

static void short_lived(void *arg)
{
    if (rnd() % 2)
        thread_yield();
    completion_done(arg);
}

static void create_and_join(void)
{
    struct completion done;
    struct thread_attr attr = {.name = "child", .entry = short_lived, .entry_arg = &done};
    struct thread *t;

    completion_init(&done);
    check(thread_create(&attr, &t) == 0);
    thread_start(t);
    completion_wait(&done);
    thread_put(t);
}

static struct wait_queue doorbell = WAIT_QUEUE_INIT(doorbell);
static unsigned rings;

static void ring_or_listen(void)
{
    int r;

    if (rnd() % 2) {
        __atomic_add_fetch(&rings, 1, __ATOMIC_SEQ_CST);
        wait_queue_wake_all(&doorbell);
        return;
    }
    unsigned seen = rings;
    WAIT_EVENT(&doorbell, __atomic_load_n(&rings, __ATOMIC_SEQ_CST) != seen, true, clock_monotonic_ns() + 20000, r);
    (void)r;
    thread_current()->interrupt_pending = false;
}

static void mess_about(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        switch (rnd() % 11) {
        case 0: with_mutex(); break;
        case 1: with_rwlock(); break;
        case 2: with_semaphore(); break;
        case 3: with_condition(); break;
        case 4: change_somebody(); break;
        case 5: sleep_until(clock_monotonic_ns() + rnd() % 10000, false); break;
        case 6: thread_yield(); break;
        case 7: pass_time(rnd() % 5000000); break;
        case 8:
            if (rnd() % 2)
                rcu_call(&heads[__atomic_fetch_add(&n_called, 1, __ATOMIC_SEQ_CST)], count_callback);
            else
                rcu_synchronize();
            break;
        case 9: create_and_join(); break;
        default:
            ring_or_listen();
            if (rnd() % 4 == 0)
                thread_interrupt(threads[rnd() % THREADS]);
        }
    }
    if (__atomic_sub_fetch(&n_running, 1, __ATOMIC_SEQ_CST) == 0)
        completion_done(&all_done);
}

static int run(unsigned seed, unsigned cpus)
{
    n_cpus = cpus;
    rng = seed;
    machine_start(64ul << 20);
    host_simulate_cpus(cpus, seed * 77777ull);
    irq_disable();
    sched_init();
    clock_set_probe(probe);
    irq_handler_set(ARCH_VECTOR_TIMER, timer_interrupt, NULL);
    host_set_idle_hook(all_idle);
    irq_enable();
    check(sched_start_cpus() == cpus);
    semaphore_init(&semaphore, 2);
    condition_init(&condition);
    completion_init(&all_done);
    n_running = THREADS;
    struct thread_attr attr = {.name = "t", .entry = mess_about};
    for (int i = 0; i < THREADS; i++)
        check(thread_create(&attr, &threads[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        thread_start(threads[i]);
    completion_wait(&all_done);
    rcu_barrier();
    check(n_ran == n_called);
    for (int i = 0; i < THREADS; i++)
        thread_put(threads[i]);
    sleep_until(clock_monotonic_ns() + NSEC_PER_MSEC, false);
    check(thread_count() <= 2); /* this one and the kernel worker */
    check(mutex.owner == 0 && rwlock.state == 0 && semaphore.count == 2);
    return 0;
}

static int run_in_child(unsigned seed, unsigned cpus)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(20);
        _exit(run(seed, cpus));
    }
    waitpid(pid, &status, 0);
    return status;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return run((unsigned)atoi(argv[1]), argc > 2 ? (unsigned)atoi(argv[2]) : 2);
    for (unsigned seed = 1; seed <= 600; seed++) {
        unsigned cpus = 2 + seed % 3;
        int status = run_in_child(seed, cpus);
        if (status != 0) {
            fprintf(stderr, "seed %u with %u CPUs failed (wait status %#x): run with these two arguments\n", seed, cpus, status);
            return 1;
        }
    }
    printf("600 seeds on 2, 3 and 4 CPUs\n");
    return 0;
}

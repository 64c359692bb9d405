// SPDX-License-Identifier: BSD-3-Clause
// Futexes on several simulated CPUs, interleaved by a seed: locks exclude, no wake-up is lost, deadlines and signals end waits.
// usage: futex_smp_test [SEED [CPUS]]   without: a row of seeds, each in its own process; the failing one is printed
#include "../mem/machine.h"
#include <abi/futex.h>
#include <abi/restart.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/trap.h>
#include <errno.h>
#include <process/futex.h>
#include <process/process.h>
#include <sched/mutex.h>
#include <sched/sched.h>
#include <sched/thread.h>
#include <sched/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vm/space.h>

#undef assert

enum { THREADS = 8, ROUNDS = 40, CPUS_MAX = 8 };

#define check(x)                                                                                                                    \
    do {                                                                                                                            \
        if (!(x)) {                                                                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);                                                                 \
            abort();                                                                                                                \
        }                                                                                                                           \
    } while (0)

static unsigned n_cpus;
static nsec_t deadline[CPUS_MAX];

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

/* What futexes ask the rest of the room. */
static struct process the_process = {.space = (struct address_space *)0x1000};
static struct process_thread halves[THREADS];

struct process_thread *process_thread_get(struct process_thread *t)
{
    __atomic_add_fetch(&t->refs.count, 1, __ATOMIC_SEQ_CST);
    return t;
}

void process_thread_put(struct process_thread *t)
{
    check(__atomic_sub_fetch(&t->refs.count, 1, __ATOMIC_SEQ_CST) > 0);
}

struct process_thread *process_thread_find(int tid)
{
    for (int i = 0; i < THREADS; i++)
        if (halves[i].tid == tid)
            return process_thread_get(&halves[i]);
    return NULL;
}

static uint64_t rng;
static unsigned rnd(void)
{
    rng = rng * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(rng >> 33);
}

static uint32_t lock_word, pi_word, gate_word, park_words[2], sequence;
static struct thread *_Atomic lock_owner, *_Atomic pi_owner;
static unsigned n_waited;
static int n_running;
static struct completion all_done;

static uint32_t cas(uint32_t *p, uint32_t old, uint32_t desired)
{
    __atomic_compare_exchange_n(p, &old, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return old;
}

/* The mutex of three states that every libc has. */
static void lock(void)
{
    uint32_t c = cas(&lock_word, 0, 1);

    while (c != 0) {
        if (c == 2 || cas(&lock_word, 1, 2) != 0) {
            long r = futex_wait(&lock_word, 0, 2, NULL, FUTEX_BITSET_MATCH_ANY);
            check(r == 0 || r == -EAGAIN || r == -ERESTARTSYS);
            thread_current()->interrupt_pending = false;
        }
        c = cas(&lock_word, 0, 2);
    }
}

static void unlock(void)
{
    if (__atomic_exchange_n(&lock_word, 0, __ATOMIC_SEQ_CST) == 2)
        check(futex_wake(&lock_word, 0, 1, FUTEX_BITSET_MATCH_ANY) >= 0);
}

static void with_lock(void)
{
    lock();
    check(lock_owner == NULL);
    lock_owner = thread_current();
    if (rnd() % 2)
        thread_yield();
    if (rnd() % 3 == 0)
        pass_time(rnd() % 3000000);
    check(lock_owner == thread_current());
    lock_owner = NULL;
    unlock();
}

static void with_pi_lock(void)
{
    uint32_t tid = thread_current()->tid;
    struct futex_deadline soon = {clock_monotonic_ns() + rnd() % 2000000, false};
    bool timed = rnd() % 3 == 0;
    long r = 0;

    if (cas(&pi_word, 0, tid) != 0)
        do
            r = rnd() % 8 == 0 ? futex_lock_pi(&pi_word, 0, NULL, true) : futex_lock_pi(&pi_word, 0, timed ? &soon : NULL, false);
        while (r == -EAGAIN || (r == -ERESTARTNOINTR && !(thread_current()->interrupt_pending = false)));
    if (r == -ETIMEDOUT && timed)
        return;
    check(r == 0);
    check((pi_word & FUTEX_TID_MASK) == tid);
    check(pi_owner == NULL);
    pi_owner = thread_current();
    check(futex_lock_pi(&pi_word, 0, NULL, false) == -EDEADLK);
    if (rnd() % 2)
        thread_yield();
    check(pi_owner == thread_current());
    pi_owner = NULL;
    if (cas(&pi_word, tid, 0) != tid)
        check(futex_unlock_pi(&pi_word, 0) == 0);
}

/* Wait for the sequence to move; a broadcast wakes one and moves the rest over to another word. */
static void condition_wait_or_broadcast(void)
{
    uint32_t seen = __atomic_load_n(&sequence, __ATOMIC_SEQ_CST);
    struct futex_deadline limit = {clock_monotonic_ns() + 5000000, false};

    if (rnd() % 2) {
        long r = futex_wait(&sequence, 0, seen, &limit, FUTEX_BITSET_MATCH_ANY);
        check(r == 0 || r == -EAGAIN || r == -ETIMEDOUT || r == -ERESTART_RESTARTBLOCK);
        if (r == -ETIMEDOUT)
            check(clock_monotonic_ns() >= limit.at_ns);
        thread_current()->interrupt_pending = false;
        __atomic_add_fetch(&n_waited, 1, __ATOMIC_SEQ_CST);
        return;
    }
    __atomic_add_fetch(&sequence, 1, __ATOMIC_SEQ_CST);
    check(futex_requeue(&sequence, 0, &gate_word, 1, 100, NULL) >= 0);
    check(futex_wake(&gate_word, 0, 100, FUTEX_BITSET_MATCH_ANY) >= 0);
}

static void wait_for_any(void)
{
    struct futex_wait_item items[2] = {{&park_words[0], park_words[0], 0}, {&park_words[1], park_words[1], 0}};
    struct futex_deadline limit = {clock_monotonic_ns() + 3000000, false};

    if (rnd() % 2) {
        long r = futex_waitv(items, 2, &limit);
        check(r == 0 || r == 1 || r == -EAGAIN || r == -ETIMEDOUT || r == -ERESTARTSYS);
        thread_current()->interrupt_pending = false;
        return;
    }
    unsigned which = rnd() % 2;
    __atomic_add_fetch(&park_words[which], 1, __ATOMIC_SEQ_CST);
    check(futex_wake(&park_words[which], 0, (int)(1 + rnd() % 2), FUTEX_BITSET_MATCH_ANY) >= 0);
}

static void mess_about(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        switch (rnd() % 6) {
        case 0:
        case 1: with_lock(); break;
        case 2: with_pi_lock(); break;
        case 3: condition_wait_or_broadcast(); break;
        case 4: wait_for_any(); break;
        default:
            if (rnd() % 2)
                thread_interrupt(halves[rnd() % THREADS].thread);
            else
                pass_time(rnd() % 2000000);
        }
    }
    if (__atomic_sub_fetch(&n_running, 1, __ATOMIC_SEQ_CST) == 0)
        completion_done(&all_done);
}

static void start_threads(void)
{
    for (int i = 0; i < THREADS; i++) {
        struct process_thread *half = &halves[i];
        struct thread_attr attr = {.name = "t", .entry = mess_about, .process = half, .space = the_process.space};
        half->process = &the_process;
        half->refs.count = 1;
        list_init(&half->pi_waiters);
        check(thread_create(&attr, &half->thread) == 0);
        half->tid = (int)half->thread->tid;
    }
    for (int i = 0; i < THREADS; i++)
        thread_start(halves[i].thread);
}

static int run(unsigned seed, unsigned cpus)
{
    n_cpus = cpus;
    rng = seed;
    machine_start(64ul << 20);
    host_simulate_cpus(cpus, seed * 99991ull);
    irq_disable();
    sched_init();
    clock_set_probe(probe);
    irq_handler_set(ARCH_VECTOR_TIMER, timer_interrupt, NULL);
    host_set_idle_hook(all_idle);
    irq_enable();
    check(sched_start_cpus() == cpus);
    completion_init(&all_done);
    n_running = THREADS;
    start_threads();
    completion_wait(&all_done);
    check(lock_word == 0 && (pi_word & FUTEX_TID_MASK) == 0);
    for (int i = 0; i < THREADS; i++)
        check(halves[i].refs.count == 1 && halves[i].pi_blocked_on == NULL && list_empty(&halves[i].pi_waiters));
    return 0;
}

static int run_in_child(unsigned seed, unsigned cpus)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(20);
        syscall(SYS_exit_group, run(seed, cpus)); /* _exit() does not like the simulated stacks */
    }
    waitpid(pid, &status, 0);
    return status;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return run((unsigned)atoi(argv[1]), argc > 2 ? (unsigned)atoi(argv[2]) : 2);
    for (unsigned seed = 1; seed <= 400; seed++) {
        unsigned cpus = 2 + seed % 3;
        int status = run_in_child(seed, cpus);
        if (status != 0) {
            fprintf(stderr, "seed %u with %u CPUs failed (wait status %#x): run with these two arguments\n", seed, cpus, (unsigned)status);
            return 1;
        }
    }
    printf("400 seeds on 2, 3 and 4 CPUs\n");
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// Threads on one virtual CPU: switching, sleeping, policies, locks, deferred work.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "machine.h"
#include <errno.h>
#include <sched/mutex.h>
#include <sched/rcu.h>
#include <sched/wait.h>
#include <sched/work.h>

#undef assert

static int start(void **state)
{
    sched_machine_start();
    return 0;
}

static char trace[256];
static unsigned trace_n;

static void note(char c)
{
    if (trace_n < sizeof(trace) - 1)
        trace[trace_n++] = c;
    trace[trace_n] = 0;
}

static void trace_reset(void)
{
    trace_n = 0;
    trace[0] = 0;
}

struct job {
    struct completion done;
    char name;
    int rounds;
    nsec_t from, until, step;
    nsec_t computed;
};

static void job_init(struct job *j, char name)
{
    memset(j, 0, sizeof(*j));
    completion_init(&j->done);
    j->name = name;
}

static void finish(struct thread *t, struct job *j)
{
    completion_wait(&j->done);
    thread_put(t);
}

static void yielding(void *arg)
{
    struct job *j = arg;

    for (int i = 0; i < j->rounds; i++) {
        note(j->name);
        thread_yield();
    }
    completion_done(&j->done);
}

static void thread_yield_gives_turns(void **state)
{
    struct job a, b, c;

    trace_reset();
    job_init(&a, 'a');
    job_init(&b, 'b');
    job_init(&c, 'c');
    a.rounds = b.rounds = c.rounds = 3;
    struct thread *ta = machine_spawn(yielding, &a), *tb = machine_spawn(yielding, &b), *tc = machine_spawn(yielding, &c);
    finish(ta, &a);
    finish(tb, &b);
    finish(tc, &c);
    assert_string_equal(trace, "abcabcabc");
}

static void sleeper(void *arg)
{
    struct job *j = arg;

    assert_int_equal(sleep_until(j->until, false), 0);
    assert_true(clock_monotonic_ns() >= j->until);
    note(j->name);
    completion_done(&j->done);
}

static void sleep_until_wakes_in_order_of_deadlines(void **state)
{
    struct job j[5];
    struct thread *t[5];
    nsec_t now = clock_monotonic_ns();
    static const int order[5] = {3, 1, 4, 0, 2};

    trace_reset();
    for (int i = 0; i < 5; i++) {
        job_init(&j[i], (char)('a' + i));
        j[i].until = now + 1000000 * (order[i] + 1);
        t[i] = machine_spawn(sleeper, &j[i]);
    }
    for (int i = 0; i < 5; i++)
        finish(t[i], &j[i]);
    assert_string_equal(trace, "dbeac");
}

static void hog(void *arg)
{
    struct job *j = arg;

    sleep_until(j->from, false); /* so that all are there before one computes */
    while (clock_monotonic_ns() < j->until) {
        machine_compute(j->step);
        j->computed += j->step;
    }
    completion_done(&j->done);
}

static void run_two_hogs(struct job *a, struct job *b, const struct sched_params *pa, const struct sched_params *pb)
{
    job_init(a, 'a');
    job_init(b, 'b');
    a->from = b->from = clock_monotonic_ns() + NSEC_PER_MSEC;
    a->until = b->until = a->from + 1000 * NSEC_PER_MSEC;
    a->step = b->step = 100 * NSEC_PER_USEC;
    struct thread_attr attr = {.name = "hog", .entry = hog, .entry_arg = a};
    struct thread *ta, *tb;
    assert_int_equal(thread_create(&attr, &ta), 0);
    attr.entry_arg = b;
    assert_int_equal(thread_create(&attr, &tb), 0);
    assert_int_equal(sched_set_params(ta, pa), 0);
    assert_int_equal(sched_set_params(tb, pb), 0);
    thread_start(ta);
    thread_start(tb);
    finish(ta, a);
    finish(tb, b);
}

static void hogs_with_equal_nice_share_equally(void **state)
{
    struct job a, b;
    const struct sched_params p = {.policy = SCHED_POLICY_OTHER};

    run_two_hogs(&a, &b, &p, &p);
    assert_in_range(a.computed, b.computed * 95 / 100, b.computed * 105 / 100);
    assert_in_range(a.computed + b.computed, 999 * NSEC_PER_MSEC, 1002 * NSEC_PER_MSEC);
}

static void hogs_five_nice_steps_apart_share_three_to_one(void **state)
{
    struct job a, b;
    const struct sched_params p = {.policy = SCHED_POLICY_OTHER}, nice = {.policy = SCHED_POLICY_OTHER, .nice = 5};

    run_two_hogs(&a, &b, &p, &nice);
    assert_in_range(a.computed, b.computed * 28 / 10, b.computed * 33 / 10);
}

static void idle_policy_gets_what_is_left(void **state)
{
    struct job a, b;
    const struct sched_params p = {.policy = SCHED_POLICY_OTHER}, idle = {.policy = SCHED_POLICY_IDLE};

    run_two_hogs(&a, &b, &p, &idle);
    assert_true(b.computed < a.computed / 20);
}

static void fifo_runs_until_it_blocks(void **state)
{
    struct job a, b;
    const struct sched_params p = {.policy = SCHED_POLICY_OTHER}, fifo = {.policy = SCHED_POLICY_FIFO, .priority = 10};

    run_two_hogs(&a, &b, &p, &fifo);
    assert_true(b.computed >= 999 * NSEC_PER_MSEC);
    assert_int_equal(a.computed, 0);
}

static void round_robin_takes_turns_of_100_ms(void **state)
{
    struct job a, b;
    const struct sched_params rr = {.policy = SCHED_POLICY_RR, .priority = 10};

    run_two_hogs(&a, &b, &rr, &rr);
    assert_in_range(a.computed, 400 * NSEC_PER_MSEC, 600 * NSEC_PER_MSEC);
    assert_in_range(b.computed, 400 * NSEC_PER_MSEC, 600 * NSEC_PER_MSEC);
}

static void higher_realtime_priority_preempts_at_wake(void **state)
{
    struct job high, low;
    const struct sched_params p10 = {.policy = SCHED_POLICY_FIFO, .priority = 10}, p20 = {.policy = SCHED_POLICY_FIFO, .priority = 20};

    trace_reset();
    job_init(&low, 'l');
    job_init(&high, 'h');
    high.until = clock_monotonic_ns() + 5 * NSEC_PER_MSEC;
    low.until = clock_monotonic_ns() + 20 * NSEC_PER_MSEC;
    low.step = NSEC_PER_MSEC;
    struct thread_attr attr = {.name = "h", .entry = sleeper, .entry_arg = &high};
    struct thread *th, *tl;
    assert_int_equal(thread_create(&attr, &th), 0);
    attr = (struct thread_attr){.name = "l", .entry = hog, .entry_arg = &low};
    assert_int_equal(thread_create(&attr, &tl), 0);
    assert_int_equal(sched_set_params(th, &p20), 0);
    assert_int_equal(sched_set_params(tl, &p10), 0);
    thread_start(th);
    thread_start(tl);
    finish(th, &high);
    assert_true(clock_monotonic_ns() >= low.until); /* we are SCHED_OTHER: we run after both */
    finish(tl, &low);
    assert_string_equal(trace, "h");
}

static void sched_set_params_checks_ranges(void **state)
{
    const struct sched_params bad[] = {
        {.policy = SCHED_POLICY_FIFO, .priority = 0}, {.policy = SCHED_POLICY_RR, .priority = 100},
        {.policy = SCHED_POLICY_OTHER, .priority = 1}, {.policy = 6}, {.policy = 4}, {.policy = -1},
        {.policy = SCHED_POLICY_OTHER, .nice = 20},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(sched_set_params(thread_current(), &bad[i]), -EINVAL);
}

static struct wait_queue queue = WAIT_QUEUE_INIT(queue);
static int wait_result_seen;
static bool flag;

static void waits_interruptibly(void *arg)
{
    WAIT_EVENT(&queue, flag, true, NSEC_FOREVER, wait_result_seen);
    completion_done(&((struct job *)arg)->done);
}

static void wait_event_ends_by_signal_with_eintr(void **state)
{
    struct job j;

    job_init(&j, 'w');
    flag = false;
    struct thread *t = machine_spawn(waits_interruptibly, &j);
    thread_yield();
    wait_queue_wake_all(&queue); /* the condition does not hold: it sleeps on */
    thread_yield();
    assert_int_equal(t->state, THREAD_SLEEP_INTR);
    thread_interrupt(t);
    finish(t, &j);
    assert_int_equal(wait_result_seen, -EINTR);
}

static void wait_event_with_passed_deadline_times_out(void **state)
{
    int r;

    flag = false;
    WAIT_EVENT(&queue, flag, true, clock_monotonic_ns(), r);
    assert_int_equal(r, -ETIMEDOUT);
    WAIT_EVENT(&queue, flag, true, clock_monotonic_ns() + 1000, r);
    assert_int_equal(r, -ETIMEDOUT);
    WAIT_EVENT(&queue, true, true, 0, r);
    assert_int_equal(r, 0);
}

static unsigned exclusive_woken;
static void waits_exclusively(void *arg)
{
    struct waiter w;

    waiter_init(&w);
    w.exclusive = true;
    wait_queue_add(&queue, &w);
    wait_prepare(false);
    assert_int_equal(wait_commit(NSEC_FOREVER), 0);
    wait_queue_remove(&w);
    exclusive_woken++;
    completion_done(&((struct job *)arg)->done);
}

static void wait_queue_wake_counts_exclusive_waiters(void **state)
{
    struct job j[4];
    struct thread *t[4];

    exclusive_woken = 0;
    for (int i = 0; i < 4; i++) {
        job_init(&j[i], 'x');
        t[i] = machine_spawn(waits_exclusively, &j[i]);
    }
    thread_yield();
    assert_int_equal(wait_queue_wake(&queue, 1, 0), 1);
    thread_yield();
    assert_int_equal(exclusive_woken, 1);
    assert_int_equal(wait_queue_wake(&queue, 2, 0), 2);
    thread_yield();
    assert_int_equal(exclusive_woken, 3);
    wait_queue_wake_all(&queue);
    for (int i = 0; i < 4; i++)
        finish(t[i], &j[i]);
}

static struct mutex mutex = MUTEX_INIT(mutex);
static struct rwlock rwlock = RWLOCK_INIT(rwlock);
static int inside, readers_inside, counter;
static unsigned seed;

static unsigned rnd(unsigned *s)
{
    *s = *s * 1664525u + 1013904223u;
    return *s >> 10;
}

static void storm(void *arg)
{
    struct job *j = arg;
    unsigned s = seed + (unsigned char)j->name * 7919u;

    for (int i = 0; i < j->rounds; i++) {
        switch (rnd(&s) % 4) {
        case 0:
            mutex_lock(&mutex);
            assert_int_equal(inside++, 0);
            if (rnd(&s) % 2)
                machine_compute(rnd(&s) % 100000);
            if (rnd(&s) % 4 == 0)
                sleep_until(clock_monotonic_ns() + rnd(&s) % 50000, false);
            counter++;
            inside--;
            mutex_unlock(&mutex);
            break;
        case 1:
            rwlock_read_lock(&rwlock);
            assert_true(readers_inside++ >= 0);
            if (rnd(&s) % 2)
                thread_yield();
            readers_inside--;
            rwlock_read_unlock(&rwlock);
            break;
        case 2:
            rwlock_write_lock(&rwlock);
            assert_int_equal(readers_inside, 0);
            readers_inside = -1000;
            if (rnd(&s) % 2)
                sleep_until(clock_monotonic_ns() + rnd(&s) % 50000, false);
            readers_inside = 0;
            rwlock_write_unlock(&rwlock);
            break;
        default:
            machine_compute(rnd(&s) % 3000000);
        }
    }
    completion_done(&j->done);
}

static void locks_keep_their_promise_in_a_storm(void **state)
{
    struct job j[16];
    struct thread *t[16];

    for (seed = 1; seed <= 30; seed++) {
        for (int i = 0; i < 16; i++) {
            job_init(&j[i], (char)i);
            j[i].rounds = 60;
            t[i] = machine_spawn(storm, &j[i]);
        }
        for (int i = 0; i < 16; i++)
            finish(t[i], &j[i]);
    }
    assert_int_equal(mutex.owner, 0);
    assert_int_equal(rwlock.state, 0);
}

static struct rcu_head heads[200];
static int freed;
static void count_free(struct rcu_head *h)
{
    freed++;
}

static void rcu_barrier_waits_for_all_callbacks(void **state)
{
    for (int i = 0; i < 200; i++)
        rcu_call(&heads[i], count_free);
    rcu_barrier();
    assert_int_equal(freed, 200);
}

static void timer_fn(struct timer *t)
{
    note(*(char *)t->arg);
}

static void timers_fire_in_order_and_cancelled_ones_do_not(void **state)
{
    struct timer t[4];
    char names[4] = {'a', 'b', 'c', 'd'};
    nsec_t now = clock_monotonic_ns();

    trace_reset();
    for (int i = 0; i < 4; i++) {
        timer_init(&t[i], timer_fn, &names[i]);
        timer_arm(&t[i], now + 1000 * (4 - i));
    }
    timer_arm(&t[0], now + 500);
    assert_true(timer_cancel(&t[2]));
    assert_false(timer_cancel(&t[2]));
    sleep_until(now + 10000, false);
    assert_string_equal(trace, "adb");
    assert_false(timer_cancel_sync(&t[0]));
}

static void nothing(void *arg)
{
}

static int count_one(struct thread *t, void *arg)
{
    ++*(int *)arg;
    return 0;
}

static void threads_come_and_go_with_distinct_numbers(void **state)
{
    unsigned before = thread_count();
    struct thread *t[300];
    int seen = 0;

    for (int i = 0; i < 300; i++)
        t[i] = machine_spawn(nothing, NULL);
    assert_int_equal(thread_count(), before + 300);
    for (int i = 0; i < 300; i++) {
        struct thread *found = thread_lookup(t[i]->tid);
        assert_ptr_equal(found, t[i]);
        thread_put(found);
    }
    assert_int_equal(thread_iterate(count_one, &seen), 0);
    assert_int_equal(seen, before + 300);
    uint32_t tid = t[0]->tid;
    for (int i = 0; i < 300; i++)
        thread_put(t[i]);
    sleep_until(clock_monotonic_ns() + NSEC_PER_MSEC, false);
    assert_int_equal(thread_count(), before);
    assert_null(thread_lookup(tid));
}

static void run_time_is_charged_to_who_ran(void **state)
{
    nsec_t before = thread_run_ns(thread_current());

    machine_compute(7 * NSEC_PER_MSEC);
    sleep_until(clock_monotonic_ns() + 50 * NSEC_PER_MSEC, false);
    assert_int_equal(thread_run_ns(thread_current()) - before, 7 * NSEC_PER_MSEC);
    assert_true(sched_idle_ns(0) >= 50 * NSEC_PER_MSEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thread_yield_gives_turns),
        cmocka_unit_test(sleep_until_wakes_in_order_of_deadlines),
        cmocka_unit_test(hogs_with_equal_nice_share_equally),
        cmocka_unit_test(hogs_five_nice_steps_apart_share_three_to_one),
        cmocka_unit_test(idle_policy_gets_what_is_left),
        cmocka_unit_test(fifo_runs_until_it_blocks),
        cmocka_unit_test(round_robin_takes_turns_of_100_ms),
        cmocka_unit_test(higher_realtime_priority_preempts_at_wake),
        cmocka_unit_test(sched_set_params_checks_ranges),
        cmocka_unit_test(wait_event_ends_by_signal_with_eintr),
        cmocka_unit_test(wait_event_with_passed_deadline_times_out),
        cmocka_unit_test(wait_queue_wake_counts_exclusive_waiters),
        cmocka_unit_test(locks_keep_their_promise_in_a_storm),
        cmocka_unit_test(rcu_barrier_waits_for_all_callbacks),
        cmocka_unit_test(timers_fire_in_order_and_cancelled_ones_do_not),
        cmocka_unit_test(threads_come_and_go_with_distinct_numbers),
        cmocka_unit_test(run_time_is_charged_to_who_ran),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

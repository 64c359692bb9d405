// SPDX-License-Identifier: BSD-3-Clause
// Waits with a deadline: a timer on the sleeper's stack.
#include "wait_timed.h"

#include "run_queue.h"
#include "sched/time.h"

static void deadline_passed(struct timer *timer)
{
    sched_wake(timer->arg, 1u << THREAD_SLEEP | 1u << THREAD_SLEEP_INTR, THREAD_WOKEN_TIMEOUT);
}

void wait_block_until(struct thread *t, nsec_t deadline_ns)
{
    struct timer timer;

    timer_init(&timer, deadline_passed, t);
    timer_arm(&timer, deadline_ns);
    sched_block();
    timer_cancel_sync(&timer); /* the callback must be over before the stack goes */
}

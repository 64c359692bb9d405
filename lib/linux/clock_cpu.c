// SPDX-License-Identifier: BSD-3-Clause
// CPU time of processes and threads as clocks.
#include "abi/time.h"
#include "clock_id.h"
#include "process/process.h"
#include "sched/thread.h"
#include <errno.h>

static nsec_t process_cpu_ns(struct process *p)
{
    struct thread_times times;

    process_times(p, &times);
    return times.run_ns;
}

/* Only threads of the own process have clocks that can be read. */
static int thread_clock(int tid, nsec_t *out)
{
    struct process_thread *pt = process_thread_find(tid);
    bool own = pt != NULL && pt->process == process_current();

    if (pt != NULL)
        process_thread_put(pt);
    struct thread *t = own ? thread_lookup((uint32_t)tid) : NULL;
    if (t == NULL)
        return -EINVAL;
    *out = thread_run_ns(t);
    thread_put(t);
    return 0;
}

static int process_clock(int pid, nsec_t *out)
{
    struct process *p = process_find(pid);

    if (p == NULL)
        return -EINVAL;
    *out = process_cpu_ns(p);
    process_put(p);
    return 0;
}

int cpu_clock_read_ns(clockid_t clock, nsec_t *out)
{
    if (clock == CLOCK_PROCESS_CPUTIME_ID) {
        *out = process_cpu_ns(process_current());
        return 0;
    }
    if (clock == CLOCK_THREAD_CPUTIME_ID) {
        *out = thread_run_ns(thread_current());
        return 0;
    }
    if (clock >= 0 || (clock & CPUCLOCK_CLOCK_MASK) == CLOCKFD)
        return -EINVAL;
    int id = ~(clock >> 3);
    bool per_thread = clock & CPUCLOCK_PERTHREAD_MASK;
    if (id == 0) {
        *out = per_thread ? thread_run_ns(thread_current()) : process_cpu_ns(process_current());
        return 0;
    }
    return per_thread ? thread_clock(id, out) : process_clock(id, out);
}

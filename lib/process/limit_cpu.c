// SPDX-License-Identifier: BSD-3-Clause
// RLIMIT_CPU: SIGXCPU each second beyond the soft limit, SIGKILL at the hard one.
#include "limit_cpu.h"
#include "cpu_clock.h"
#include "process/signal.h"
#include "sched/time.h"

#define OFF NSEC_FOREVER

/* One process; a second one (fork) gets its own in struct process. */
static struct cpu_limit {
    struct timer timer;
    struct process *process;
    nsec_t soft_ns; /* a: when the next SIGXCPU is due */
} the_limit;

static nsec_t in_ns(rlim_t seconds)
{
    return seconds >= OFF / NSEC_PER_SEC ? OFF : (nsec_t)seconds * NSEC_PER_SEC;
}

static void look(struct timer *timer)
{
    struct cpu_limit *l = timer->arg;
    struct process *p = l->process;
    nsec_t used = cpu_clock_process_ns(p), hard = in_ns(p->limits[RLIMIT_CPU].rlim_max);

    if (used >= hard) {
        (void)signal_send_process(p, SIGKILL, SIGNAL_INFO_KERNEL);
        return;
    }
    if (used >= l->soft_ns) {
        l->soft_ns += NSEC_PER_SEC;
        (void)signal_send_process(p, SIGXCPU, SIGNAL_INFO_KERNEL);
    }
    nsec_t next = min(l->soft_ns, hard);
    if (next != OFF)
        timer_arm(&l->timer, cpu_clock_next_look(p, next - used, false));
}

void limit_cpu_set(struct process *p, const struct rlimit *limit)
{
    struct cpu_limit *l = &the_limit;

    if (l->process == NULL)
        timer_init(&l->timer, look, l);
    else
        (void)timer_cancel_sync(&l->timer);
    l->process = p;
    l->soft_ns = in_ns(limit->rlim_cur);
    nsec_t next = min(l->soft_ns, in_ns(limit->rlim_max));
    if (next != OFF)
        timer_arm(&l->timer, cpu_clock_next_look(p, max(next - cpu_clock_process_ns(p), (nsec_t)1), false));
}

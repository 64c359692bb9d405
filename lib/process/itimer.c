// SPDX-License-Identifier: BSD-3-Clause
// Interval timers: SIGALRM by the clock, SIGVTALRM and SIGPROF by the process's CPU time, without and with the kernel's part.
#include "process/itimer.h"
#include "cpu_clock.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/time.h"
#include <errno.h>
#include <sys/time.h>

#define MIN_PERIOD_NS (50 * NSEC_PER_USEC) /* a signal cannot be told from the next one below that */

/* Legend: G = process.signals.lock */
struct itimer {
    struct timer timer;
    struct process *process;        /* I */
    int which;                      /* I */
    nsec_t expires_ns, interval_ns; /* G; expires 0: disarmed */
};
struct process_itimers {
    struct itimer timers[3];
};

static nsec_t now_of(const struct itimer *t)
{
    if (t->which == ITIMER_REAL)
        return clock_monotonic_ns();
    return t->which == ITIMER_VIRTUAL ? cpu_clock_process_user_ns(t->process) : cpu_clock_process_ns(t->process);
}

static void arm_locked(struct itimer *t, nsec_t now)
{
    if (t->which == ITIMER_REAL)
        timer_arm(&t->timer, t->expires_ns);
    else
        timer_arm(&t->timer, cpu_clock_next_look(t->process, t->expires_ns - now, false));
}

static void expire(struct timer *timer)
{
    static const int signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    struct itimer *t = timer->arg;
    nsec_t now = now_of(t);
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
    bool due = t->expires_ns != 0 && t->expires_ns <= now;

    if (due && t->interval_ns != 0) {
        t->expires_ns += ((now - t->expires_ns) / t->interval_ns + 1) * t->interval_ns;
        t->expires_ns = max(t->expires_ns, now + MIN_PERIOD_NS);
    } else if (due) {
        t->expires_ns = 0;
    }
    if (t->expires_ns != 0)
        arm_locked(t, now);
    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    if (due)
        (void)signal_send_process(t->process, signals[t->which], SIGNAL_INFO_KERNEL);
}

static void release_all(struct process *p)
{
    struct process_itimers *all = p->itimers;

    if (all == NULL)
        return;
    for (unsigned i = 0; i < 3; i++) {
        all->timers[i].expires_ns = 0;
        timer_cancel_sync(&all->timers[i].timer);
    }
    p->itimers = NULL;
    kfree(all);
}

static struct process_itimers *itimers_of(struct process *p)
{
    if (p->itimers != NULL)
        return p->itimers;
    struct process_itimers *all = kzalloc(sizeof(*all));
    if (all == NULL)
        return NULL;
    for (int i = 0; i < 3; i++) {
        all->timers[i].process = p;
        all->timers[i].which = i;
        timer_init(&all->timers[i].timer, expire, &all->timers[i]);
    }
    p->release_itimers = release_all;
    p->itimers = all;
    return all;
}

static void report(const struct itimer *t, nsec_t now, struct itimer_setting *out)
{
    out->interval_ns = t->interval_ns;
    out->value_ns = t->expires_ns == 0 ? 0 : max(t->expires_ns - now, NSEC_PER_USEC); /* 0 would mean disarmed */
}

int itimer_set(int which, const struct itimer_setting *s, struct itimer_setting *old)
{
    struct process *p = process_current();
    int err = -ENOMEM;

    if (which == ITIMER_VIRTUAL)
        thread_sample_start();
    mutex_lock(&p->lock);
    struct process_itimers *all = itimers_of(p);
    if (all != NULL) {
        struct itimer *t = &all->timers[which];
        nsec_t now = now_of(t);
        irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
        if (old != NULL)
            report(t, now, old);
        (void)timer_cancel(&t->timer);
        t->interval_ns = s->interval_ns;
        t->expires_ns = s->value_ns == 0 ? 0 : s->value_ns > NSEC_FOREVER - now ? NSEC_FOREVER : now + s->value_ns;
        if (t->expires_ns != 0 && t->expires_ns != NSEC_FOREVER)
            arm_locked(t, now);
        spin_unlock_irqrestore(&p->signals.lock, flags);
        err = 0;
    }
    mutex_unlock(&p->lock);
    return err;
}

void itimer_get(int which, struct itimer_setting *out)
{
    struct process *p = process_current();

    *out = (struct itimer_setting){0, 0};
    mutex_lock(&p->lock);
    if (p->itimers != NULL) {
        nsec_t now = now_of(&p->itimers->timers[which]);
        report(&p->itimers->timers[which], now, out);
    }
    mutex_unlock(&p->lock);
}

// SPDX-License-Identifier: BSD-3-Clause
// POSIX timers: expiry, the signal that tells of it, overruns.

/*
 * A timer owns the storage of its one signal. It fires once and is armed again only when that signal is taken (on_dequeue), which then also counts
 * the periods that passed meanwhile: so a short period never floods the machine, and an overrun count is exact.
 *
 * Wall-clock timers sit in the scheduler's timer queue. A relative timer on CLOCK_REALTIME runs on the monotonic clock, an absolute one is moved
 * when the clock is stepped. CPU-time timers are looked at again at the earliest moment at which they could be due.
 *
 * Lock: the fields below belong to process.signals.lock ("G"), since signals are dequeued under it; the list changes under process.lock and G.
 */
#include "process/posix_timer.h"
#include "abi/time.h"
#include "cpu_clock.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/time.h"
#include <errno.h>
#include <time.h>

#define OVERRUN_MAX INT32_MAX

enum timer_base { BASE_MONOTONIC, BASE_BOOTTIME, BASE_REALTIME, BASE_PROCESS_CPU, BASE_THREAD_CPU };

struct posix_timer {
    struct list_node link;          /* G + process.lock */
    struct process *process;        /* I: not a reference: the process outlives its timers */
    struct process_thread *target;  /* I: reference or NULL */
    struct process_thread *counted; /* I: whose CPU time; reference or NULL */
    struct process *counted_process;/* I: reference or NULL */
    int id;                         /* I */
    enum timer_base clock;          /* I: as created */
    enum timer_base base;           /* G: what @expires_ns counts on */
    int signo;                      /* I */
    struct timer timer;
    struct signal_entry entry;      /* G */
    nsec_t expires_ns, interval_ns; /* G; expires 0: disarmed */
    bool armed;                     /* G: @timer will fire or look */
    bool rearm;                     /* G: the signal's arrival starts the next period */
    bool deleted;                   /* G */
    int64_t overrun;                /* G: periods that passed without a signal of their own, of the running period */
    int overrun_last;               /* G: of the last signal taken */
};

struct process_timers {
    struct list_node list; /* G + process.lock */
    int next_id;           /* process.lock */
    struct clock_set_listener listener;
    struct process *process;
};

static int base_of(int clock_id)
{
    switch (clock_id) {
    case CLOCK_MONOTONIC:
        return BASE_MONOTONIC;
    case CLOCK_BOOTTIME:
        return BASE_BOOTTIME;
    case CLOCK_REALTIME:
    case CLOCK_TAI:
        return BASE_REALTIME;
    case CLOCK_PROCESS_CPUTIME_ID:
        return BASE_PROCESS_CPU;
    case CLOCK_THREAD_CPUTIME_ID:
        return BASE_THREAD_CPU;
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
    case 8: /* CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM: there is no clock that could wake the machine */
    case 9:
        return -EOPNOTSUPP;
    default:
        break;
    }
    if (clock_id >= 0 || (clock_id & CPUCLOCK_CLOCK_MASK) == CLOCKFD)
        return -EINVAL;
    return clock_id & CPUCLOCK_PERTHREAD_MASK ? BASE_THREAD_CPU : BASE_PROCESS_CPU;
}

/* Whose CPU time @clock_id counts. -EINVAL: no such thread or process. */
static int find_counted(int clock_id, struct posix_timer *t)
{
    struct process_thread *self = process_thread_current();
    int id = clock_id >= 0 ? 0 : ~(clock_id >> 3);

    if (t->clock == BASE_THREAD_CPU) {
        t->counted = id == 0 ? process_thread_get(self) : process_thread_find(id);
        if (t->counted == NULL || t->counted->process != self->process)
            return -EINVAL;
    } else if (t->clock == BASE_PROCESS_CPU) {
        t->counted_process = id == 0 ? process_get(self->process) : process_find(id);
        if (t->counted_process == NULL)
            return -EINVAL;
    }
    return 0;
}

static void put_parts(struct posix_timer *t)
{
    if (t->target != NULL)
        process_thread_put(t->target);
    if (t->counted != NULL)
        process_thread_put(t->counted);
    if (t->counted_process != NULL)
        process_put(t->counted_process);
}

int posix_timer_clock_check(int clock_id)
{
    struct posix_timer probe = {0};
    int base = base_of(clock_id);

    if (base < 0)
        return base;
    probe.clock = (enum timer_base)base;
    int err = find_counted(clock_id, &probe);
    put_parts(&probe);
    return err;
}

static bool is_cpu(enum timer_base base)
{
    return base == BASE_PROCESS_CPU || base == BASE_THREAD_CPU;
}

/* The time on @base now. CPU clocks take G: not with it held. */
static nsec_t now_on(const struct posix_timer *t, enum timer_base base)
{
    switch (base) {
    case BASE_REALTIME:
        return clock_realtime_ns();
    case BASE_BOOTTIME:
        return clock_boottime_ns();
    case BASE_PROCESS_CPU:
        return cpu_clock_process_ns(t->counted_process);
    case BASE_THREAD_CPU:
        return cpu_clock_thread_ns(t->counted);
    default:
        return clock_monotonic_ns();
    }
}

/* Put the timer in the queue for the first moment at which it may be due. @now on its base. */
static void arm_locked(struct posix_timer *t, nsec_t now)
{
    nsec_t remaining = t->expires_ns - now, at;

    t->armed = true;
    if (is_cpu(t->base)) {
        at = cpu_clock_next_look(t->process, remaining, t->base == BASE_THREAD_CPU);
    } else {
        nsec_t mono = clock_monotonic_ns();
        at = remaining > NSEC_FOREVER - mono ? NSEC_FOREVER : mono + remaining;
    }
    if (at != NSEC_FOREVER)
        timer_arm(&t->timer, at);
}

/* Skip the periods that are over. Return: how many. */
static int64_t forward_locked(struct posix_timer *t, nsec_t now)
{
    if (t->interval_ns == 0 || t->expires_ns > now)
        return 0;
    int64_t periods = (now - t->expires_ns) / t->interval_ns + 1;
    t->expires_ns += periods * t->interval_ns;
    return periods;
}

/* Its signal was taken: report overruns and begin the next period. CPU clocks cannot be read here; they are looked at soon. */
static void signal_taken(struct signal_entry *e, struct signal_info *info)
{
    struct posix_timer *t = container_of(e, struct posix_timer, entry);

    if (t->rearm && !t->deleted) {
        nsec_t now = is_cpu(t->base) ? t->expires_ns : now_on(t, t->base);
        t->overrun += forward_locked(t, now) - 1;
        t->rearm = false;
        arm_locked(t, now);
    }
    t->overrun_last = (int)min(t->overrun, (int64_t)OVERRUN_MAX);
    t->overrun = 0;
    info->timer.overrun = t->overrun_last;
}

static void expire(struct timer *timer)
{
    struct posix_timer *t = timer->arg;
    struct spinlock *lock = &t->process->signals.lock;
    nsec_t now = now_on(t, t->base);
    irq_flags_t flags = spin_lock_irqsave(lock);
    bool due = t->armed && !t->deleted && t->expires_ns <= now;

    if (t->armed && !t->deleted && !due)
        arm_locked(t, now);
    if (due) {
        t->armed = false;
        t->rearm = t->interval_ns != 0;
        t->overrun = 0;
    }
    spin_unlock_irqrestore(lock, flags);
    if (!due || t->signo == 0)
        return;
    if (signal_send_entry(t->process, t->target, &t->entry) == 0)
        return;
    /* ignored (or its thread has left): no signal will start the next period */
    now = now_on(t, t->base);
    flags = spin_lock_irqsave(lock);
    if (t->rearm && !t->deleted && list_empty(&t->entry.link)) {
        t->rearm = false;
        (void)forward_locked(t, now);
        t->armed = true;
        nsec_t at = is_cpu(t->base) ? cpu_clock_next_look(t->process, t->expires_ns - now, false) : clock_monotonic_ns() + (t->expires_ns - now);
        timer_arm(&t->timer, max(at, clock_monotonic_ns() + NSEC_PER_MSEC)); /* nobody is told: no need for a fine period */
    }
    spin_unlock_irqrestore(lock, flags);
}

/* The wall clock was stepped: absolute timers on it are due at another moment. */
static void clock_stepped(struct clock_set_listener *l)
{
    struct process_timers *all = container_of(l, struct process_timers, listener);
    struct posix_timer *t;
    irq_flags_t flags = spin_lock_irqsave(&all->process->signals.lock);

    LIST_FOR_EACH(t, &all->list, link) {
        if (t->base == BASE_REALTIME && t->armed)
            arm_locked(t, clock_realtime_ns());
    }
    spin_unlock_irqrestore(&all->process->signals.lock, flags);
}

static struct posix_timer *find_locked(struct process *p, int id)
{
    struct posix_timer *t;

    if (p->timers == NULL)
        return NULL;
    LIST_FOR_EACH(t, &p->timers->list, link) {
        if (t->id == id)
            return t;
    }
    return NULL;
}

/* process.lock held; the timer is off the list. */
static void destroy(struct posix_timer *t)
{
    struct process *p = t->process;
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    t->deleted = true;
    t->armed = false;
    list_remove(&t->link);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    timer_cancel_sync(&t->timer);
    (void)signal_forget_entry(p, &t->entry);
    atomic_sub_relaxed((uint32_t *)&p->signals.n_queued, 1);
    put_parts(t);
    kfree(t);
}

static void release_all(struct process *p)
{
    struct posix_timer *t, *next;

    mutex_lock(&p->lock);
    if (p->timers != NULL) {
        LIST_FOR_EACH_SAFE(t, next, &p->timers->list, link)
            destroy(t);
        clock_set_listener_remove(&p->timers->listener);
        kfree(p->timers);
        p->timers = NULL;
    }
    mutex_unlock(&p->lock);
}

static struct process_timers *timers_of(struct process *p)
{
    if (p->timers != NULL)
        return p->timers;
    struct process_timers *all = kzalloc(sizeof(*all));
    if (all == NULL)
        return NULL;
    list_init(&all->list);
    all->process = p;
    all->listener.fn = clock_stepped;
    clock_set_listener_add(&all->listener);
    p->timers = all;
    p->release_posix_timers = release_all;
    return all;
}

static void init_entry(struct posix_timer *t, const struct posix_timer_request *r)
{
    list_init(&t->entry.link);
    t->entry.on_dequeue = signal_taken;
    t->entry.info.signo = r->signo;
    t->entry.info.code = SI_TIMER;
    t->entry.info.timer.id = t->id;
    t->entry.info.timer.value = r->value_is_id ? (uint64_t)t->id : r->value;
}

static int insert(struct process *p, struct posix_timer *t, const struct posix_timer_request *r)
{
    struct process_timers *all = timers_of(p);

    if (all == NULL)
        return -ENOMEM;
    do {
        t->id = all->next_id;
        all->next_id = all->next_id == INT32_MAX ? 0 : all->next_id + 1;
    } while (find_locked(p, t->id) != NULL);
    init_entry(t, r);
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    list_push_back(&all->list, &t->link);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    return t->id;
}

int posix_timer_create(const struct posix_timer_request *r)
{
    struct process *p = process_current();
    int base = base_of(r->clock_id);

    if (base < 0)
        return base;
    if (p->signals.n_queued >= p->limits[RLIMIT_SIGPENDING].rlim_cur)
        return -EAGAIN;
    struct posix_timer *t = kzalloc(sizeof(*t));
    if (t == NULL)
        return -EAGAIN;
    t->process = p;
    t->clock = t->base = (enum timer_base)base;
    t->signo = r->signo;
    timer_init(&t->timer, expire, t);
    int id = find_counted(r->clock_id, t);
    if (id == 0) {
        mutex_lock(&p->lock);
        id = insert(p, t, r);
        mutex_unlock(&p->lock);
    }
    if (id < 0) {
        put_parts(t);
        kfree(t);
        return id;
    }
    t->target = r->thread;
    atomic_add_relaxed((uint32_t *)&p->signals.n_queued, 1);
    return id;
}

/* What timer_gettime reports. @now on the timer's base. */
static void report_locked(struct posix_timer *t, nsec_t now, struct posix_timer_setting *out)
{
    *out = (struct posix_timer_setting){0, t->interval_ns};
    if (t->expires_ns == 0)
        return;
    if (t->interval_ns != 0 && (t->rearm || t->signo == 0)) {
        int64_t passed = forward_locked(t, now);
        if (t->rearm)
            t->overrun += passed;
    }
    nsec_t left = t->expires_ns - now;
    if (left > 0)
        out->value_ns = left;
    else if (t->armed && t->signo != 0)
        out->value_ns = 1; /* about to fire: 0 would mean disarmed */
}

static enum timer_base base_for(const struct posix_timer *t, bool absolute)
{
    return t->clock == BASE_REALTIME && !absolute ? BASE_MONOTONIC : t->clock;
}

int posix_timer_set(int id, bool absolute, const struct posix_timer_setting *s, struct posix_timer_setting *old)
{
    struct process *p = process_current();

    mutex_lock(&p->lock);
    struct posix_timer *t = find_locked(p, id);
    if (t == NULL) {
        mutex_unlock(&p->lock);
        return -EINVAL;
    }
    enum timer_base base = base_for(t, absolute);
    nsec_t old_now = now_on(t, t->base), now = now_on(t, base);
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    if (old != NULL)
        report_locked(t, old_now, old);
    (void)timer_cancel(&t->timer); /* a callback under way finds the new state */
    t->armed = t->rearm = false;
    t->base = base;
    t->interval_ns = s->interval_ns;
    t->overrun = 0;
    t->overrun_last = 0;
    t->expires_ns = 0;
    if (s->value_ns != 0) {
        if (absolute)
            t->expires_ns = s->value_ns;
        else
            t->expires_ns = s->value_ns > NSEC_FOREVER - now ? NSEC_FOREVER : now + s->value_ns;
        if (t->signo != 0)
            arm_locked(t, now);
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    mutex_unlock(&p->lock);
    return 0;
}

int posix_timer_get(int id, struct posix_timer_setting *out)
{
    struct process *p = process_current();
    int err = -EINVAL;

    mutex_lock(&p->lock);
    struct posix_timer *t = find_locked(p, id);
    if (t != NULL) {
        nsec_t now = now_on(t, t->base);
        irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
        report_locked(t, now, out);
        spin_unlock_irqrestore(&p->signals.lock, flags);
        err = 0;
    }
    mutex_unlock(&p->lock);
    return err;
}

int posix_timer_overrun(int id)
{
    struct process *p = process_current();

    mutex_lock(&p->lock);
    struct posix_timer *t = find_locked(p, id);
    int n = t != NULL ? t->overrun_last : -EINVAL;
    mutex_unlock(&p->lock);
    return n;
}

int posix_timer_delete(int id)
{
    struct process *p = process_current();

    mutex_lock(&p->lock);
    struct posix_timer *t = find_locked(p, id);
    if (t != NULL)
        destroy(t);
    mutex_unlock(&p->lock);
    return t != NULL ? 0 : -EINVAL;
}

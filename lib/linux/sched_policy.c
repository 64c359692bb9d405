// SPDX-License-Identifier: BSD-3-Clause
// sched_{set,get}{scheduler,param,attr}, sched_get_priority_{min,max}, sched_rr_get_interval.
#include "abi/capability.h"
#include "abi/sched.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/struct_in.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/sched.h"
#include "sched/thread.h"
#include "sched_target.h"
#include <errno.h>
#include <time.h>

#define POLICY_KEEP (-1)
#define FLAGS_KNOWN (SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_RECLAIM | SCHED_FLAG_DL_OVERRUN | SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS)
#define FLAGS_UTIL (SCHED_FLAG_UTIL_CLAMP_MIN | SCHED_FLAG_UTIL_CLAMP_MAX)

static bool realtime(int policy)
{
    return policy == SCHED_POLICY_FIFO || policy == SCHED_POLICY_RR;
}

static bool known(int policy)
{
    return realtime(policy) || policy == SCHED_POLICY_OTHER || policy == SCHED_POLICY_BATCH || policy == SCHED_POLICY_IDLE;
}

/* What a thread without CAP_SYS_NICE may do to one of its user's threads: see sched(7), "Privileges and resource limits". */
static int check_unprivileged(const struct sched_target *t, const struct sched_params *old, const struct sched_params *p)
{
    if (!realtime(p->policy) && p->nice < old->nice && !sched_can_nice(t, p->nice))
        return -EPERM;
    if (realtime(p->policy)) {
        unsigned long limit = t->process->process->limits[RLIMIT_RTPRIO].rlim_cur;
        if (p->policy != old->policy && limit == 0)
            return -EPERM;
        int old_priority = realtime(old->policy) ? old->priority : 0;
        if (p->priority > old_priority && (unsigned long)p->priority > limit)
            return -EPERM;
    }
    if (old->policy == SCHED_POLICY_IDLE && p->policy != SCHED_POLICY_IDLE && !sched_can_nice(t, old->nice))
        return -EPERM;
    if (!sched_target_owned(t))
        return -EPERM;
    if (old->reset_on_fork && !p->reset_on_fork)
        return -EPERM;
    return 0;
}

/* @p->policy may be POLICY_KEEP. */
static int change(const struct sched_target *t, struct sched_params *p)
{
    struct sched_params old;

    sched_get_params(t->thread, &old);
    if (p->policy == POLICY_KEEP) {
        p->policy = old.policy;
        p->reset_on_fork = old.reset_on_fork;
    }
    if (!known(p->policy) || p->priority < 0 || p->priority > 99 || realtime(p->policy) != (p->priority != 0))
        return -EINVAL;
    if (!process_capable(CAP_SYS_NICE)) {
        int r = check_unprivileged(t, &old, p);
        if (r != 0)
            return r;
    }
    return sched_set_params(t->thread, p);
}

static long set_scheduler(pid_t pid, int policy, const struct sched_param *param)
{
    struct sched_target t;
    struct sched_params p = {.policy = policy}, old;
    int priority;

    if (param == NULL || pid < 0)
        return -EINVAL;
    if (copy_in(&priority, param, sizeof(priority)) != 0)
        return -EFAULT;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    sched_get_params(t.thread, &old);
    p.priority = priority;
    p.nice = old.nice;
    if (policy != POLICY_KEEP && (policy & SCHED_RESET_ON_FORK)) {
        p.policy = policy & ~SCHED_RESET_ON_FORK;
        p.reset_on_fork = true;
    }
    long r = change(&t, &p);
    sched_target_put(&t);
    return r;
}

long sys_sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    return policy < 0 ? -EINVAL : set_scheduler(pid, policy, param);
}

long sys_sched_setparam(pid_t pid, const struct sched_param *param)
{
    return set_scheduler(pid, POLICY_KEEP, param);
}

/* The parameters of @pid; 0 or an error. */
static long get_params(pid_t pid, struct sched_params *out)
{
    struct sched_target t;

    if (pid < 0)
        return -EINVAL;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    sched_get_params(t.thread, out);
    sched_target_put(&t);
    return 0;
}

long sys_sched_getscheduler(pid_t pid)
{
    struct sched_params p;
    long r = get_params(pid, &p);

    return r != 0 ? r : p.policy | (p.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

long sys_sched_getparam(pid_t pid, struct sched_param *param)
{
    struct sched_params p;

    if (param == NULL)
        return -EINVAL;
    long r = get_params(pid, &p);
    if (r != 0)
        return r;
    int priority = realtime(p.policy) ? p.priority : 0;
    return copy_out(param, &priority, sizeof(priority));
}

long sys_sched_get_priority_max(int policy)
{
    if (realtime(policy))
        return 99;
    return known(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(int policy)
{
    if (realtime(policy))
        return 1;
    return known(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    struct sched_target t;

    if (pid < 0)
        return -EINVAL;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    nsec_t ns = sched_rr_interval_ns(t.thread);
    sched_target_put(&t);
    const int64_t ts[2] = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};
    return copy_out(interval, ts, sizeof(ts));
}

/* The caller declares the size of its structure; a size that does not fit is corrected in it. */
static long copy_attr_in(struct sched_attr *attr, struct sched_attr *user)
{
    uint32_t size;

    if (get_user_u32(&size, &user->size) != 0)
        return -EFAULT;
    if (size == 0)
        size = SCHED_ATTR_SIZE_VER0;
    long r = size < SCHED_ATTR_SIZE_VER0 || size > 4096 ? -E2BIG : struct_copy_in(attr, sizeof(*attr), user, size);
    if (r == -E2BIG && put_user_u32(&user->size, sizeof(*attr)) != 0)
        return -EFAULT;
    if (r == 0 && (attr->sched_flags & FLAGS_UTIL) && size < SCHED_ATTR_SIZE_VER1)
        return -EINVAL;
    attr->sched_nice = attr->sched_nice < -20 ? -20 : attr->sched_nice > 19 ? 19 : attr->sched_nice;
    return r;
}

static long apply_attr(const struct sched_target *t, const struct sched_attr *attr)
{
    struct sched_params p = {.policy = (int)attr->sched_policy, .nice = attr->sched_nice, .priority = (int)attr->sched_priority,
        .reset_on_fork = attr->sched_flags & SCHED_FLAG_RESET_ON_FORK}, old;

    if (attr->sched_flags & ~(uint64_t)(FLAGS_KNOWN | FLAGS_UTIL))
        return -EINVAL;
    if (attr->sched_flags & FLAGS_UTIL)
        return -EOPNOTSUPP;
    sched_get_params(t->thread, &old);
    if (attr->sched_flags & SCHED_FLAG_KEEP_POLICY)
        p.policy = POLICY_KEEP;
    if (attr->sched_flags & SCHED_FLAG_KEEP_PARAMS) {
        p.nice = old.nice;
        p.priority = realtime(old.policy) ? old.priority : 0;
    }
    if (realtime(p.policy))
        p.nice = old.nice;
    return change(t, &p);
}

long sys_sched_setattr(pid_t pid, struct sched_attr *user, unsigned flags)
{
    struct sched_attr attr;
    struct sched_target t;

    if (user == NULL || pid < 0 || flags != 0)
        return -EINVAL;
    long r = copy_attr_in(&attr, user);
    if (r != 0)
        return r;
    if ((int)attr.sched_policy < 0)
        return -EINVAL;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    r = apply_attr(&t, &attr);
    sched_target_put(&t);
    return r;
}

long sys_sched_getattr(pid_t pid, struct sched_attr *user, unsigned size, unsigned flags)
{
    struct sched_params p;

    if (user == NULL || pid < 0 || size > 4096 || size < SCHED_ATTR_SIZE_VER0 || flags != 0)
        return -EINVAL;
    long r = get_params(pid, &p);
    if (r != 0)
        return r;
    struct sched_attr attr = {.size = size < sizeof(attr) ? size : sizeof(attr), .sched_policy = (uint32_t)p.policy};
    if (p.reset_on_fork)
        attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
    if (realtime(p.policy))
        attr.sched_priority = (uint32_t)p.priority;
    else
        attr.sched_nice = p.nice;
    return copy_out(user, &attr, attr.size);
}

// SPDX-License-Identifier: BSD-3-Clause
// getrlimit, setrlimit and prlimit64.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

#define NOFILE_MAX (1u << 20) /* fs.nr_open */

static int change(struct process *p, unsigned resource, struct rlimit *limit)
{
    if (limit->rlim_cur > limit->rlim_max)
        return -EINVAL;
    if (resource == RLIMIT_NOFILE && limit->rlim_max > NOFILE_MAX)
        return -EPERM;
    if (limit->rlim_max > p->limits[resource].rlim_max && !process_capable(CAP_SYS_RESOURCE))
        return -EPERM;
    return process_limit_set(p, resource, limit);
}

static int get_and_set(struct process *p, unsigned resource, struct rlimit *limit, struct rlimit *old)
{
    int err = 0;

    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    mutex_lock(&p->lock);
    if (old != NULL)
        *old = p->limits[resource];
    if (limit != NULL)
        err = change(p, resource, limit);
    mutex_unlock(&p->lock);
    return err;
}

long sys_getrlimit(unsigned resource, struct rlimit *limit)
{
    struct rlimit old;
    int err = get_and_set(process_current(), resource, NULL, &old);

    return err != 0 ? err : copy_out(limit, &old, sizeof(old));
}

long sys_setrlimit(unsigned resource, const struct rlimit *limit)
{
    struct rlimit wanted;

    if (copy_in(&wanted, limit, sizeof(wanted)) != 0)
        return -EFAULT;
    return get_and_set(process_current(), resource, &wanted, NULL);
}

/* Another process's limits: only with the same identity, or privilege. */
static bool may_touch(struct process *p)
{
    const struct credentials *me = process_cred();
    struct credentials *c = process_cred_of(p);
    if (c == NULL)
        return false;
    bool same = me->uid == c->euid && me->uid == c->suid && me->uid == c->uid && me->gid == c->egid && me->gid == c->sgid && me->gid == c->gid;
    cred_put(c);
    return same || process_capable(CAP_SYS_RESOURCE);
}

long sys_prlimit64(pid_t pid, unsigned resource, const struct rlimit *limit, struct rlimit *old)
{
    struct rlimit wanted, before;

    if (limit != NULL && copy_in(&wanted, limit, sizeof(wanted)) != 0)
        return -EFAULT;
    struct process_thread *t = pid == 0 ? process_thread_get(process_thread_current()) : process_thread_find(pid);
    if (t == NULL)
        return -ESRCH;
    struct process *p = t->process;
    int err = p == process_current() || may_touch(p) ? 0 : -EPERM;
    if (err == 0)
        err = get_and_set(p, resource, limit != NULL ? &wanted : NULL, &before);
    process_thread_put(t);
    if (err == 0 && old != NULL)
        err = copy_out(old, &before, sizeof(before));
    return err;
}

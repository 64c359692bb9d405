// SPDX-License-Identifier: BSD-3-Clause
// sched_setaffinity, sched_getaffinity.
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "sched/sched.h"
#include "sched_target.h"
#include <errno.h>

long sys_sched_setaffinity(pid_t pid, unsigned len, const unsigned long *user)
{
    struct cpu_mask mask;
    struct sched_target t;

    memset(&mask, 0, sizeof(mask));
    if (copy_in(&mask, user, len < sizeof(mask) ? len : sizeof(mask)) != 0)
        return -EFAULT;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    long r = sched_target_owned(&t) ? sched_set_affinity(t.thread, &mask) : -EPERM;
    sched_target_put(&t);
    return r;
}

long sys_sched_getaffinity(pid_t pid, unsigned len, unsigned long *user)
{
    struct cpu_mask mask, online;
    struct sched_target t;
    unsigned n_cpus = sched_cpu_count(), bytes = (n_cpus + 63) / 64 * sizeof(long);

    if (len * 8ull < n_cpus || len % sizeof(long) != 0)
        return -EINVAL;
    if (sched_target_find(pid, &t) != 0)
        return -ESRCH;
    sched_get_affinity(t.thread, &mask);
    sched_target_put(&t);
    sched_online_mask(&online);
    for (unsigned i = 0; i < CPU_MAX / 64; i++)
        mask.bits[i] &= online.bits[i];
    if (len < bytes)
        bytes = len;
    return copy_out(user, &mask, bytes) != 0 ? -EFAULT : (long)bytes;
}

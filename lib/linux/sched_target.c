// SPDX-License-Identifier: BSD-3-Clause
// Finding and being allowed to change the thread that a scheduling call names.
#include "sched_target.h"

#include "abi/capability.h"
#include "process/process.h"
#include "sched/thread.h"
#include <errno.h>

int sched_target_find(pid_t tid, struct sched_target *out)
{
    if (tid == 0) {
        out->thread = thread_get(thread_current());
        out->process = process_thread_get(process_thread_current());
        return 0;
    }
    out->process = tid > 0 ? process_thread_find(tid) : NULL;
    if (out->process == NULL)
        return -ESRCH;
    out->thread = thread_lookup((uint32_t)tid);
    if (out->thread != NULL)
        return 0;
    process_thread_put(out->process);
    return -ESRCH;
}

void sched_target_put(struct sched_target *t)
{
    process_thread_put(t->process);
    thread_put(t->thread);
}

bool sched_target_owned(const struct sched_target *t)
{
    const struct credentials *own = process_cred();
    struct credentials *c = cred_of(t->process);
    bool match = own->euid == c->euid || own->euid == c->uid;

    cred_put(c);
    return match || process_capable(CAP_SYS_NICE);
}

bool sched_can_nice(const struct sched_target *t, int nice)
{
    return (unsigned long)(20 - nice) <= t->process->process->limits[RLIMIT_NICE].rlim_cur || process_capable(CAP_SYS_NICE);
}

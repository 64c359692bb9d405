// SPDX-License-Identifier: BSD-3-Clause
// prctl: options that concern the process and the thread. Security options stand in prctl_security.c.
#include "prctl.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include "vm/space.h"
#include <abi/prctl.h>
#include <abi/signal.h>
#include <errno.h>

#define TSC_ENABLE 1

static long set_name(const char *user)
{
    struct process_thread *t = process_thread_current();
    char name[16];

    memset(name, 0, sizeof(name));
    if (copy_in_string(name, user, sizeof(name)) == -EFAULT)
        return -EFAULT;
    name[15] = '\0';
    thread_set_name(thread_current(), name);
    if (t->process->leader == t)
        memcpy(t->process->comm, name, sizeof(name));
    return 0;
}

static long get_name(char *user)
{
    char name[16];

    memset(name, 0, sizeof(name));
    thread_get_name(thread_current(), name);
    return copy_out(user, name, sizeof(name));
}

static long set_parent_death_signal(unsigned long signo)
{
    if (signo > KERNEL_NSIG)
        return -EINVAL;
    process_thread_current()->parent_death_signal = (int)signo;
    return 0;
}

static long set_dumpable(unsigned long value)
{
    if (value > 1)
        return -EINVAL;
    process_current()->dumpable = (int)value;
    return 0;
}

static long set_timer_slack(long ns)
{
    struct process_thread *t = process_thread_current();

    t->timer_slack_ns = ns <= 0 ? t->default_timer_slack_ns : ns;
    return 0;
}

/* What /proc/self shows; the program may move it if what it names is its own memory. */
static long set_vma_name(unsigned long what, unsigned long addr, unsigned long length, const char *user)
{
    char name[80];

    if (what != PR_SET_VMA_ANON_NAME)
        return -EINVAL;
    if (user == NULL)
        return vm_set_name(vm_current(), addr, length, NULL);
    long n = copy_in_string(name, user, sizeof(name));
    if (n == -ENAMETOOLONG)
        return -EINVAL;
    if (n < 0)
        return n;
    for (long i = 0; i < n; i++) {
        if (name[i] < 0x20 || name[i] > 0x7e || strchr("\\`$[]", name[i]) != NULL)
            return -EINVAL;
    }
    return vm_set_name(vm_current(), addr, length, name);
}

static bool known(int option)
{
    return option <= PR_SET_MDWE + 2 || option == PR_SET_VMA;
}

long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
{
    struct process_thread *t = process_thread_current();
    struct process *p = t->process;

    switch (option) {
    case PR_SET_NAME:
        return set_name((const char *)arg2);
    case PR_GET_NAME:
        return get_name((char *)arg2);
    case PR_SET_PDEATHSIG:
        return set_parent_death_signal(arg2);
    case PR_GET_PDEATHSIG:
        return put_user_u32((void *)arg2, (uint32_t)t->parent_death_signal);
    case PR_SET_DUMPABLE:
        return set_dumpable(arg2);
    case PR_GET_DUMPABLE:
        return p->dumpable;
    case PR_SET_TIMERSLACK:
        return set_timer_slack((long)arg2);
    case PR_GET_TIMERSLACK:
        return t->timer_slack_ns;
    case PR_SET_CHILD_SUBREAPER:
        p->child_subreaper = arg2 != 0;
        return 0;
    case PR_GET_CHILD_SUBREAPER:
        return put_user_u32((void *)arg2, p->child_subreaper);
    case PR_GET_TID_ADDRESS:
        return put_user_u64((void *)arg2, (uintptr_t)t->clear_child_tid);
    case PR_SET_VMA:
        return set_vma_name(arg2, arg3, arg4, (const char *)arg5);
    case PR_SET_TIMING:
        return arg2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
    case PR_GET_TIMING:
        return PR_TIMING_STATISTICAL;
    case PR_GET_TSC:
        return put_user_u32((void *)arg2, TSC_ENABLE);
    case PR_SET_TSC:
        return arg2 == TSC_ENABLE ? 0 : -EINVAL;
    case PR_TASK_PERF_EVENTS_DISABLE:
    case PR_TASK_PERF_EVENTS_ENABLE:
        return 0;
    case PR_MCE_KILL:
    case PR_MCE_KILL_GET:
        return -EINVAL;
    case PR_SET_THP_DISABLE:
        return arg3 | arg4 | arg5 ? -EINVAL : 0; /* a hint */
    case PR_GET_THP_DISABLE:
        return arg2 | arg3 | arg4 | arg5 ? -EINVAL : 0;
    case PR_SET_IO_FLUSHER:
    case PR_GET_IO_FLUSHER:
        return process_capable(CAP_SYS_RESOURCE) ? (option == PR_GET_IO_FLUSHER && (arg2 | arg3 | arg4 | arg5) ? -EINVAL : 0) : -EPERM;
    default:
        return known(option) ? prctl_security(option, arg2, arg3, arg4, arg5) : -EINVAL;
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// rseq: restartable sequences.

/*
 * The area in user memory names the CPU the thread runs on and, while it is inside a critical section, the section's descriptor. When the thread is
 * preempted, moved or gets a signal inside a section, it goes on at the abort address. The scheduler announces that with THREAD_WORK_NOTIFY
 * (thread->notify_preempt); the way out of the kernel comes here.
 */
#include "arch/frame.h"
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/sched.h"
#include <abi/rseq.h>
#include <errno.h>
#include <stddef.h>

static int write_cpu(struct rseq *area, uint32_t start, uint32_t id)
{
    return put_user_u32(&area->cpu_id_start, start) != 0 || put_user_u32(&area->cpu_id, id) != 0 ? -EFAULT : 0;
}

/* Leave the critical section that the interrupted address lies in. -EFAULT, -EINVAL: the program is wrong. */
static int leave_section(struct process_thread *t, struct rseq *area, struct arch_frame *f)
{
    struct rseq_cs section;
    uint32_t signature;
    uint64_t address;
    uintptr_t ip = arch_frame_ip(f);

    if (get_user_u64(&address, &area->rseq_cs) != 0)
        return -EFAULT;
    if (address == 0)
        return 0;
    if (copy_in(&section, (const void *)address, sizeof(section)) != 0)
        return -EFAULT;
    if (section.start_ip >= ARCH_USER_END || section.post_commit_offset >= ARCH_USER_END - section.start_ip ||
        section.abort_ip >= ARCH_USER_END || section.version != 0 || section.abort_ip - section.start_ip < section.post_commit_offset)
        return -EINVAL;
    if (get_user_u32(&signature, (const void *)(section.abort_ip - sizeof(signature))) != 0)
        return -EFAULT;
    if (signature != t->rseq_signature)
        return -EINVAL;
    if (put_user_u64(&area->rseq_cs, 0) != 0)
        return -EFAULT;
    if (ip - section.start_ip < section.post_commit_offset)
        arch_frame_set_ip(f, section.abort_ip);
    return 0;
}

static void resume(struct arch_frame *f)
{
    struct process_thread *t = process_thread_current();
    struct rseq *area = t->rseq;

    if (area == NULL)
        return;
    int err = leave_section(t, area, f);
    unsigned cpu = sched_current_cpu();
    if (err == 0)
        err = write_cpu(area, cpu, cpu);
    if (err != 0) {
        t->rseq = NULL; /* no second fault on the way to the handler */
        signal_force(SIGSEGV, SI_KERNEL, 0, 0, 0);
    }
}

static long unregister(struct process_thread *t, struct rseq *area, uint32_t len, int flags, uint32_t sig)
{
    if (flags & ~RSEQ_FLAG_UNREGISTER || t->rseq != area || t->rseq == NULL || len != t->rseq_bytes)
        return -EINVAL;
    if (sig != t->rseq_signature)
        return -EPERM;
    if (write_cpu(area, 0, (uint32_t)RSEQ_CPU_ID_UNINITIALIZED) != 0)
        return -EFAULT;
    t->rseq = NULL;
    t->rseq_resume = NULL;
    thread_current()->notify_preempt = false;
    return 0;
}

long sys_rseq(struct rseq *area, uint32_t len, int flags, uint32_t sig)
{
    struct process_thread *t = process_thread_current();

    if (flags & RSEQ_FLAG_UNREGISTER)
        return unregister(t, area, len, flags, sig);
    if (flags != 0)
        return -EINVAL;
    if (t->rseq != NULL) {
        if (t->rseq != area || len != t->rseq_bytes)
            return -EINVAL;
        return sig != t->rseq_signature ? -EPERM : -EBUSY;
    }
    if ((uintptr_t)area & 31 || len != sizeof(*area))
        return -EINVAL;
    if (!user_range_ok(area, len))
        return -EFAULT;
    t->rseq = area;
    t->rseq_bytes = len;
    t->rseq_signature = sig;
    t->rseq_resume = resume;
    thread_current()->notify_preempt = true;
    arch_thread_set_work(arch_current(), THREAD_WORK_NOTIFY); /* fills in the CPU on the way out */
    return 0;
}

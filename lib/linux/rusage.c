// SPDX-License-Identifier: BSD-3-Clause
// getrusage, times.
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/thread.h"
#include "sched/time.h"
#include "vm/space.h"
#include <errno.h>
#include <sys/resource.h>
#include <sys/times.h>

#define TICK_NS (NSEC_PER_SEC / 100) /* USER_HZ is 100 */

static struct timeval timeval_of(nsec_t ns)
{
    return (struct timeval){.tv_sec = ns / NSEC_PER_SEC, .tv_usec = ns % NSEC_PER_SEC / NSEC_PER_USEC};
}

static void fill(struct rusage *out, const struct thread_times *times)
{
    out->ru_utime = timeval_of(times->run_ns - times->system_ns);
    out->ru_stime = timeval_of(times->system_ns);
    out->ru_minflt = (long)times->minor_faults;
    out->ru_majflt = (long)times->major_faults;
    out->ru_nvcsw = (long)times->voluntary_switches;
    out->ru_nivcsw = (long)times->involuntary_switches;
}

static void fill_memory(struct rusage *out)
{
    struct vm_stats stats;

    vm_get_stats(vm_current(), &stats);
    out->ru_maxrss = (long)(stats.peak_resident_bytes / 1024);
}

long sys_getrusage(int who, struct rusage *usage)
{
    struct rusage result;
    struct thread_times times;

    memset(&result, 0, sizeof(result));
    thread_sample_start();
    switch (who) {
    case RUSAGE_SELF:
        process_times(process_current(), &times);
        fill(&result, &times);
        fill_memory(&result);
        break;
    case RUSAGE_THREAD:
        thread_get_times(thread_current(), &times);
        fill(&result, &times);
        fill_memory(&result);
        break;
    case RUSAGE_CHILDREN:
        break;
    default:
        return -EINVAL;
    }
    /* The kernel's structure ends with ru_nivcsw; musl's has reserved words behind. */
    return copy_out(usage, &result, offsetof(struct rusage, ru_nivcsw) + sizeof(long));
}

long sys_times(struct tms *buf)
{
    if (buf != NULL) {
        struct thread_times times;
        thread_sample_start();
        process_times(process_current(), &times);
        const struct tms result = {.tms_utime = (times.run_ns - times.system_ns) / TICK_NS, .tms_stime = times.system_ns / TICK_NS};
        if (copy_out(buf, &result, sizeof(result)) != 0)
            return -EFAULT;
    }
    return clock_monotonic_ns() / TICK_NS;
}

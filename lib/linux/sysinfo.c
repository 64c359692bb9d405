// SPDX-License-Identifier: BSD-3-Clause
// sysinfo.
#include "arch/uaccess.h"
#include "base/string.h"
#include "base/types.h"
#include "linux/syscalls.h"
#include "mem/frame.h"
#include "sched/sched.h"
#include "sched/thread.h"
#include "sched/time.h"
#include <errno.h>

/* Zeros unless something keeps the averages. */
#pragma weak sched_load_average

/* The kernel's structure; musl's has 256 reserved bytes behind. */
struct kernel_sysinfo {
    long uptime;
    unsigned long loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    uint16_t procs, pad;
    unsigned long totalhigh, freehigh;
    uint32_t mem_unit;
};

long sys_sysinfo(struct sysinfo *info)
{
    struct kernel_sysinfo s;
    struct frame_stats frames;
    uint64_t loads[3];

    memset(&s, 0, sizeof(s));
    frame_get_stats(&frames);
    memset(loads, 0, sizeof(loads));
    if (sched_load_average != NULL)
        sched_load_average(loads);
    s.uptime = (clock_boottime_ns() + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
    for (unsigned i = 0; i < 3; i++)
        s.loads[i] = loads[i];
    s.totalram = frames.total_pages * PAGE_SIZE;
    s.freeram = frames.free_pages * PAGE_SIZE;
    s.procs = (uint16_t)thread_count();
    s.mem_unit = 1;
    return copy_out(info, &s, sizeof(s));
}

// SPDX-License-Identifier: BSD-3-Clause
// Changing resource limits.
#include "file/fd_table.h"
#include "limit_cpu.h"
#include "private.h"
#include "process/process.h"

int process_limit_set(struct process *p, unsigned resource, const struct rlimit *limit)
{
    p->limits[resource] = *limit;
    switch (resource) {
    case RLIMIT_NOFILE:
        fd_table_set_limit(p->files, limit->rlim_cur);
        break;
    case RLIMIT_CPU:
        limit_cpu_set(p, limit);
        break;
    case RLIMIT_AS:
    case RLIMIT_DATA:
    case RLIMIT_STACK:
    case RLIMIT_MEMLOCK:
        process_vm_limits_apply(p);
        break;
    default:
        break;
    }
    return 0;
}

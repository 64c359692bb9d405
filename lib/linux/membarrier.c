// SPDX-License-Identifier: BSD-3-Clause
// membarrier: an IPI on every other CPU is a full barrier for whatever runs there.
#include "abi/membarrier.h"
#include "arch/cpu.h"
#include "arch/ipi.h"
#include "base/atomic.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/sched.h"
#include <errno.h>

#define SUPPORTED                                                                                                                   \
    (MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |                           \
     MEMBARRIER_CMD_PRIVATE_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |    \
     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_GET_REGISTRATIONS)

static uint32_t registered; /* of the one process; a second one gets its own word with fork */

static void barrier(void *unused)
{
    atomic_fence_seq();
}

static long everywhere(void)
{
    struct cpu_mask online;

    atomic_fence_seq();
    if (sched_cpu_count() > 1) {
        sched_online_mask(&online);
        ipi_call(online.bits, barrier, NULL);
    }
    return 0;
}

static long private_barrier(int cmd, int registration)
{
    return registered & (uint32_t)registration ? everywhere() : -EPERM;
}

long sys_membarrier(int cmd, unsigned flags, int cpu)
{
    if (flags != 0)
        return -EINVAL;
    switch (cmd) {
    case MEMBARRIER_CMD_QUERY:
        return SUPPORTED;
    case MEMBARRIER_CMD_GLOBAL:
    case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
        return everywhere();
    case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
        atomic_fetch_or(&registered, (uint32_t)cmd);
        return 0;
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
        return private_barrier(cmd, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
        return private_barrier(cmd, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
    case MEMBARRIER_CMD_GET_REGISTRATIONS:
        return registered;
    default:
        return -EINVAL;
    }
}

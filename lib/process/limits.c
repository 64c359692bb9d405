// SPDX-License-Identifier: BSD-3-Clause
// Resource limits: their defaults and where they take effect.
#include "private.h"
#include "process/process.h"
#include "vm/space.h"
#include <abi/capability.h>

#define MAX_MAP_COUNT 65530

static void set(struct process *p, unsigned resource, rlim_t soft, rlim_t hard)
{
    p->limits[resource] = (struct rlimit){soft, hard};
}

void process_limits_init(struct process *p)
{
    unsigned max_threads;
    uint32_t max_tid;

    thread_get_limits(&max_threads, &max_tid);
    for (unsigned i = 0; i < RLIM_NLIMITS; i++)
        set(p, i, RLIM_INFINITY, RLIM_INFINITY);
    set(p, RLIMIT_STACK, 8u << 20, RLIM_INFINITY);
    set(p, RLIMIT_CORE, 0, RLIM_INFINITY);
    set(p, RLIMIT_NPROC, max_threads, max_threads);
    set(p, RLIMIT_NOFILE, 1024, 1u << 20);
    set(p, RLIMIT_MEMLOCK, 8u << 20, 8u << 20);
    set(p, RLIMIT_SIGPENDING, max_threads, max_threads);
    set(p, RLIMIT_MSGQUEUE, 819200, 819200);
    set(p, RLIMIT_NICE, 0, 0);
    set(p, RLIMIT_RTPRIO, 0, 0);
}

/* RLIMIT_MEMLOCK does not bind who has CAP_IPC_LOCK; a process that has no thread yet starts as root. */
static uint64_t memlock_limit(struct process *p)
{
    struct credentials *c = process_cred_of(p);
    bool unbound = c == NULL || (c->fs.capabilities >> CAP_IPC_LOCK & 1);

    if (c != NULL)
        cred_put(c);
    return unbound ? RLIM_INFINITY : p->limits[RLIMIT_MEMLOCK].rlim_cur;
}

void process_vm_limits(struct process *p, struct vm_limits *out)
{
    *out = (struct vm_limits){
        .as_bytes = p->limits[RLIMIT_AS].rlim_cur,
        .data_bytes = p->limits[RLIMIT_DATA].rlim_cur,
        .stack_bytes = p->limits[RLIMIT_STACK].rlim_cur,
        .memlock_bytes = memlock_limit(p),
        .max_map_count = MAX_MAP_COUNT,
        .randomize = true,
    };
}

void process_vm_limits_apply(struct process *p)
{
    struct vm_limits vm;

    process_vm_limits(p, &vm);
    vm.randomize = vm_randomizes(p->space);
    address_space_set_limits(p->space, &vm);
}

struct rlimit process_limit(unsigned resource)
{
    struct process *p = process_current();
    if (p == NULL)
        return (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    return p->limits[resource];
}

// SPDX-License-Identifier: BSD-3-Clause
// The public interface <osv/memory.h>: making allocations fail.

#include <osv/memory.h>

#include "mem/frame.h"

/* No gate: nothing is locked, and whether the gate's own call counts would only confuse. */
long osv_memory_fail_after(long n, long count, int spare)
{
    long injected = mem_fail_injected();

    mem_fail_spare_user(spare == OSV_MEMORY_FAIL_KERNEL_ONLY);
    mem_fail_after(n, count);
    return injected;
}

// SPDX-License-Identifier: BSD-3-Clause
// The public interface <osv/memory.h>.

#include <osv/memory.h>

#include "arch/gate.h"
#include "arch/pgtable.h"
#include "arch/uaccess.h"
#include "base/atomic.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "mem/shrinker.h"
#include "sched/time.h"
#include "sched/wait.h"
#include "vm/object.h"
#include "vm/space.h"
#include <errno.h>

extern int *__errno_location(void);

static struct wait_queue pressure_queue = WAIT_QUEUE_INIT(pressure_queue);
static unsigned events; /* a: not reported yet */

static int answer(long r)
{
    if (r >= 0)
        return (int)r;
    *__errno_location() = (int)-r;
    return -1;
}

/* Writable and executable pages below @table. Depth: the levels of the page table. */
static uint64_t count_wx(const arch_pte_t *table, unsigned level, bool writable, bool executable)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++) {
        arch_pte_t e = atomic_load_acquire(&table[i]);
        bool w = writable && arch_pte_writable(e), x = executable && arch_pte_executable(e);

        if (!arch_pte_present(e) || !w || !x)
            continue;
        if (level < ARCH_PT_LEVELS && arch_pte_is_leaf(e, level))
            n += UINT64_C(1) << (arch_pt_shift(level) - PAGE_SHIFT);
        else
            n += count_wx(phys_to_virt(arch_pte_address(e)), level - 1, w, x);
    }
    return n;
}

static long get_stats(long out, long size, long c, long d, long e, long f)
{
    struct osv_memory_stats s;
    struct frame_stats frames;
    struct kalloc_stats objects;
    struct vm_stats space = {0};

    frame_get_stats(&frames);
    kalloc_get_stats(&objects);
    if (vm_current())
        vm_get_stats(vm_current(), &space);
    s = (struct osv_memory_stats){
        .total = frames.total_pages * PAGE_SIZE + frames.metadata_bytes,
        .free = frames.free_pages * PAGE_SIZE,
        .image = frames.reserved_pages * PAGE_SIZE,
        .metadata = frames.metadata_bytes,
        .kernel_tables = frames.kernel_table_pages * PAGE_SIZE,
        .kernel_objects = (objects.slab_pages + objects.large_pages) * PAGE_SIZE,
        .page_cache = page_cache_total_pages() * PAGE_SIZE,
        .resident = space.resident_bytes,
        .peak_resident = space.peak_resident_bytes,
        .mapped = space.mapped_bytes,
        .writable_executable_pages = count_wx(phys_to_virt(arch_root()), ARCH_PT_LEVELS, true, true),
    };
    return copy_out((void *)out, &s, min((size_t)size, sizeof(s)));
}

int osv_memory_get_stats(struct osv_memory_stats *out, size_t size)
{
    return answer(osv_syscall_gate((long)out, (long)size, 0, 0, 0, 0, get_stats, -1));
}

static void pressure(size_t free_pages)
{
    atomic_store_release(&events, 1u);
    wait_queue_wake_all(&pressure_queue);
}

static bool take_event(void)
{
    unsigned one = 1;

    return atomic_cmpxchg(&events, &one, 0u);
}

static long wait_pressure(long timeout_ms, long b, long c, long d, long e, long f)
{
    nsec_t deadline = timeout_ms < 0 ? NSEC_FOREVER : clock_monotonic_ns() + timeout_ms * NSEC_PER_MSEC;
    int r;

    mem_set_pressure_hook(pressure);
    if (timeout_ms == 0)
        return take_event();
    WAIT_EVENT(&pressure_queue, take_event(), true, deadline, r);
    return r == -ETIMEDOUT ? 0 : r ? r : 1;
}

int osv_memory_wait_pressure(int timeout_ms)
{
    return answer(osv_syscall_gate(timeout_ms, 0, 0, 0, 0, 0, wait_pressure, -1));
}

// SPDX-License-Identifier: BSD-3-Clause
// The public interface <osv/memory.h>.

#include <osv/memory.h>

#include "arch/gate.h"
#include "arch/pgtable.h"
#include "arch/uaccess.h"
#include "base/atomic.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"
#include "mem/shrinker.h"
#include "sched/time.h"
#include "sched/wait.h"
#include "vm/object.h"
#include "vm/space.h"
#include <errno.h>

extern int *__errno_location(void);
extern char osv_image_start[], osv_text_start[], osv_data_start[], osv_image_end[];

static struct wait_queue pressure_queue = WAIT_QUEUE_INIT(pressure_queue);
static unsigned events; /* a: not reported yet */

static int answer(long r)
{
    if (r >= 0)
        return (int)r;
    *__errno_location() = (int)-r;
    return -1;
}

struct code_pages {
    uint64_t writable, aliased;
};

static bool linear_alias_writable(paddr_t pa)
{
    unsigned level;
    const arch_pte_t *e = kernel_lookup_page(arch_root(), LINEAR_BASE + pa, &level);

    return e && arch_pte_writable(atomic_load_acquire(e));
}

static void count_leaf(struct code_pages *n, arch_pte_t e, unsigned level, bool writable)
{
    uint64_t pages = UINT64_C(1) << (arch_pt_shift(level) - PAGE_SHIFT);

    if (writable)
        n->writable += pages;
    for (uint64_t i = 0; i < pages; i++)
        n->aliased += linear_alias_writable(arch_pte_address(e) + i * PAGE_SIZE);
}

/* Executable pages below @table that are writable here or in the linear map. Depth: the levels of the page table. */
static void count_code(struct code_pages *n, const arch_pte_t *table, unsigned level, bool writable)
{
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++) {
        arch_pte_t e = atomic_load_acquire(&table[i]);
        bool w = writable && arch_pte_writable(e);

        if (!arch_pte_present(e) || !arch_pte_executable(e))
            continue;
        if (level == 1 || (level < ARCH_PT_LEVELS && arch_pte_is_leaf(e, level)))
            count_leaf(n, e, level, w);
        else
            count_code(n, phys_to_virt(arch_pte_address(e)), level - 1, w);
    }
}

static long get_stats(long out, long size, long c, long d, long e, long f)
{
    struct osv_memory_stats s;
    struct frame_stats frames;
    struct kalloc_stats objects;
    struct vm_stats space = {0};
    struct code_pages code = {0};

    frame_get_stats(&frames);
    kalloc_get_stats(&objects);
    if (vm_current())
        vm_get_stats(vm_current(), &space);
    count_code(&code, phys_to_virt(arch_root()), ARCH_PT_LEVELS, true);
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
        .writable_executable_pages = code.writable,
        .writable_code_aliases = code.aliased,
        .image_constants = (uint64_t)(osv_text_start - osv_image_start),
        .image_code = (uint64_t)(osv_data_start - osv_text_start),
        .image_data = (uint64_t)(osv_image_end - osv_data_start),
        .kernel_mapped = kmap_used_bytes(),
        .program_tables = space.table_bytes,
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

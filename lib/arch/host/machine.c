// SPDX-License-Identifier: BSD-3-Clause
// The virtual machine of the hosted kernel: memory, CPUs, clock and interrupts.

/*
 * One mmap is physical memory; LINEAR_BASE is a variable that points to it. A host thread is a virtual CPU while it is
 * inside host_cpu_enter(); CPU 0 is the thread that made the machine. What the hardware keeps per CPU (interrupt flag,
 * preemption count, current thread) is thread-local here; kernel threads switch stacks below that, on their CPU.
 */

#include "host_private.h"
#include <arch/boot_handoff.h>
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/host.h>
#include <arch/ipi.h>
#include <arch/irq.h>
#include <arch/page.h>
#include <arch/percpu.h>
#include <arch/pgtable.h>
#include <arch/preempt.h>
#include <arch/spinlock.h>
#include <arch/thread.h>
#include <arch/trap.h>
#include <base/atomic.h>
#include <base/panic.h>
#include <base/string.h>
#include <errno.h>

enum { HOST_CPU_MAX = 64, PERCPU_ALIGN = 64 };

uintptr_t arch_host_linear_base;
struct boot_handoff boot_handoff;
struct cpu_features cpu_features;
static size_t memory_bytes;

static uintptr_t percpu_offset[HOST_CPU_MAX];
static bool cpu_present[HOST_CPU_MAX];
static nsec_t clock_ns; /* a */
static void (*idle_hook)(void);

static struct arch_thread boot_thread[HOST_CPU_MAX];
static paddr_t root_kernel;
static uint64_t flushes_page, flushes_all; /* a */

static struct {
    irq_handler_fn fn;
    void *arg;
    uint64_t count; /* a */
} vectors[256];

/* State of the virtual CPU on this host thread. */
struct host_cpu {
    unsigned id;
    bool irqs_on;
    bool in_handler;
    bool need_resched;
    unsigned preempt;
    struct arch_thread *current;
    uint64_t pending[4];
    paddr_t root;
};
static __thread struct host_cpu me;

/*
 * Simulated CPUs: they take turns on one host thread, at points where the kernel touches what another CPU could see. A seed decides
 * the turns, so any interleaving can be repeated.
 */
static struct {
    struct host_cpu state; /* while another CPU has the turn */
    struct arch_context ctx;
    bool started, halted;
} simulated[HOST_CPU_MAX];
static unsigned n_simulated;
static uint64_t simulation_rng;
static void simulation_step(void);

/* Bounds of the per-CPU section; absent if the program has no per-CPU variable. */
extern char __start_osv_percpu[] __weak;
extern char __stop_osv_percpu[] __weak;

static void handoff_fill(size_t bytes)
{
    boot_handoff = (struct boot_handoff){
        .protocol = "host",
        .n_regions = 1,
        .regions = {{.start = 0, .end = bytes, .kind = BOOT_REGION_RAM}},
        .reserved_low_end = PAGE_SIZE,
        .linear_mapped_end = bytes,
    };
}

const struct boot_handoff *host_machine_create(size_t bytes)
{
    bytes = ALIGN_UP(bytes, HUGE_PAGE_SIZE);
    if (arch_host_linear_base)
        host_memory_unmap((void *)arch_host_linear_base, memory_bytes);
    arch_host_linear_base = (uintptr_t)host_memory_map(bytes, HUGE_PAGE_SIZE << 1);
    memory_bytes = bytes;
    memset(&cpu_features, 0, sizeof(cpu_features));
    cpu_features.physical_address_bits = 40;
    cpu_features.xsave_bytes = 512;
    if (__start_osv_percpu)
        memset(__start_osv_percpu, 0, (size_t)(__stop_osv_percpu - __start_osv_percpu));
    me = (struct host_cpu){.irqs_on = true, .current = &boot_thread[0]};
    cpu_present[0] = true;
    root_kernel = 0;
    handoff_fill(bytes);
    return &boot_handoff;
}

void host_cpu_enter(unsigned cpu)
{
    size_t size = arch_percpu_size();

    assert(cpu > 0 && cpu < HOST_CPU_MAX);
    if (!percpu_offset[cpu]) {
        char *copy = host_memory_map(ALIGN_UP(size + 1, PAGE_SIZE), PAGE_SIZE);

        arch_percpu_attach(cpu, copy);
    }
    me = (struct host_cpu){.id = cpu, .irqs_on = true, .current = &boot_thread[cpu]};
    atomic_store_release(&cpu_present[cpu], true);
}

void host_cpu_leave(void)
{
    atomic_store_release(&cpu_present[me.id], false);
    me.current = NULL;
}

size_t arch_percpu_size(void)
{
    return __start_osv_percpu ? (size_t)(__stop_osv_percpu - __start_osv_percpu) : 0;
}

void arch_percpu_attach(unsigned cpu, void *zeroed_copy)
{
    percpu_offset[cpu] = (uintptr_t)zeroed_copy - (uintptr_t)__start_osv_percpu;
}

uintptr_t arch_percpu_offset(unsigned cpu)
{
    return percpu_offset[cpu];
}

uintptr_t arch_percpu_this_offset(void)
{
    return percpu_offset[me.id];
}

unsigned cpu_id(void)
{
    return me.id;
}

unsigned arch_cpu_count_possible(void)
{
    return n_simulated ? n_simulated : 1;
}

int arch_cpu_start(unsigned cpu, struct arch_thread *idle, void (*entry)(void *), void *arg)
{
    if (cpu >= n_simulated)
        return -ENOSYS;
    simulated[cpu].state = (struct host_cpu){.id = cpu, .current = idle};
    arch_context_init(&simulated[cpu].ctx, (void *)idle->kstack_top, entry, arg);
    simulated[cpu].started = true;
    return 0;
}

static bool has_pending(const struct host_cpu *c)
{
    return c->pending[0] | c->pending[1] | c->pending[2] | c->pending[3];
}

static unsigned simulation_random(void)
{
    simulation_rng = simulation_rng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(simulation_rng >> 33);
}

/* Another CPU that has something to do, or @me.id. */
static unsigned simulation_pick(void)
{
    unsigned first = simulation_random() % n_simulated;

    for (unsigned i = 0; i < n_simulated; i++) {
        unsigned cpu = (first + i) % n_simulated;

        if (cpu != me.id && simulated[cpu].started && (!simulated[cpu].halted || has_pending(&simulated[cpu].state)))
            return cpu;
    }
    return me.id;
}

static void simulation_turn(unsigned to)
{
    unsigned from = me.id;

    if (to == from)
        return;
    simulated[from].state = me;
    me = simulated[to].state;
    arch_switch(&simulated[from].ctx, &simulated[to].ctx);
}

static void deliver_pending(void);

static void simulation_step(void)
{
    if (n_simulated < 2)
        return;
    if (simulation_random() % 4 == 0)
        simulation_turn(simulation_pick());
    if (me.irqs_on && has_pending(&me))
        deliver_pending();
}

static void simulation_halt(void)
{
    simulated[me.id].halted = true;
    while (!has_pending(&me)) {
        unsigned to = simulation_pick();

        if (to != me.id)
            simulation_turn(to);
        else if (idle_hook)
            idle_hook();
    }
    simulated[me.id].halted = false;
}

void host_simulate_cpus(unsigned n, uint64_t seed)
{
    assert(n <= HOST_CPU_MAX && me.id == 0);
    n_simulated = n;
    simulation_rng = seed;
    simulated[0].started = true;
}

void host_irq_raise_on(unsigned cpu, unsigned vector)
{
    struct host_cpu *c = cpu == me.id ? &me : &simulated[cpu].state;

    c->pending[vector / 64 % 4] |= UINT64_C(1) << vector % 64;
}

void arch_cpu_stop_others(void) {}

void cpu_relax(void)
{
    if (n_simulated)
        simulation_turn(simulation_pick());
    else
        host_yield();
}

uint64_t cpu_cycles(void)
{
    return (uint64_t)host_clock_now();
}

bool cpu_hw_random(uint64_t *out)
{
    return host_random(out);
}

nsec_t host_clock_now(void)
{
    return atomic_load_relaxed(&clock_ns);
}

void host_clock_advance(nsec_t ns)
{
    atomic_add_relaxed(&clock_ns, ns);
}

void host_set_idle_hook(void (*fn)(void))
{
    idle_hook = fn;
}

void cpu_halt(void)
{
    if (n_simulated) {
        simulation_halt();
        irq_enable();
        return;
    }
    irq_enable();
    if (idle_hook)
        idle_hook();
    else
        host_yield();
}

/* Interrupts */

static void run_handler(unsigned vector)
{
    bool nested = me.in_handler;

    me.irqs_on = false;
    me.in_handler = true;
    me.preempt++;
    atomic_add_relaxed(&vectors[vector].count, 1);
    if (vectors[vector].fn)
        vectors[vector].fn(vector, vectors[vector].arg);
    me.preempt--;
    me.in_handler = nested;
    me.irqs_on = true;
}

static void deliver_pending(void)
{
    for (unsigned i = 0; i < 4; i++) {
        while (me.irqs_on && me.pending[i]) {
            unsigned bit = (unsigned)__builtin_ctzll(me.pending[i]);

            me.pending[i] &= ~(UINT64_C(1) << bit);
            run_handler(i * 64 + bit);
        }
    }
    if (me.irqs_on && me.need_resched && me.preempt == 0)
        arch_preempt_call_hook();
}

void irq_disable(void)
{
    me.irqs_on = false;
    compiler_barrier();
}

void irq_enable(void)
{
    compiler_barrier();
    me.irqs_on = true;
    deliver_pending();
}

irq_flags_t irq_save(void)
{
    irq_flags_t flags = me.irqs_on;

    irq_disable();
    return flags;
}

void irq_restore(irq_flags_t flags)
{
    if (flags)
        irq_enable();
}

bool irq_enabled(void)
{
    return me.irqs_on;
}

/* All that interrupts a hosted thread finds is a test's own code. */
bool irq_from_user(void)
{
    return true;
}

bool irq_in_handler(void)
{
    return me.in_handler;
}

void host_irq_raise(unsigned vector)
{
    me.pending[vector / 64 % 4] |= UINT64_C(1) << vector % 64;
    if (me.irqs_on)
        deliver_pending();
}

int irq_vector_alloc(irq_handler_fn fn, void *arg)
{
    for (unsigned v = ARCH_VECTOR_DEVICE_FIRST; v <= ARCH_VECTOR_DEVICE_LAST; v++) {
        if (!vectors[v].fn) {
            irq_handler_set(v, fn, arg);
            return (int)v;
        }
    }
    return -ENOSPC;
}

void irq_vector_free(unsigned vector)
{
    vectors[vector].fn = NULL;
}

void irq_handler_set(unsigned vector, irq_handler_fn fn, void *arg)
{
    vectors[vector].fn = fn;
    vectors[vector].arg = arg;
}

uint64_t irq_count(unsigned vector)
{
    return atomic_load_relaxed(&vectors[vector].count);
}

void irq_set_eoi(void (*fn)(unsigned vector)) {}

/* Calls between CPUs: every present CPU's share is done here. Good for handlers that only flush translations. */

void ipi_call(const uint64_t *mask_bits, void (*fn)(void *), void *arg)
{
    if (mask_bits[0] & (UINT64_C(1) << me.id))
        fn(arg);
}

void ipi_send(unsigned cpu, unsigned vector)
{
    if (cpu == me.id)
        host_irq_raise(vector);
    else if (n_simulated)
        host_irq_raise_on(cpu, vector);
}

void ipi_send_others(unsigned vector) {}

void ipi_resched(unsigned cpu)
{
    if (n_simulated)
        host_irq_raise_on(cpu, ARCH_VECTOR_IPI_RESCHED);
    else if (cpu == me.id)
        preempt_set_need_resched();
}

void ipi_set_ops(const struct ipi_ops *ops) {}

/* Preemption */

static arch_resched_hook_fn resched_hook;

void arch_preempt_set_hook(arch_resched_hook_fn fn)
{
    resched_hook = fn;
}

void arch_preempt_call_hook(void)
{
    if (resched_hook)
        resched_hook();
}

void preempt_disable(void)
{
    simulation_step();
    me.preempt++;
    compiler_barrier();
}

void preempt_enable_no_resched(void)
{
    compiler_barrier();
    assert(me.preempt > 0);
    me.preempt--;
    simulation_step();
}

void preempt_enable(void)
{
    preempt_enable_no_resched();
    if (me.preempt == 0 && me.need_resched)
        arch_preempt_call_hook();
}

bool preempt_is_off(void)
{
    return me.preempt != 0;
}

unsigned preempt_count(void)
{
    return me.preempt;
}

void preempt_set_need_resched(void)
{
    me.need_resched = true;
}

void preempt_clear_need_resched(void)
{
    me.need_resched = false;
}

bool preempt_need_resched(void)
{
    return me.need_resched;
}

/* Spinlocks: the fast paths are inline in the header. */

void spin_wait(struct spinlock *l)
{
    while (__atomic_exchange_n((uint32_t *)&l->locked, 1, __ATOMIC_ACQUIRE) != 0)
        cpu_relax();
}

void spin_rank_acquire(struct spinlock *l) {}
void spin_rank_release(struct spinlock *l) {}

/* Threads */

struct arch_thread *arch_current(void)
{
    return me.current;
}

void arch_thread_init(struct arch_thread *t, uintptr_t kstack_base, uintptr_t kstack_top, uintptr_t fs_base)
{
    t->kstack_base = kstack_base;
    t->kstack_top = kstack_top;
    t->fs_base = fs_base;
}

void arch_thread_adopt_boot(struct arch_thread *t)
{
    me.current = t;
}

void arch_thread_set_fs_base(struct arch_thread *t, uintptr_t fs_base)
{
    t->fs_base = fs_base;
}

void arch_thread_switch(struct arch_thread *prev, struct arch_thread *next)
{
    me.current = next;
}

/* Page tables are real ones in the machine's memory, but no CPU walks them. */

paddr_t arch_kernel_root(void)
{
    return root_kernel;
}

void host_set_kernel_root(paddr_t root)
{
    root_kernel = root;
}

paddr_t arch_root(void)
{
    return me.root ? me.root : root_kernel;
}

void arch_set_root(paddr_t root)
{
    me.root = root;
}

void arch_tlb_flush_page(vaddr_t va)
{
    atomic_add_relaxed(&flushes_page, 1);
}

void arch_tlb_flush_all(void)
{
    atomic_add_relaxed(&flushes_all, 1);
}

void host_tlb_flushes(uint64_t *pages, uint64_t *all)
{
    *pages = atomic_load_relaxed(&flushes_page);
    *all = atomic_load_relaxed(&flushes_all);
}

void arch_page_clear(void *page)
{
    memset(page, 0, PAGE_SIZE);
}

void arch_page_copy(void *dst, const void *src)
{
    memcpy(dst, src, PAGE_SIZE);
}

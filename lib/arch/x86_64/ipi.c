// SPDX-License-Identifier: BSD-3-Clause
// Interrupts between CPUs: send, reschedule, call and wait.

#include "arch/ipi.h"
#include "arch/irq.h"
#include "arch/preempt.h"
#include "arch/spinlock.h"
#include "ipi_state.h"
#include "state.h"

struct call {
    void (*fn)(void *);
    void *arg;
    uint32_t pending; /* a: CPUs that have not finished */
};

const struct ipi_ops *arch_ipi_ops;
uint64_t arch_started_cpus[ARCH_CPU_MAX / 64] = {1};
static DEFINE_PER_CPU(struct call *, call_slot); /* a */
static struct spinlock call_lock = SPINLOCK_INIT(RANK_NONE);

static void resched_handler(unsigned vector, void *arg)
{
    preempt_set_need_resched();
}

static void run_call(unsigned vector, void *arg)
{
    struct call *c = __atomic_exchange_n(this_cpu_ptr(call_slot), NULL, __ATOMIC_ACQ_REL);
    if (!c)
        return;
    c->fn(c->arg);
    __atomic_fetch_sub(&c->pending, 1, __ATOMIC_RELEASE);
}

static void stop_handler(unsigned vector, void *arg)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}

void ipi_set_ops(const struct ipi_ops *ops)
{
    irq_handler_set(ARCH_VECTOR_IPI_CALL, run_call, NULL);
    irq_handler_set(ARCH_VECTOR_IPI_STOP, stop_handler, NULL);
    irq_handler_set(ARCH_VECTOR_IPI_RESCHED, resched_handler, NULL);
    arch_ipi_ops = ops;
}

static bool started(unsigned cpu)
{
    return __atomic_load_n(&arch_started_cpus[cpu / 64], __ATOMIC_RELAXED) >> (cpu % 64) & 1;
}

void ipi_send(unsigned cpu, unsigned vector)
{
    if (arch_ipi_ops && started(cpu))
        arch_ipi_ops->send(*per_cpu_ptr(arch_apic_id, cpu), vector);
}

void ipi_send_others(unsigned vector)
{
    for (unsigned cpu = 0; cpu < arch_cpu_count_possible(); cpu++)
        if (cpu != cpu_id())
            ipi_send(cpu, vector);
}

void ipi_resched(unsigned cpu)
{
    ipi_send(cpu, ARCH_VECTOR_IPI_RESCHED);
}

/* Waiting with interrupts on, or serving own calls by hand, so that two callers cannot wait for each other. */
static void wait_for(struct call *c)
{
    while (__atomic_load_n(&c->pending, __ATOMIC_ACQUIRE)) {
        irq_flags_t flags = irq_save();
        run_call(0, NULL);
        irq_restore(flags);
        cpu_relax();
    }
}

void ipi_call(const uint64_t *mask_bits, void (*fn)(void *), void *arg)
{
    struct call c = {fn, arg, 0};
    preempt_disable();
    unsigned me = cpu_id();
    while (!spin_trylock(&call_lock)) {
        irq_flags_t flags = irq_save();
        run_call(0, NULL);
        irq_restore(flags);
        cpu_relax();
    }
    for (unsigned cpu = 0; cpu < arch_cpu_count_possible(); cpu++) {
        if (cpu == me || !(mask_bits[cpu / 64] >> (cpu % 64) & 1) || !started(cpu))
            continue;
        __atomic_fetch_add(&c.pending, 1, __ATOMIC_RELAXED);
        __atomic_store_n(per_cpu_ptr(call_slot, cpu), &c, __ATOMIC_RELEASE);
        ipi_send(cpu, ARCH_VECTOR_IPI_CALL);
    }
    if (mask_bits[me / 64] >> (me % 64) & 1) {
        irq_flags_t flags = irq_save();
        fn(arg);
        irq_restore(flags);
    }
    wait_for(&c);
    spin_unlock(&call_lock);
    preempt_enable();
}

void arch_cpu_stop_others(void)
{
    ipi_send_others(ARCH_VECTOR_IPI_STOP);
}

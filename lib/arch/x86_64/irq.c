// SPDX-License-Identifier: BSD-3-Clause
// Interrupt vectors: who handles which, counts, acknowledgement.

#include "arch/preempt.h"
#include "arch/spinlock.h"
#include "arch/trap.h"
#include "state.h"
#include <errno.h>

struct irq_slot {
    irq_handler_fn fn; /* a */
    void *arg;
    uint64_t count;    /* a: approximate when two CPUs take the same vector at once */
};

static struct irq_slot slots[256 - 32];
static struct spinlock slots_lock = SPINLOCK_INIT(RANK_CONSOLE);
static void (*acknowledge)(unsigned vector);
static DEFINE_PER_CPU(uint32_t, irq_depth);
static DEFINE_PER_CPU(struct arch_frame *, irq_frame);

void irq_handler_set(unsigned vector, irq_handler_fn fn, void *arg)
{
    struct irq_slot *s = &slots[vector - 32];
    s->arg = arg;
    __atomic_store_n(&s->fn, fn, __ATOMIC_RELEASE);
}

int irq_vector_alloc(irq_handler_fn fn, void *arg)
{
    int result = -ENOSPC;
    irq_flags_t flags = spin_lock_irqsave(&slots_lock);
    for (unsigned v = ARCH_VECTOR_DEVICE_FIRST; v <= ARCH_VECTOR_DEVICE_LAST; v++) {
        if (!slots[v - 32].fn) {
            irq_handler_set(v, fn, arg);
            result = (int)v;
            break;
        }
    }
    spin_unlock_irqrestore(&slots_lock, flags);
    return result;
}

void irq_vector_free(unsigned vector)
{
    irq_handler_set(vector, NULL, NULL);
}

uint64_t irq_count(unsigned vector)
{
    return slots[vector - 32].count;
}

void irq_set_eoi(void (*fn)(unsigned vector))
{
    acknowledge = fn;
}

bool irq_from_user(void)
{
    return arch_frame_from_user(*this_cpu_ptr(irq_frame));
}

bool irq_in_handler(void)
{
    return *this_cpu_ptr(irq_depth) != 0;
}

void arch_irq(struct arch_frame *f)
{
    struct irq_slot *s = &slots[f->vector - 32];
    irq_handler_fn fn = __atomic_load_n(&s->fn, __ATOMIC_ACQUIRE);
    preempt_disable();
    (*this_cpu_ptr(irq_depth))++;
    *this_cpu_ptr(irq_frame) = f;
    s->count++;
    if (fn)
        fn(f->vector, s->arg);
    if (acknowledge && f->vector != ARCH_VECTOR_SPURIOUS)
        acknowledge(f->vector);
    (*this_cpu_ptr(irq_depth))--;
    preempt_enable_no_resched();
}

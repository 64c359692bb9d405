// SPDX-License-Identifier: BSD-3-Clause
// Batched invalidation of translations on all CPUs that may hold them.

/*
 * A frame taken out of the tables goes into a batch; it is freed after every CPU that ever loaded the space since its last
 * switch away has dropped the range. One shoot-down serves up to a batch of frames. With a single CPU there is no
 * interrupt, only local flushes.
 *
 * A halted CPU is not woken for it: before it halts it takes itself off the list, when it goes on it puts itself back and then looks
 * whether the space has been flushed meanwhile. A flusher counts the flush before it reads the list: one of the two sees the other.
 */

#include "space_private.h"
#include <arch/ipi.h>
#include <arch/percpu.h>
#include <arch/preempt.h>
#include <base/panic.h>
#include <base/string.h>
#include <sched/sched.h>

enum { SINGLE_FLUSH_MAX = 32 };

static DEFINE_PER_CPU(struct address_space *, loaded_space); /* c */
static DEFINE_PER_CPU(uint64_t, flushes_seen);               /* c: of the loaded space, when the CPU halted */

struct range {
    vaddr_t start, end;
};

static void flush_here(void *arg)
{
    const struct range *r = arg;

    if (r->end - r->start > SINGLE_FLUSH_MAX * PAGE_SIZE) {
        arch_tlb_flush_all();
        return;
    }
    for (vaddr_t va = r->start; va < r->end; va += PAGE_SIZE)
        arch_tlb_flush_page(va);
}

void tlb_flush_range(struct address_space *as, vaddr_t start, vaddr_t end)
{
    struct range r = {start, end};
    uint64_t others[ARCH_CPU_MAX / 64];
    uint64_t any = 0;
    unsigned me;

    atomic_fetch_add(&as->n_flushes, 1); /* full barrier: the entries are written before we look who may have read them; pairs with idle_leave() */
    preempt_disable();
    me = cpu_id();
    for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
        others[i] = atomic_load_relaxed(&as->cpus[i]);
        if (i == me / 64) {
            if (others[i] >> (me % 64) & 1)
                flush_here(&r);
            others[i] &= ~(UINT64_C(1) << (me % 64));
        }
        any |= others[i];
    }
    preempt_enable();
    if (unlikely(any))
        ipi_call(others, flush_here, &r);
}

void tlb_batch_init(struct tlb_batch *b, struct address_space *as)
{
    b->as = as;
    b->start = UINT64_MAX;
    b->end = 0;
    b->n = 0;
}

void tlb_batch_range(struct tlb_batch *b, vaddr_t start, vaddr_t end)
{
    b->start = min(b->start, start);
    b->end = max(b->end, end);
}

void tlb_batch_finish(struct tlb_batch *b)
{
    if (b->start < b->end)
        tlb_flush_range(b->as, b->start, b->end);
    for (unsigned i = 0; i < b->n; i++)
        frame_put(b->frames[i]);
    tlb_batch_init(b, b->as);
}

void tlb_batch_frame(struct tlb_batch *b, struct frame *f)
{
    b->frames[b->n++] = f;
    if (b->n == ARRAY_SIZE(b->frames))
        tlb_batch_finish(b);
}

static void idle_enter(void)
{
    struct address_space *as = *this_cpu_ptr(loaded_space);

    if (as == NULL)
        return;
    *this_cpu_ptr(flushes_seen) = atomic_load_seq(&as->n_flushes);
    atomic_fetch_and(&as->cpus[cpu_id() / 64], ~(UINT64_C(1) << (cpu_id() % 64)));
}

static void idle_leave(void)
{
    struct address_space *as = *this_cpu_ptr(loaded_space);

    if (as == NULL)
        return;
    atomic_fetch_or(&as->cpus[cpu_id() / 64], UINT64_C(1) << (cpu_id() % 64)); /* pairs with tlb_flush_range() */
    if (atomic_load_seq(&as->n_flushes) != *this_cpu_ptr(flushes_seen))
        arch_tlb_flush_all();
}

void address_space_switch(struct address_space *as)
{
    sched_set_idle_hooks(idle_enter, idle_leave);
    irq_flags_t irq = irq_save();
    struct address_space **here = this_cpu_ptr(loaded_space);
    struct address_space *old = *here;
    uint64_t bit = UINT64_C(1) << (cpu_id() % 64);

    if (as && old != as) {
        atomic_fetch_or(&as->cpus[cpu_id() / 64], bit);
        *here = as;
        if (arch_root() != as->root)
            arch_set_root(as->root);
        else
            arch_tlb_flush_all(); /* the boot tables: this CPU may have looked at them before it was told of changes */
        if (old)
            atomic_fetch_and(&old->cpus[cpu_id() / 64], ~bit);
    }
    irq_restore(irq);
}

static void leave_here(void *arg)
{
    struct address_space **here = this_cpu_ptr(loaded_space);

    if (*here != arg)
        return;
    *here = NULL;
    sched_space_left();
    arch_set_root(arch_kernel_root());
}

void tlb_leave_everywhere(struct address_space *as);
void tlb_leave_everywhere(struct address_space *as)
{
    uint64_t cpus[ARCH_CPU_MAX / 64];

    memset(cpus, 0xff, sizeof(cpus)); /* halted CPUs have it loaded too, and are not in as->cpus */
    ipi_call(cpus, leave_here, as);
}

// SPDX-License-Identifier: BSD-3-Clause
// Wall-clock time: an offset to monotonic time, read from the machine's clock when first asked for.
#include "run_queue.h"

#include "sched/clock_page.h"
#include "sched/time.h"

static struct spinlock listeners_lock = SPINLOCK_INIT(1);    /* outermost: listeners take their own */
static struct spinlock reader_lock = SPINLOCK_INIT(RANK_RCU); /* the wall clock is asked for with nearly any lock held */
static nsec_t (*wall_reader)(void);
static struct list_node listeners = LIST_INIT(listeners);

void clock_set_wall_reader(nsec_t (*fn)(void))
{
    wall_reader = fn;
}

static __noinline void read_wall(void)
{
    nsec_t mono = clock_monotonic_ns(); /* also probes, and so registers the reader */
    irq_flags_t flags = spin_lock_irqsave(&reader_lock);

    if (!(osv_clock_page.flags & CLOCK_PAGE_REALTIME))
        clock_page_set_realtime(wall_reader != NULL ? wall_reader() - mono : 0, 0);
    spin_unlock_irqrestore(&reader_lock, flags);
}

nsec_t clock_realtime_offset_ns(void)
{
    if (unlikely(!(osv_clock_page.flags & CLOCK_PAGE_REALTIME)))
        read_wall();
    return __atomic_load_n(&osv_clock_page.realtime_offset_ns, __ATOMIC_RELAXED);
}

nsec_t clock_realtime_ns(void)
{
    int64_t offset, ns = clock_page_read(CLOCK_PAGE_CYCLES | CLOCK_PAGE_REALTIME, &offset);

    if (likely(ns >= 0))
        return ns + offset;
    offset = clock_realtime_offset_ns();
    return clock_monotonic_ns() + offset;
}

static void tell_listeners(void)
{
    struct clock_set_listener *l, *next;
    irq_flags_t flags = spin_lock_irqsave(&listeners_lock);

    LIST_FOR_EACH_SAFE(l, next, &listeners, link)
        l->fn(l);
    spin_unlock_irqrestore(&listeners_lock, flags);
}

void clock_set_realtime(nsec_t realtime_ns)
{
    clock_page_set_realtime(realtime_ns - clock_monotonic_ns(), osv_clock_page.tai_offset_s);
    tell_listeners();
}

void clock_adjust_realtime(nsec_t delta_ns)
{
    clock_page_set_realtime(clock_realtime_offset_ns() + delta_ns, osv_clock_page.tai_offset_s);
    tell_listeners();
}

int64_t clock_tai_offset_s(void)
{
    return osv_clock_page.tai_offset_s;
}

void clock_set_tai_offset_s(int64_t seconds)
{
    clock_page_set_realtime(clock_realtime_offset_ns(), seconds);
}

void clock_set_listener_add(struct clock_set_listener *l)
{
    irq_flags_t flags = spin_lock_irqsave(&listeners_lock);

    list_push_back(&listeners, &l->link);
    spin_unlock_irqrestore(&listeners_lock, flags);
}

void clock_set_listener_remove(struct clock_set_listener *l)
{
    irq_flags_t flags = spin_lock_irqsave(&listeners_lock);

    list_remove(&l->link);
    spin_unlock_irqrestore(&listeners_lock, flags);
}

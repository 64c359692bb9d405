// SPDX-License-Identifier: BSD-3-Clause
// The life of a thread: creation, references, names, exit.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/fpu.h"
#include "base/panic.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "mem/kstack.h"
#include <errno.h>

/*
 * A thread has one reference from its creator and, from thread_start() to its last switch, one of its own. thread_exit() runs
 * the exit hook on the dying thread, marks it dead and leaves the CPU for ever; the next thread on that CPU puts its own
 * reference. The last put frees stack, vector area and number.
 *
 * CPU 0's boot context becomes thread 1; its stack is never freed. Each CPU also needs a thread to idle on when the last one
 * died there: made for CPU 0 together with the first other thread, so a program without threads never has one.
 */

static struct kmem_cache thread_cache = KMEM_CACHE_INIT("thread", sizeof(struct thread), 64);
static struct spinlock name_lock = SPINLOCK_INIT(RANK_THREAD + 1);
static struct thread boot_thread;

/* Called by arch when a thread's vector state has to be saved for the first time; interrupts may be off. 64-byte aligned: kmalloc aligns powers of two. */
static void *allocate_fpu(size_t bytes)
{
    size_t n = 64;

    while (n < bytes)
        n *= 2;
    return kzalloc(n);
}

static void entity_init(struct thread *t)
{
    t->se.class_key = SCHED_KEY_FAIR;
    t->se.weight = SCHED_WEIGHT_NICE_0;
    t->se.inverse_weight = 1ull << 32;
    memset(&t->se.affinity, 0xff, sizeof(t->se.affinity));
}

void sched_init(void)
{
    struct thread *t = &boot_thread;
    struct run_queue *rq = run_queue_this();
    struct arch_thread *boot = arch_current();

    run_queue_init(rq, 0);
    sched_cpus_online = 1;
    arch_thread_init(&t->arch, boot->kstack_base, boot->kstack_top, boot->fs_base);
    atomic_store_relaxed(&t->refs, 2);
    memcpy(t->name, "init", 5);
    entity_init(t);
    t->se.on_rq = true;
    t->se.rq = rq;
    t->start_cycles = t->se.run_start = cpu_cycles();
    rq->current = t;
    rq->nr_running = 1;
    registry_add_boot(t);
    arch_thread_adopt_boot(&t->arch);
    arch_fpu_set_allocator(allocate_fpu);
    sched_start_preempting();
}

static void start_arch(struct thread *t, void *stack)
{
    arch_thread_init(&t->arch, (uintptr_t)stack, (uintptr_t)stack + KSTACK_BYTES, 0);
    arch_context_init(&t->ctx, (char *)stack + KSTACK_BYTES, sched_first_run, t);
}

static void set_attributes(struct thread *t, const struct thread_attr *attr)
{
    struct thread *creator = thread_current();

    t->entry = attr->entry;
    t->entry_arg = attr->entry_arg;
    t->process = attr->process;
    t->on_exit = attr->on_exit;
    t->kernel_only = attr->kernel_only;
    t->space = attr->space;
    if (attr->name != NULL)
        strlcpy(t->name, attr->name, sizeof(t->name));
    else
        memcpy(t->name, creator->name, sizeof(t->name));
    if (attr->affinity_first_64 != 0) {
        memset(&t->se.affinity, 0, sizeof(t->se.affinity));
        t->se.affinity.bits[0] = attr->affinity_first_64;
    } else if (!attr->kernel_only) {
        sched_get_affinity(creator, &t->se.affinity);
    }
}

static struct thread *allocate(void)
{
    struct thread *t = kmem_cache_zalloc(&thread_cache);
    void *stack = t != NULL ? kstack_alloc() : NULL;

    if (stack == NULL) {
        if (t != NULL)
            kmem_cache_free(&thread_cache, t);
        return NULL;
    }
    start_arch(t, stack);
    entity_init(t);
    t->se.rq = run_queue_of(0); /* until started: for those who lock it by its queue */
    atomic_store_relaxed(&t->refs, 1);
    return t;
}

static void release(struct thread *t)
{
    kfree(t->arch.fpu);
    kstack_free((void *)t->arch.kstack_base);
    kmem_cache_free(&thread_cache, t);
}

static void run_idle(void *arg)
{
    sched_idle_loop();
}

/* An idle thread is not registered, has no number and lives for ever. */
struct thread *sched_create_idle_thread(struct run_queue *rq)
{
    struct thread *t = allocate();

    if (t == NULL)
        return NULL;
    memcpy(t->name, "idle", 5);
    t->entry = run_idle;
    t->kernel_only = true;
    t->se.rq = rq;
    return t;
}

static int prepare_for_threads(void)
{
    struct run_queue *rq = run_queue_of(0);

    clock_probe_once(); /* preemption will need the timer, in places where probing is not possible */
    if (rq->idle_thread != NULL)
        return 0;
    struct thread *t = sched_create_idle_thread(rq);
    if (t == NULL)
        return -ENOMEM;
    struct thread *none = NULL;
    if (!__atomic_compare_exchange_n(&rq->idle_thread, &none, t, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        release(t);
    return 0;
}

int thread_create(const struct thread_attr *attr, struct thread **out)
{
    if (unlikely(run_queue_of(0)->idle_thread == NULL)) {
        int r = prepare_for_threads();
        if (r != 0)
            return r;
    }
    struct thread *t = allocate();
    if (t == NULL)
        return -ENOMEM;
    set_attributes(t, attr);
    int r = registry_add(t);
    if (r != 0) {
        release(t);
        return r;
    }
    *out = t;
    return 0;
}

int thread_start_kernel(const char *name, void (*entry)(void *), void *arg)
{
    const struct thread_attr attr = {.name = name, .entry = entry, .entry_arg = arg, .kernel_only = true};
    struct thread *t;
    int r = thread_create(&attr, &t);

    if (r != 0)
        return r;
    thread_start(t);
    thread_put(t);
    return 0;
}

struct thread *thread_get(struct thread *t)
{
    atomic_add_relaxed(&t->refs, 1);
    return t;
}

void thread_put(struct thread *t)
{
    if (atomic_fetch_sub(&t->refs, 1) != 1)
        return;
    registry_remove(t);
    if (t != &boot_thread)
        release(t);
}

void sched_reap(struct run_queue *rq)
{
    for (;;) {
        irq_flags_t flags = irq_save();
        struct thread *t = rq->dead; /* @rq may be another CPU's by now; then somebody else reaps it */
        if (rq != run_queue_this() || t == NULL) {
            irq_restore(flags);
            return;
        }
        rq->dead = t->reap_next;
        irq_restore(flags);
        thread_put(t);
    }
}

void thread_exit(void)
{
    struct thread *t = thread_current();

    if (t->on_exit != NULL)
        t->on_exit(t);
    registry_exit(t);
    sched_die();
}

void thread_set_name(struct thread *t, const char *name)
{
    irq_flags_t flags = spin_lock_irqsave(&name_lock);

    memset(t->name, 0, sizeof(t->name));
    strlcpy(t->name, name, sizeof(t->name));
    spin_unlock_irqrestore(&name_lock, flags);
}

void thread_get_name(struct thread *t, char out[16])
{
    irq_flags_t flags = spin_lock_irqsave(&name_lock);

    memcpy(out, t->name, sizeof(t->name));
    spin_unlock_irqrestore(&name_lock, flags);
}

// SPDX-License-Identifier: BSD-3-Clause
// CPUs: starting the others, who is online.
#include "run_queue.h"

#include "arch/cpu.h"
#include "arch/trap.h"
#include "base/log.h"
#include "mem/kalloc.h"
#include "sched/time.h"

#define PERCPU_ALIGN 64

/* First code of another CPU that knows threads: it is its own idle thread. */
static void cpu_main(void *arg)
{
    struct run_queue *rq = arg;

    (void)warp_found();
    __atomic_store_n(&rq->online, true, __ATOMIC_RELEASE); /* pairs with start_cpu() */
    sched_idle_loop();
}

static int start_cpu(unsigned cpu)
{
    char *area = kzalloc(arch_percpu_size() + PERCPU_ALIGN);

    if (area == NULL)
        return -1;
    arch_percpu_attach(cpu, (void *)ALIGN_UP((uintptr_t)area, PERCPU_ALIGN));
    struct run_queue *rq = run_queue_of(cpu);
    run_queue_init(rq, cpu);
    rq->online = false;
    rq->idle_thread = rq->current = sched_create_idle_thread(rq);
    if (rq->current == NULL)
        return -1; /* the area stays: somebody may have seen it */
    warp_prepare();
    int r = arch_cpu_start(cpu, &rq->current->arch, cpu_main, rq);
    if (r != 0)
        return r;
    if (warp_found())
        clock_cycles_differ();
    while (!__atomic_load_n(&rq->online, __ATOMIC_ACQUIRE))
        cpu_relax();
    return 0;
}

unsigned sched_start_cpus(void)
{
    unsigned possible = arch_cpu_count_possible();

    if (possible <= 1 || sched_online() > 1)
        return sched_online();
    clock_probe_once();
    irq_handler_set(ARCH_VECTOR_IPI_RESCHED, sched_ipi, NULL);
    if (run_queue_of(0)->idle_thread == NULL)
        run_queue_of(0)->idle_thread = sched_create_idle_thread(run_queue_of(0));
    for (unsigned cpu = 1; cpu < possible && run_queue_of(0)->idle_thread != NULL; cpu++) {
        int r = start_cpu(cpu);
        if (r != 0) {
            log_warn("CPU %u does not start (%d): going on with %u", cpu, r, cpu);
            break;
        }
        __atomic_store_n(&sched_cpus_online, cpu + 1, __ATOMIC_SEQ_CST);
    }
    return sched_online();
}

unsigned sched_cpu_count(void)
{
    return sched_online();
}

unsigned sched_current_cpu(void)
{
    return cpu_id();
}

void sched_online_mask(struct cpu_mask *out)
{
    for (unsigned word = 0; word < CPU_MAX / 64; word++) {
        unsigned n = sched_online() > word * 64 ? sched_online() - word * 64 : 0;
        out->bits[word] = n >= 64 ? ~0ull : (1ull << n) - 1;
    }
}

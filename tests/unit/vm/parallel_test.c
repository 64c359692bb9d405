// SPDX-License-Identifier: BSD-3-Clause
// Faults on several CPUs at once: each page is made once, every CPU sees it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../mem/machine.h"
#include "soft_mmu.h"

#undef assert
enum { CPUS = 4, PAGES = 599 /* a prime: every stride visits all */ };
#define PAGE 4096ul

static struct address_space *space;
static vaddr_t area;

static unsigned *word(vaddr_t va, bool write)
{
    struct vm_fault_result why;
    unsigned *p = (unsigned *)soft_mmu_at(space, va, write, &why);

    if (!p)
        abort();
    return p;
}

static void touch_all(unsigned seed)
{
    for (unsigned i = 0; i < PAGES; i++) {
        vaddr_t va = area + (i * (seed * 2 + 1) + seed * 13) % PAGES * PAGE;

        if (i % 3 == seed % 3)
            (void)__atomic_load_n(word(va, false), __ATOMIC_RELAXED);
        __atomic_fetch_add(word(va, true), 1, __ATOMIC_RELAXED);
    }
}

static void *cpu(void *arg)
{
    host_cpu_enter((unsigned)(uintptr_t)arg);
    touch_all((unsigned)(uintptr_t)arg);
    frame_drain();
    host_cpu_leave();
    return NULL;
}

static void run(int flags)
{
    const struct vm_map_request r = {.length = PAGES * PAGE, .prot = PROT_READ | PROT_WRITE, .flags = flags | MAP_ANONYMOUS};
    pthread_t t[CPUS];
    uint64_t before;

    frame_drain();
    before = frame_free_pages();
    area = (vaddr_t)vm_map(space, &r);
    for (uintptr_t i = 1; i < CPUS; i++)
        pthread_create(&t[i], NULL, cpu, (void *)i);
    touch_all(0);
    for (int i = 1; i < CPUS; i++)
        pthread_join(t[i], NULL);
    for (unsigned i = 0; i < PAGES; i++)
        assert_int_equal(*word(area + i * PAGE, false), CPUS);
    assert_int_equal(vm_unmap(space, area, PAGES * PAGE), 0);
    frame_drain();
    assert_in_range(before - frame_free_pages(), 0, 80); /* tables stay for the next mapping */
}

static void private_pages_are_made_once(void **state)
{
    run(MAP_PRIVATE);
    run(MAP_PRIVATE);
}

static int start(void **state)
{
    const struct vm_limits limits = {UINT64_MAX, UINT64_MAX, 8 << 20, UINT64_MAX, 65530, true};

    machine_start(64ul << 20);
    host_set_kernel_root(frame_to_phys(frame_alloc(0, FRAME_ZERO)));
    return address_space_create(&limits, &space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_pages_are_made_once),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

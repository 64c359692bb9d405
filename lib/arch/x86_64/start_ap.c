// SPDX-License-Identifier: BSD-3-Clause
// Starting one CPU by INIT and start-up interrupts.

/*
 * A CPU starts in real mode at a page below 1 MiB (ap_entry.S is copied there). It needs that page mapped at its physical address while it
 * turns paging on: a root table of its own, the kernel's with one more entry for the lowest GiB, which shows the linear map's lowest 2 MiB.
 */

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/ipi.h"
#include "arch/pgtable.h"
#include "arch/thread.h"
#include "base/string.h"
#include "ipi_state.h"
#include "state.h"
#include <errno.h>

#define AP_PAGE 0x1000ul
#define SPINS_PER_US 1000u /* an upper bound of cycles is not known yet: cpu_cycles() counts at 1 to 5 GHz */

/* What ap_entry.S reads; in the start-up page behind the code. */
struct ap_start {
    uint32_t root, stack_low;
    uint64_t stack, entry;
};

extern char osv_ap_code[], osv_ap_code_end[], osv_ap_data[];
extern arch_pte_t osv_boot_pml4[ARCH_PT_ENTRIES];
static arch_pte_t ap_root[ARCH_PT_ENTRIES] __aligned(4096), ap_directory_pointers[ARCH_PT_ENTRIES] __aligned(4096),
    ap_directory[ARCH_PT_ENTRIES] __aligned(4096);

static struct {
    unsigned cpu;
    struct arch_thread *idle;
    void (*entry)(void *);
    void *arg;
    uint32_t running; /* a */
} start;

void osv_ap_main(void);
void osv_ap_main(void)
{
    unsigned cpu = start.cpu;
    void (*entry)(void *) = start.entry;
    void *arg = start.arg;
    arch_set_root(arch_kernel_root());
    arch_init_cpu(cpu, start.idle);
    arch_ipi_ops->init_cpu();
    *this_cpu_ptr(arch_apic_id) = arch_cpu_apic_id(cpu);
    __asm__ volatile("fninit");
    __atomic_fetch_or(&arch_started_cpus[cpu / 64], 1ull << (cpu % 64), __ATOMIC_SEQ_CST);
    __atomic_store_n(&start.running, 1, __ATOMIC_RELEASE);
    entry(arg);
}

static void wait_us(unsigned us)
{
    uint64_t until = cpu_cycles() + (uint64_t)us * SPINS_PER_US * 4;
    while (cpu_cycles() < until)
        cpu_relax();
}

static paddr_t image_phys(const void *p)
{
    return (uintptr_t)p - IMAGE_OFFSET;
}

static void prepare_page(const struct arch_thread *idle)
{
    char *page = (char *)(LINEAR_BASE + AP_PAGE);
    size_t code = (size_t)(osv_ap_code_end - osv_ap_code), data = (size_t)(osv_ap_data - osv_ap_code);
    memcpy(page, osv_ap_code, code);
    memcpy(ap_root, osv_boot_pml4, sizeof(ap_root));
    ap_root[0] = arch_pte_table(image_phys(ap_directory_pointers));
    ap_directory_pointers[0] = arch_pte_table(image_phys(ap_directory));
    ap_directory_pointers[1] = ((arch_pte_t *)(LINEAR_BASE + arch_pte_address(osv_boot_pml4[0])))[1];
    ap_directory[0] = arch_pte_make(0, ARCH_PTE_PRESENT | ARCH_PTE_WRITE | ARCH_PTE_LARGE);
    struct ap_start *s = (struct ap_start *)(page + data);
    s->root = (uint32_t)image_phys(ap_root);
    s->stack = idle->kstack_top;
    s->entry = (uintptr_t)osv_ap_main;
}

int arch_cpu_start(unsigned cpu, struct arch_thread *idle, void (*entry)(void *), void *arg)
{
    if (!arch_ipi_ops)
        return -ENOSYS;
    if (cpu == 0 || cpu >= arch_cpu_count_possible())
        return -ENODEV;
    prepare_page(idle);
    start.cpu = cpu;
    start.idle = idle;
    start.entry = entry;
    start.arg = arg;
    __atomic_store_n(&start.running, 0, __ATOMIC_RELEASE);
    uint32_t apic_id = arch_cpu_apic_id(cpu);
    arch_ipi_ops->send_init(apic_id);
    wait_us(10);
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        arch_ipi_ops->send_startup(apic_id, AP_PAGE >> 12);
        for (unsigned ms = 0; ms < 500; ms++) {
            for (unsigned i = 0; i < 100; i++) {
                if (__atomic_load_n(&start.running, __ATOMIC_ACQUIRE))
                    return 0;
                wait_us(10);
            }
        }
    }
    return -ETIMEDOUT;
}

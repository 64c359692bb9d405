// SPDX-License-Identifier: BSD-3-Clause
// The start order of the rooms.

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "base/log.h"
#include "base/panic.h"
#include "clock/clock.h"
#include "irqchip/irqchip.h"
#include "mem/frame.h"
#include "private.h"
#include "process/process.h"
#include "sched/sched.h"

/* Rooms that a program may lack. A weak reference pulls in nothing; the address is null if nothing else did. */
int __weak vfs_init(void);
void __weak virtio_mmio_probe(const char *const *devices, unsigned n);
void __weak pci_init(void);
void __weak net_init(void);
void __weak trap_syscall_init(void);

static void __noreturn too_little_memory(void)
{
    console_text("OSv: too little memory to start; give the machine more (osv run -m, qemu -m)\r\n");
    shutdown_with_status(1);
}

void steps_run(void)
{
    if (mem_init(&boot_handoff) != 0)
        too_little_memory();
    sched_init();
    irqchip_init();
    platform_clock_init();
    irq_enable();
    struct process *first;
    if (process_create_first(&first) != 0)
        too_little_memory();
    if (vfs_init && vfs_init() != 0)
        too_little_memory();
    if (arch_cpu_count_possible() > 1)
        sched_start_cpus();
}

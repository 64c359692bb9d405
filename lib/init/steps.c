// SPDX-License-Identifier: BSD-3-Clause
// The start order of the rooms.

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "base/log.h"
#include "base/panic.h"
#include "clock/clock.h"
#include "irqchip/irqchip.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "private.h"
#include "process/process.h"
#include "sched/sched.h"

/* Rooms that a program may lack. A weak reference pulls in nothing; the address is null if nothing else did. */
int __weak vfs_init(void);
long __weak syscall_from_frame(struct arch_frame *f);

static void __noreturn too_little_memory(void)
{
    console_text("OSv: too little memory to start; give the machine more (osv run -m, qemu -m)\r\n");
    shutdown_with_status(1);
}

/* XSAVE wants 64-byte alignment; kmalloc aligns to a page above 2 KiB. Room sched frees it with the thread. */
static void *fpu_area(size_t bytes)
{
    return kzalloc(max(bytes, (size_t)2049));
}

void steps_memory(void)
{
    if (mem_init(&boot_handoff) != 0)
        too_little_memory();
    arch_fpu_set_allocator(fpu_area);
}

void steps_run(void)
{
    sched_init();
    irqchip_init();
    platform_clock_init();
    if (syscall_from_frame)
        trap_set_syscall(syscall_from_frame);
    irq_enable();
    struct process *first;
    process_set_randomize(!init_options.norandom);
    if (process_create_first(&first) != 0)
        too_little_memory();
    if (vfs_init && vfs_init() != 0)
        too_little_memory();
    if (arch_cpu_count_possible() > 1)
        sched_start_cpus();
}

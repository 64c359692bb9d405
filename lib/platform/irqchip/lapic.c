// SPDX-License-Identifier: BSD-3-Clause
// The local APIC, memory-mapped or x2APIC: acknowledgement, interrupts between CPUs, registers for the timer.

#include "irqchip/lapic.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/ipi.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "base/panic.h"
#include "mem/kmap.h"
#include "topology.h"

#define MSR_APIC_BASE 0x1bu
#define APIC_BASE_ENABLE (1u << 11)
#define APIC_BASE_X2APIC (1u << 10)
#define MSR_X2APIC 0x800u
#define MSR_X2APIC_ICR 0x830u

enum lapic_register {
    LAPIC_ID = 0x20,
    LAPIC_TASK_PRIORITY = 0x80,
    LAPIC_EOI = 0xb0,
    LAPIC_SPURIOUS = 0xf0,
    LAPIC_ICR_LOW = 0x300,
    LAPIC_ICR_HIGH = 0x310,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_LVT_LINT1 = 0x360,
    LAPIC_LVT_ERROR = 0x370,
};
#define LVT_MASKED (1u << 16)
#define SPURIOUS_ENABLE (1u << 8)
#define ICR_PENDING (1u << 12)
#define ICR_ASSERT (1u << 14)
#define ICR_INIT (5u << 8)
#define ICR_STARTUP (6u << 8)

static bool x2apic;                  /* I */
static volatile uint32_t *registers; /* I: NULL in x2APIC mode */

uint32_t lapic_read(unsigned offset)
{
    return x2apic ? (uint32_t)arch_msr_read(MSR_X2APIC + offset / 16) : registers[offset / 4];
}

void lapic_write(unsigned offset, uint32_t value)
{
    if (x2apic)
        arch_msr_write(MSR_X2APIC + offset / 16, value);
    else
        registers[offset / 4] = value;
}

static uint32_t own_id(void)
{
    return x2apic ? lapic_read(LAPIC_ID) : lapic_read(LAPIC_ID) >> 24;
}

static void acknowledge(unsigned vector)
{
    lapic_write(LAPIC_EOI, 0);
}

static void command(uint32_t apic_id, uint32_t low)
{
    if (x2apic) {
        __asm__ volatile("mfence; lfence" ::: "memory"); /* x2APIC writes are not ordered behind stores */
        arch_msr_write(MSR_X2APIC_ICR, (uint64_t)apic_id << 32 | low);
        return;
    }
    irq_flags_t flags = irq_save();
    while (lapic_read(LAPIC_ICR_LOW) & ICR_PENDING)
        cpu_relax();
    lapic_write(LAPIC_ICR_HIGH, apic_id << 24);
    lapic_write(LAPIC_ICR_LOW, low);
    irq_restore(flags);
}

static void send(uint32_t apic_id, unsigned vector)
{
    command(apic_id, ICR_ASSERT | vector);
}

static void send_init(uint32_t apic_id)
{
    command(apic_id, ICR_ASSERT | ICR_INIT);
}

static void send_startup(uint32_t apic_id, unsigned page)
{
    command(apic_id, ICR_ASSERT | ICR_STARTUP | page);
}

static const struct ipi_ops ops = {
    .send = send, .send_init = send_init, .send_startup = send_startup, .init_cpu = lapic_init_cpu, .own_id = own_id};

void lapic_init_cpu(void)
{
    uint64_t base = arch_msr_read(MSR_APIC_BASE);
    if (x2apic)
        arch_msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2APIC);
    else if (!(base & APIC_BASE_ENABLE))
        arch_msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
    lapic_write(LAPIC_TASK_PRIORITY, 0);
    lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT1, LVT_MASKED);
    lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
    lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | ARCH_VECTOR_SPURIOUS);
}

void lapic_setup(void)
{
    x2apic = cpu_features.x2apic;
    if (!x2apic) {
        registers = kmap_device(irq_topology.lapic_address, 4096);
        if (!registers)
            panic("no memory to map the local APIC");
    }
    lapic_init_cpu();
    arch_cpu_set_boot_apic_id(own_id());
    irq_set_eoi(acknowledge);
    ipi_set_ops(&ops);
}

uint32_t gsi_cpu_destination(unsigned cpu)
{
    return arch_cpu_apic_id(cpu);
}

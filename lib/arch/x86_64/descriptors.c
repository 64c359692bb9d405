// SPDX-License-Identifier: BSD-3-Clause
// GDT, IDT, TSS and the per-CPU base: what a CPU needs before it can take a trap.

#include "arch/context.h"
#include "arch/crash.h"
#include "arch/preempt.h"
#include "arch/start.h"
#include "asm_offsets.h"
#include "base/panic.h"
#include "base/string.h"
#include "state.h"

_Static_assert(offsetof(struct arch_frame, rip) == FRAME_RIP && offsetof(struct arch_frame, entry) == FRAME_ENTRY &&
        offsetof(struct arch_frame, orig_ax) == FRAME_ORIG_AX && offsetof(struct arch_frame, rdi) == FRAME_RDI &&
        offsetof(struct arch_frame, ss) == FRAME_SS && sizeof(struct arch_frame) == FRAME_BYTES,
    "asm_offsets.h");
_Static_assert(offsetof(struct trap_ops, syscall) == TRAP_OPS_SYSCALL, "asm_offsets.h");
_Static_assert(offsetof(struct trap_ops, gate_entered) == TRAP_OPS_GATE_ENTERED, "asm_offsets.h");
_Static_assert(KSTACK_BYTES == ARCH_KERNEL_STACK_BYTES && ARCH_WORK_FULL_EXIT == WORK_FULL_EXIT, "asm_offsets.h");

struct __packed tss {
    uint32_t reserved0;
    uint64_t rsp[3], reserved1, ist[7], reserved2;
    uint16_t reserved3, io_map_base;
};
_Static_assert(sizeof(struct tss) == 104, "Intel SDM 3, 8.7");

struct __packed table_pointer {
    uint16_t limit;
    uint64_t base;
};

struct idt_gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct idt_gate) == 16, "Intel SDM 3, 6.14.1");

enum { IST_TRAP = 1, IST_NMI = 2, IST_FAULT = 3 };
#define TRAP_STACK_BYTES 512
#define NMI_STACK_BYTES 1024
#define FAULT_STACK_BYTES 6144

struct cpu_tables {
    uint64_t gdt[6]; /* null, code, data, 32-bit code, TSS (two entries) */
    struct tss tss;
    uint8_t trap_stack[TRAP_STACK_BYTES] __aligned(16);
    uint8_t nmi_stack[NMI_STACK_BYTES] __aligned(16);
    uint8_t fault_stack[FAULT_STACK_BYTES] __aligned(16);
};

DEFINE_PER_CPU(uintptr_t, arch_percpu_self);
DEFINE_PER_CPU(uintptr_t, arch_kstack_base);
DEFINE_PER_CPU(uintptr_t, arch_kstack_top);
DEFINE_PER_CPU(uintptr_t, arch_kstack_frame);
DEFINE_PER_CPU(uintptr_t, arch_fault_stack_frame);
DEFINE_PER_CPU(uintptr_t, arch_scratch);
DEFINE_PER_CPU(uint32_t, arch_apic_id);
DEFINE_PER_CPU(uint32_t, arch_cpu_number);
DEFINE_PER_CPU(struct arch_thread *, arch_current_thread);
static DEFINE_PER_CPU(struct cpu_tables, tables);

uintptr_t arch_percpu_offsets[ARCH_CPU_MAX];
extern char osv_percpu_start[], osv_percpu_end[], boot_stack_base[], boot_stack_top[];
struct arch_thread arch_boot_thread;

static struct idt_gate idt[256];

size_t arch_percpu_size(void)
{
    return (size_t)(osv_percpu_end - osv_percpu_start);
}

void arch_percpu_attach(unsigned cpu, void *zeroed_copy)
{
    uintptr_t offset = (uintptr_t)zeroed_copy - (uintptr_t)osv_percpu_start;
    arch_percpu_offsets[cpu] = offset;
    *per_cpu_ptr(arch_percpu_self, cpu) = offset;
    *per_cpu_ptr(arch_cpu_number, cpu) = cpu;
    *per_cpu_ptr(arch_preempt_count, cpu) = ARCH_PREEMPT_NO_RESCHED;
}

static unsigned ist_of(unsigned vector)
{
    return vector == 2 || vector == 18 ? IST_NMI : vector == 8 ? IST_FAULT : IST_TRAP;
}

/* Stubs lie 8 bytes apart and below 4 GiB, so only the low half of the address changes from gate to gate. */
static void fill_idt(void)
{
    uintptr_t stub = (uintptr_t)osv_trap_stubs;
    for (struct idt_gate *g = idt; g < idt + 256; g++, stub += 8) {
        uint64_t *words = (uint64_t *)g;
        words[0] = (stub & 0xffff) | SEL_CODE64 << 16 | 0x8e00ull << 32 | (uint64_t)IST_TRAP << 32 | (stub & 0xffff0000) << 32;
    }
    idt[2].ist = (uint8_t)ist_of(2);
    idt[8].ist = (uint8_t)ist_of(8);
    idt[18].ist = (uint8_t)ist_of(18);
}

static void fill_tables(struct cpu_tables *t)
{
    uintptr_t tss = (uintptr_t)&t->tss;
    t->gdt[1] = 0x00af9b000000ffff;
    t->gdt[2] = 0x00cf93000000ffff;
    t->gdt[3] = 0x00cf9b000000ffff;
    t->gdt[4] = (sizeof(t->tss) - 1) | (tss & 0xffffff) << 16 | 0x89ull << 40 | (tss >> 24 & 0xff) << 56;
    t->gdt[5] = tss >> 32;
    t->tss.io_map_base = sizeof(t->tss);
    t->tss.ist[IST_TRAP - 1] = (uintptr_t)t->trap_stack + TRAP_STACK_BYTES;
    t->tss.ist[IST_NMI - 1] = (uintptr_t)t->nmi_stack + NMI_STACK_BYTES;
    t->tss.ist[IST_FAULT - 1] = (uintptr_t)t->fault_stack + FAULT_STACK_BYTES;
}

void arch_init_cpu(unsigned cpu, struct arch_thread *current_thread)
{
    arch_msr_write(0xc0000101, arch_percpu_offsets[cpu]); /* GS base */
    struct cpu_tables *t = this_cpu_ptr(tables);
    fill_tables(t);
    struct table_pointer gdt = {sizeof(t->gdt) - 1, (uintptr_t)t->gdt};
    struct table_pointer idtr = {sizeof(idt) - 1, (uintptr_t)idt};
    __asm__ volatile("lgdt %0; lidt %1; ltr %w2" ::"m"(gdt), "m"(idtr), "r"(SEL_TSS) : "memory");
    *this_cpu_ptr(arch_fault_stack_frame) = (uintptr_t)t->fault_stack + FAULT_STACK_BYTES - FRAME_BYTES;
    arch_set_current(current_thread);
    arch_msr_write(0xc0000081, (uint64_t)SEL_CODE64 << 32);     /* STAR */
    arch_msr_write(0xc0000082, (uintptr_t)osv_syscall_entry);   /* LSTAR */
    arch_msr_write(0xc0000084, 0x47700);                        /* FMASK: TF IF DF OF NT AC */
    arch_cpu_enable_features();
}

static void crash_on_panic(const char *message)
{
    arch_crash(message, NULL);
}

void arch_init_early(void)
{
    arch_boot_thread.kstack_base = (uintptr_t)boot_stack_base;
    arch_boot_thread.kstack_top = (uintptr_t)boot_stack_top;
    arch_preempt_count = ARCH_PREEMPT_NO_RESCHED;
    panic_set_handler(crash_on_panic);
    fill_idt();
    arch_cpu_detect();
    arch_init_cpu(0, &arch_boot_thread);
}

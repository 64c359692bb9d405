// SPDX-License-Identifier: BSD-3-Clause
// The crash report and the end after it.

/*
 * The report uses no lock, no allocation and only the output function. A crash inside it is noticed by a counter: the second gives one line,
 * the third ends the machine without a word. Other CPUs that crash meanwhile wait for the first to end the machine.
 */

#include "arch/cpu.h"
#include "arch/crash.h"
#include "arch/io.h"
#include "arch/irq.h"
#include "arch/power.h"
#include "arch/uaccess.h"
#include "base/format.h"
#include "base/string.h"
#include "state.h"
#include "unwind.h"

#define CRASH_STATUS 134
#define UART 0x3f8

static void serial_write(const char *s, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++) {
        for (unsigned wait = 0; wait < 100000 && !(in8(UART + 5) & 0x20); wait++)
            cpu_relax();
        if (s[i] == '\n')
            out8(UART, '\r');
        out8(UART, (uint8_t)s[i]);
    }
}

static void (*output)(const char *s, unsigned long n) = serial_write;

void crash_set_output(void (*write)(const char *s, unsigned long n))
{
    output = write;
}

void crash_write(const char *s, unsigned long n)
{
    output(s, n);
}

static void line(const char *fmt, ...) __printf_like(1, 2);
static void line(const char *fmt, ...)
{
    char text[160];
    va_list args;
    va_start(args, fmt);
    int n = format_string_v(text, sizeof(text), fmt, args);
    va_end(args);
    crash_write(text, n < (int)sizeof(text) ? (unsigned long)n : sizeof(text) - 1);
}

static void print_registers(const struct arch_frame *f)
{
    line("  rip %016lx  rsp %016lx  flags %08lx  cpu %u\n", f->rip, f->rsp, f->rflags, cpu_id());
    line("  rax %016lx  rbx %016lx  rcx %016lx\n", f->rax, f->rbx, f->rcx);
    line("  rdx %016lx  rsi %016lx  rdi %016lx\n", f->rdx, f->rsi, f->rdi);
    line("  rbp %016lx  r8  %016lx  r9  %016lx\n", f->rbp, f->r8, f->r9);
    line("  r10 %016lx  r11 %016lx  r12 %016lx\n", f->r10, f->r11, f->r12);
    line("  r13 %016lx  r14 %016lx  r15 %016lx\n", f->r13, f->r14, f->r15);
    if (f->vector == 14)
        line("  address %016lx  error %lx (%s%s%s)\n", f->address, f->error, f->error & 1 ? "protection" : "not mapped",
            f->error & 2 ? ", write" : "", f->error & 16 ? ", fetch" : "");
    else if (f->error)
        line("  error %lx\n", f->error);
}

static void print_frame(unsigned i, uintptr_t ip)
{
    uintptr_t offset;
    const char *name = arch_symbol_lookup(ip, &offset);
    if (name)
        line("  #%u 0x%016lx %.80s+0x%lx\n", i, ip, name, offset);
    else
        line("  #%u 0x%016lx\n", i, ip);
}

void arch_print_backtrace(uintptr_t ip, uintptr_t fp)
{
    uintptr_t addresses[48];
    unsigned n = arch_backtrace(fp, addresses, sizeof(addresses) / sizeof(addresses[0]));
    print_frame(0, ip);
    for (unsigned i = 0; i < n; i++)
        print_frame(i + 1, addresses[i]);
}

void arch_print_frame_backtrace(const struct arch_frame *f)
{
    uintptr_t addresses[32];
    if (!arch_frame_from_user(f)) {
        arch_print_backtrace(f->rip, f->rbp);
        return;
    }
    unsigned n = arch_unwind(f, addresses, sizeof(addresses) / sizeof(addresses[0]));
    for (unsigned i = 0; i < n; i++)
        print_frame(i, addresses[i]);
}

static void report(const char *cause, const struct arch_frame *f)
{
    line("\nOSv crashed: %s\n", cause);
    if (f) {
        print_registers(f);
        arch_print_frame_backtrace(f);
    } else {
        arch_print_backtrace((uintptr_t)__builtin_return_address(0), (uintptr_t)__builtin_frame_address(0));
    }
}

void arch_crash(const char *cause, const struct arch_frame *f)
{
    static uint32_t depth, owner;
    irq_disable();
    uint32_t none = 0, me = cpu_id() + 1;
    if (!__atomic_compare_exchange_n(&owner, &none, me, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) && none != me)
        for (;;)
            __asm__ volatile("cli; hlt");
    uint32_t level = depth++;
    if (level == 0)
        report(cause, f);
    else if (level == 1)
        line("\nOSv crashed again while reporting: %s at 0x%016lx\n", cause, f ? f->rip : 0);
    if (level > 2)
        arch_power_last_resort();
    arch_exit_status(CRASH_STATUS);
}

// SPDX-License-Identifier: BSD-3-Clause
// CPU exceptions and page faults of application code, as signals.
#include "arch/crash.h"
#include "arch/frame.h"
#include "arch/trap.h"
#include "base/format.h"
#include "base/string.h"
#include "private.h"
#include "process/signal.h"
#include "vm/space.h"
#include <errno.h>

/* The room's one x86-64 table: which signal an exception is. Vector 14, 16 and 19 need a look at more than the vector. */
struct trap_signal {
    uint8_t signo;
    uint8_t code; /* 0: SI_KERNEL, no address */
};
static const struct trap_signal trap_signals[32] = {
    [0] = {SIGFPE, FPE_INTDIV},   [1] = {SIGTRAP, TRAP_TRACE}, [3] = {SIGTRAP, 0},          [4] = {SIGSEGV, 0},  [5] = {SIGSEGV, 0},
    [6] = {SIGILL, ILL_ILLOPN},   [7] = {SIGFPE, 0},           [9] = {SIGFPE, 0},           [10] = {SIGSEGV, 0}, [11] = {SIGBUS, 0},
    [12] = {SIGBUS, 0},           [13] = {SIGSEGV, 0},         [16] = {SIGFPE, FPE_FLTINV}, [17] = {SIGBUS, BUS_ADRALN},
    [19] = {SIGFPE, FPE_FLTINV},
};

static unsigned access_of(unsigned bits)
{
    if (bits & ARCH_FAULT_FETCH)
        return VM_EXEC;
    return bits & ARCH_FAULT_WRITE ? VM_WRITE : VM_READ;
}

static int page_fault(struct arch_frame *f, vaddr_t address, unsigned bits, bool from_user)
{
    struct process_thread *t = process_thread_current();
    struct vm_fault_result r = {0};

    if (t == NULL || t->process->space == NULL)
        return -EFAULT;
    if (vm_fault(t->process->space, address, access_of(bits), &r)) {
        if (r.major)
            thread_current()->major_faults++;
        else
            thread_current()->minor_faults++;
        return 0;
    }
    t->fault_signo = r.signo != 0 ? r.signo : SIGSEGV;
    t->fault_code = r.si_code != 0 ? r.si_code : SEGV_MAPERR;
    t->fault_no_memory = r.no_memory;
    return -EFAULT;
}

/* Which of the unmasked arithmetic exceptions happened; @status has the x87 and SSE order of bits. */
static int arithmetic_code(unsigned status)
{
    if (status & 1)
        return FPE_FLTINV;
    if (status & 4)
        return FPE_FLTDIV;
    if (status & 8)
        return FPE_FLTOVF;
    if (status & 0x12)
        return FPE_FLTUND;
    return status & 0x20 ? FPE_FLTRES : 0;
}

static unsigned x87_status(void)
{
    uint16_t status = 0, control = 0x37f;
#ifdef __x86_64__
    __asm__ volatile("fnstsw %0; fnstcw %1" : "=m"(status), "=m"(control));
#endif
    return status & ~control & 0x3f;
}

static unsigned sse_status(void)
{
    uint32_t mxcsr = 0x1f80;
#ifdef __x86_64__
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
#endif
    return mxcsr & ~(mxcsr >> 7) & 0x3f;
}

static void out_of_memory(const struct process_thread *t)
{
    char line[160];

    format_string(line, sizeof(line), "out of memory: program killed (page at 0x%lx); give the machine more with -m\n",
                  (unsigned long)t->fault_address);
    crash_write(line, strlen(line));
    process_exit_group(SIGKILL);
}

static bool exception(struct arch_frame *f)
{
    struct process_thread *t = process_thread_current();

    if (t == NULL || f->vector >= 32)
        return false;
    int signo = trap_signals[f->vector].signo, code = trap_signals[f->vector].code;
    vaddr_t address = arch_frame_ip(f);
    switch (f->vector) {
    case 14:
        signo = t->fault_signo != 0 ? t->fault_signo : SIGSEGV;
        code = t->fault_code;
        address = f->address;
        t->fault_address = address;
        t->fault_signo = 0;
        if (t->fault_no_memory)
            out_of_memory(t);
        break;
    case 16:
        code = arithmetic_code(x87_status());
        break;
    case 17:
        address = 0;
        break;
    case 19:
        code = arithmetic_code(sse_status());
        break;
    default:
        break;
    }
    if (signo == 0)
        return false;
    signal_force(signo, code != 0 ? code : SI_KERNEL, address, f->vector, f->error);
    return true;
}

void fault_register_handlers(void)
{
    trap_set_page_fault(page_fault);
    trap_set_exception(exception);
}

static void print_line(const char *fmt, ...)
{
    char line[200];
    va_list args;

    va_start(args, fmt);
    format_string_v(line, sizeof(line), fmt, args);
    va_end(args);
    crash_write(line, strlen(line));
}

static void print_registers(const struct arch_frame *f)
{
    print_line("rip %016lx rsp %016lx rbp %016lx flags %08lx\n", f->rip, f->rsp, f->rbp, f->rflags);
    print_line("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
    print_line("rsi %016lx rdi %016lx r8  %016lx r9  %016lx\n", f->rsi, f->rdi, f->r8, f->r9);
    print_line("r10 %016lx r11 %016lx r12 %016lx r13 %016lx\n", f->r10, f->r11, f->r12, f->r13);
    print_line("r14 %016lx r15 %016lx\n", f->r14, f->r15);
}

static const char *fault_kind(int signo, int code)
{
    if (signo == SIGSEGV)
        return code == SEGV_MAPERR ? "nothing is mapped at" : code == SEGV_ACCERR ? "no permission for" : "bad access, address";
    if (signo == SIGBUS)
        return code == BUS_ADRERR ? "no file contents behind" : code == BUS_ADRALN ? "misaligned access at" : "memory error at";
    if (signo == SIGILL)
        return "illegal instruction at";
    if (signo == SIGFPE)
        return code == FPE_INTDIV ? "integer division by zero at" : "arithmetic error at";
    return "trap at";
}

void fault_report(const struct arch_frame *f, int signo, const struct signal_info *info)
{
    char name[16];

    thread_get_name(thread_current(), name);
    if (signo == SIGABRT)
        print_line("\nSIGABRT: the program gave up by abort() (thread %u, %s)\n", thread_current()->tid, name);
    else
        print_line("\n%s: %s 0x%lx (thread %u, %s)\n", signal_name(signo), fault_kind(signo, info->code),
                   (unsigned long)info->fault.addr, thread_current()->tid, name);
    print_registers(f);
    arch_print_frame_backtrace(f);
}

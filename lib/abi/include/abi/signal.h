// SPDX-License-Identifier: BSD-3-Clause
// Signal structures as the kernel reads and writes them.
#pragma once

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* Signal s is bit s - 1; every system call that takes a set also takes its size, which must be 8. */
typedef uint64_t kernel_sigset;
#define KERNEL_SIGSET_BYTES 8
#define KERNEL_NSIG 64
#define KERNEL_SIGBIT(sig) (UINT64_C(1) << ((sig)-1))

/* SIGRTMIN as the kernel counts; libc keeps the first few for itself. */
#define KERNEL_SIGRTMIN 32

#ifndef SA_RESTORER
#define SA_RESTORER 0x04000000
#endif
#define KERNEL_SA_UNSUPPORTED 0x00000400
#ifndef SA_EXPOSE_TAGBITS
#define SA_EXPOSE_TAGBITS 0x00000800
#endif

struct kernel_sigaction {
    void *handler; /* SIG_DFL, SIG_IGN, or void (*)(int) or (*)(int, siginfo_t *, void *) */
    unsigned long flags;
    void *restorer;
    kernel_sigset mask;
};

/* The set argument of pselect6: a pointer and its size. */
struct kernel_sigset_argument {
    uint64_t set;
    uint64_t size;
};

struct kernel_stack_t {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
};

#if defined(__x86_64__)

/* sigcontext of x86-64: the general registers of struct ucontext. */
struct kernel_sigcontext {
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
    uint16_t cs, gs, fs, ss;
    uint64_t err, trapno, oldmask, cr2;
    uint64_t fpstate; /* address of a kernel_fpstate, or 0 */
    uint64_t reserved[8];
};

#define UC_FP_XSTATE 0x1
#define UC_SIGCONTEXT_SS 0x2
#define UC_STRICT_RESTORE_SS 0x4

struct kernel_ucontext {
    uint64_t flags;
    uint64_t link;
    struct kernel_stack_t stack;
    struct kernel_sigcontext mcontext;
    kernel_sigset sigmask;
};

/* What lies at the stack pointer when a handler starts. */
struct kernel_rt_sigframe {
    uint64_t pretcode; /* the restorer: the handler's return address */
    struct kernel_ucontext uc;
    siginfo_t info;
};

/* In the last 48 bytes of the 512-byte FXSAVE area when an XSAVE area follows. */
#ifndef FP_XSTATE_MAGIC1
#define FP_XSTATE_MAGIC1 0x46505853u
#define FP_XSTATE_MAGIC2 0x46505845u
#endif
#define FP_XSTATE_MAGIC2_BYTES 4

struct kernel_fpx_sw_bytes {
    uint32_t magic1;
    uint32_t extended_size; /* with the trailing magic2 */
    uint64_t xfeatures;
    uint32_t xstate_size;
    uint32_t padding[7];
};

_Static_assert(sizeof(struct kernel_sigcontext) == 256, "sigcontext ABI");
_Static_assert(sizeof(struct kernel_ucontext) == 304, "ucontext ABI");
_Static_assert(sizeof(struct kernel_fpx_sw_bytes) == 48, "fpstate ABI");

#endif

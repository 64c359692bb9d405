// SPDX-License-Identifier: BSD-3-Clause
// The registers of interrupted code, whichever way it entered the kernel.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch_thread;

/** How the kernel was entered; stands in arch_frame.entry. */
enum arch_frame_entry {
    ARCH_ENTRY_TRAP = 0,    /* exception or interrupt: @vector, @error */
    ARCH_ENTRY_SYSCALL = 1, /* syscall instruction */
    ARCH_ENTRY_GATE = 2,    /* osv_syscall_gate: a call from linked code; caller-saved registers are dead in it */
};

/**
 * struct arch_frame - all general registers; the tail is what IRETQ pops. 16-byte multiple, lives on the thread's kernel stack.
 * For a system call, @orig_ax is the number and the argument registers still hold the arguments (a gate's fourth is in r10 too).
 */
struct arch_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t orig_ax;
    uint16_t entry; /* enum arch_frame_entry */
    uint16_t vector;
    uint32_t gate_padding;
    uint64_t error;   /* trap: error code; gate: address of the called function */
    uint64_t address; /* page fault: CR2 as read on entry */
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct arch_frame) % 16 == 0, "stack alignment");

static inline uintptr_t arch_frame_ip(const struct arch_frame *f) { return f->rip; }
static inline uintptr_t arch_frame_sp(const struct arch_frame *f) { return f->rsp; }
static inline void arch_frame_set_ip(struct arch_frame *f, uintptr_t ip) { f->rip = ip; }
static inline void arch_frame_set_sp(struct arch_frame *f, uintptr_t sp) { f->rsp = sp; }
static inline long arch_frame_ret(const struct arch_frame *f) { return (long)f->rax; }
static inline void arch_frame_set_ret(struct arch_frame *f, long value) { f->rax = (uint64_t)value; }
static inline bool arch_frame_is_syscall(const struct arch_frame *f) { return f->entry != ARCH_ENTRY_TRAP; }
/** arch_frame_nr - the system call's number; negative when a gate caller did not say. */
static inline long arch_frame_nr(const struct arch_frame *f) { return (long)f->orig_ax; }
static inline uint64_t arch_frame_arg(const struct arch_frame *f, unsigned n)
{
    const uint64_t args[6] = {f->rdi, f->rsi, f->rdx, f->r10, f->r8, f->r9};
    return args[n];
}
static inline void arch_frame_set_args(struct arch_frame *f, uint64_t a0, uint64_t a1, uint64_t a2)
{
    f->rdi = a0;
    f->rsi = a1;
    f->rdx = a2;
}

/**
 * arch_frame_restart - make the frame run its system call again when resumed. Only for arch_frame_is_syscall() frames on the way out.
 * arch_frame_restart_as - the same, but as system call @nr, implemented by @fn (restart_syscall). Return: 0 or -EFAULT.
 */
void arch_frame_restart(struct arch_frame *f);
int arch_frame_restart_as(struct arch_frame *f, long nr, long (*fn)(void)) __must_check;

/** arch_frame_from_user - did @f interrupt application code (true) or kernel code on its kernel stack (false)? */
bool arch_frame_from_user(const struct arch_frame *f);

/**
 * arch_user_frame - the registers that application code of @t had when it last entered the kernel. In a gate call, callee-saved registers are
 * there only from user_return() on, or after arch_gate_capture(). @t must be current or not running.
 */
struct arch_frame *arch_user_frame(struct arch_thread *t);

/** arch_frame_init_user - a frame that starts application code at @ip with stack @sp, interrupts on, all other registers zero. */
void arch_frame_init_user(struct arch_frame *f, uintptr_t ip, uintptr_t sp);
/** arch_enter_user - leave the kernel through @f for good (start of a thread, execve). The kernel stack is empty afterwards. Does the work test. */
void arch_enter_user(const struct arch_frame *f) __noreturn;
/**
 * arch_frame_sanitize - after @f was filled from memory the application owns (sigreturn): force segments and privileged flags to legal values.
 * arch_frame_restore - replace the current user frame by @f and make the exit path load every register of it (no syscall shortcuts).
 */
void arch_frame_sanitize(struct arch_frame *f);
void arch_frame_restore(struct arch_thread *t, const struct arch_frame *f);

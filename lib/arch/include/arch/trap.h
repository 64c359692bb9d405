// SPDX-License-Identifier: BSD-3-Clause
// Traps: what the rooms above do at exceptions, system calls and interrupts.
#pragma once

#include "arch/frame.h"
#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

enum arch_fault_bits {
    ARCH_FAULT_PRESENT = 1, /* protection violation; clear: nothing mapped */
    ARCH_FAULT_WRITE = 2,
    ARCH_FAULT_FETCH = 16,
};

/**
 * struct trap_ops - registered once by the rooms that own the subjects; any member may be NULL (fatal, or ignored for user_return).
 * Handlers run on the thread's kernel stack. Interrupts are on in page_fault/exception if they were on in the interrupted code.
 */
struct trap_ops {
    /**
     * page_fault - at @address; @bits is enum arch_fault_bits; @from_user: application code (or a copy for it) touched it.
     * Return: 0 if resolved (retry). Else the signal to raise: negative errno -> if a user copy, it fails with -EFAULT;
     * if application code, exception() is called with vector 14.
     */
    int (*page_fault)(struct arch_frame *f, vaddr_t address, unsigned bits, bool from_user);
    /** exception - application code did something wrong (vector, error code in @f). Return: true if handled (a signal is pending or was fixed up). */
    bool (*exception)(struct arch_frame *f);
    /** syscall - by instruction. Result goes to rax by the caller. Default: -ENOSYS. */
    long (*syscall)(struct arch_frame *f);
    /** user_return - on the way out with arch_thread.work != 0; interrupts on; must clear the work bits it does. May not return (exit). */
    void (*user_return)(struct arch_frame *f);
    /** gate_entered - a gate call begins: number and arguments are in @f. For tracing; NULL otherwise. Clobbers nothing of @f. */
    void (*gate_entered)(struct arch_frame *f);
};

/** trap_set_* - one setter a member, so that a program links only the handlers it needs. Before interrupts go on, or never changed again. */
void trap_set_page_fault(int (*fn)(struct arch_frame *f, vaddr_t address, unsigned bits, bool from_user));
void trap_set_exception(bool (*fn)(struct arch_frame *f));
void trap_set_syscall(long (*fn)(struct arch_frame *f));
void trap_set_user_return(void (*fn)(struct arch_frame *f));
void trap_set_gate_entered(void (*fn)(struct arch_frame *f));

/* Vectors 0-31 exceptions, 32-47 legacy PIC (masked), 48-239 free for devices, 240-255 arch's own (timer, IPIs, spurious). */
#define ARCH_VECTOR_DEVICE_FIRST 48
#define ARCH_VECTOR_DEVICE_LAST 239
#define ARCH_VECTOR_TIMER 240
#define ARCH_VECTOR_IPI_RESCHED 241
#define ARCH_VECTOR_IPI_CALL 242
#define ARCH_VECTOR_IPI_STOP 243
#define ARCH_VECTOR_SPURIOUS 255

/** Runs with interrupts off on the interrupted thread's kernel stack; never sleeps. The local APIC is acknowledged by arch after it returns. */
typedef void (*irq_handler_fn)(unsigned vector, void *arg);

/** irq_vector_alloc - a free device vector for @fn. Context: any. Return: vector; -ENOSPC. */
int irq_vector_alloc(irq_handler_fn fn, void *arg) __must_check;
void irq_vector_free(unsigned vector);
/** irq_handler_set - own a fixed vector (timer, IPI). */
void irq_handler_set(unsigned vector, irq_handler_fn fn, void *arg);
/** irq_count - interrupts taken on @vector since boot, all CPUs (/proc/interrupts). */
uint64_t irq_count(unsigned vector);
/** irq_set_eoi - how to acknowledge, set by the interrupt controller's driver. */
void irq_set_eoi(void (*fn)(unsigned vector));
/** irq_from_user - in a handler: did the interrupt find application code running? */
bool irq_from_user(void);
/** irq_in_handler - is this CPU inside an interrupt handler? */
bool irq_in_handler(void);

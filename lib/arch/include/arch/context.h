// SPDX-License-Identifier: BSD-3-Clause
// Switching from one kernel stack to another.
#pragma once

#include "base/compiler.h"
#include <stdint.h>

struct arch_thread;

/** struct arch_context - where a thread that does not run left off: its stack pointer; the rest is on the stack. */
struct arch_context {
    void *sp;
};

/** arch_context_init - the first switch to @ctx calls @entry(@arg) on an empty stack with interrupts off; @entry must not return. */
void arch_context_init(struct arch_context *ctx, void *stack_top, void (*entry)(void *), void *arg);

/**
 * The two steps of a switch, both with interrupts off, in this order:
 * arch_thread_switch - make @next current: kernel stack for entries, FS base, vector state of @prev saved if THREAD_FPU_LIVE, of @next loaded.
 * arch_switch - save callee-saved registers, MXCSR and x87 control word in @prev, go on in @next. Returns when something switches back.
 */
void arch_thread_switch(struct arch_thread *prev, struct arch_thread *next);
void arch_switch(struct arch_context *prev, struct arch_context *next);

// SPDX-License-Identifier: BSD-3-Clause
// makecontext, and the signal mask of the context functions.

#include "compat.h"
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

_Static_assert(offsetof(ucontext_t, uc_mcontext) == 40, "x86_64/context.S");
_Static_assert(offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]) == 168, "x86_64/context.S");
_Static_assert(offsetof(ucontext_t, uc_mcontext.fpregs) == 224, "x86_64/context.S");
_Static_assert(offsetof(ucontext_t, __fpregs_mem) == 424, "x86_64/context.S");

#define REGISTER_ARGS 6

__attribute__((visibility("hidden"))) int __osv_context_save_mask(ucontext_t *context)
{
    return sigprocmask(SIG_BLOCK, NULL, &context->uc_sigmask);
}

__attribute__((visibility("hidden"))) int __osv_context_load_mask(const ucontext_t *context)
{
    return sigprocmask(SIG_SETMASK, &context->uc_sigmask, NULL);
}

extern char __osv_context_end[] __attribute__((visibility("hidden")));

void makecontext(ucontext_t *context, void (*fn)(void), int argc, ...)
{
    static const int registers[REGISTER_ARGS] = {REG_RDI, REG_RSI, REG_RDX, REG_RCX, REG_R8, REG_R9};
    int on_stack = argc > REGISTER_ARGS ? argc - REGISTER_ARGS : 0;
    uintptr_t top = (uintptr_t)context->uc_stack.ss_sp + context->uc_stack.ss_size;
    uintptr_t *sp = (uintptr_t *)((top - (uintptr_t)on_stack * 8) & ~(uintptr_t)15) - 1;
    va_list args;

    va_start(args, argc);
    for (int i = 0; i < argc; i++) {
        long value = va_arg(args, long);
        if (i < REGISTER_ARGS)
            context->uc_mcontext.gregs[registers[i]] = value;
        else
            sp[1 + i - REGISTER_ARGS] = (uintptr_t)value;
    }
    va_end(args);
    sp[0] = (uintptr_t)__osv_context_end;
    context->uc_mcontext.gregs[REG_RSP] = (long)sp;
    context->uc_mcontext.gregs[REG_RIP] = (long)(uintptr_t)fn;
    context->uc_mcontext.gregs[REG_RBX] = (long)(uintptr_t)context->uc_link;
    context->uc_mcontext.gregs[REG_RBP] = 0;
}

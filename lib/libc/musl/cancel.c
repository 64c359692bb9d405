// SPDX-License-Identifier: BSD-3-Clause
// pthread_cancel: a signal to the thread, whose handler acts if the thread stands at a cancellation point that has had no effect.
//
// The thread stands there if it is between __cp_begin and __cp_end (x86_64/cancel.S), or in the first instructions of the gate with
// __cp_end as its return address. The latter also is where the kernel resumes a call that it restarts. Anywhere else the request
// stays pending, blocked until the handler's frame is left, and is seen at the next cancellation point: by the flag.

#define _GNU_SOURCE
#include "pthread_impl.h"
#include "syscall.h"
#include <string.h>

#define GATE_ENTRY_BYTES 64 /* less than the way to the gate's exit; on the kernel's stack no signal is delivered */

extern hidden const char __cp_begin[], __cp_end[], __cp_cancel[];

/* Called on the interrupted stack or in place of a call. Return: -ECANCELED if cancellation is masked, else never. */
long __cancel(void)
{
    pthread_t self = __pthread_self();

    if (self->cancelasync || self->canceldisable == PTHREAD_CANCEL_ENABLE)
        pthread_exit(PTHREAD_CANCELED);
    self->canceldisable = PTHREAD_CANCEL_DISABLE;
    return -ECANCELED;
}

void __testcancel(void)
{
    pthread_t self = __pthread_self();

    if (self->cancel && self->canceldisable == PTHREAD_CANCEL_ENABLE)
        __cancel();
}

static int stands_at_point(const mcontext_t *context)
{
    uintptr_t pc = (uintptr_t)context->gregs[REG_RIP];
    uintptr_t in_gate = pc - (uintptr_t)osv_syscall_gate;

    if (pc >= (uintptr_t)__cp_begin && pc < (uintptr_t)__cp_end)
        return 1;
    return in_gate < GATE_ENTRY_BYTES && *(const uintptr_t *)context->gregs[REG_RSP] == (uintptr_t)__cp_end;
}

static void handle(int sig, siginfo_t *info, void *arg)
{
    pthread_t self = __pthread_self();
    ucontext_t *context = arg;

    a_barrier();
    if (!self->cancel || self->canceldisable == PTHREAD_CANCEL_DISABLE)
        return;
    context->uc_sigmask.__bits[0] |= 1ul << (SIGCANCEL - 1);
    if (self->cancelasync || stands_at_point(&context->uc_mcontext))
        context->uc_mcontext.gregs[REG_RIP] = (long)__cp_cancel;
    else
        __syscall(SYS_tkill, self->tid, SIGCANCEL);
}

static void install_handler(void)
{
    static volatile int installed;
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART, .sa_sigaction = handle};

    if (installed)
        return;
    memset(&action.sa_mask, -1, _NSIG / 8);
    __libc_sigaction(SIGCANCEL, &action, 0);
    installed = 1;
}

int pthread_cancel(pthread_t thread)
{
    if (thread->tid == 0 && thread->detach_state >= DT_DETACHED)
        return ESRCH; /* ended, and joined or detached */
    install_handler();
    a_store(&thread->cancel, 1);
    if (thread != __pthread_self())
        return pthread_kill(thread, SIGCANCEL);
    if (thread->cancelasync && thread->canceldisable == PTHREAD_CANCEL_ENABLE)
        pthread_exit(PTHREAD_CANCELED);
    return 0;
}

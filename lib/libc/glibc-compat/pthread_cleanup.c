// SPDX-License-Identifier: BSD-3-Clause
// Cleanup handlers of C code built against glibc without exceptions: a jump buffer per handler.

#include "compat.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

/* glibc's __pthread_unwind_buf_t: the start of a jmp_buf with its mask flag, then four private words. */
struct unwind_buf {
    struct {
        unsigned long registers[8];
        int mask_saved;
    } jump;
    struct __ptcb handler; /* in the private words */
};

_Static_assert(sizeof(struct unwind_buf) <= 72 + 4 * sizeof(void *), "glibc's __pthread_unwind_buf_t");

void _pthread_cleanup_push(struct __ptcb *, void (*)(void *), void *);
void _pthread_cleanup_pop(struct __ptcb *, int);

static void jump(void *arg)
{
    jmp_buf env;
    struct unwind_buf *buf = arg;

    for (int i = 0; i < 8; i++)
        env->__jb[i] = buf->jump.registers[i];
    _longjmp(env, 1);
}

void __pthread_register_cancel(struct unwind_buf *buf)
{
    _pthread_cleanup_push(&buf->handler, jump, buf);
}

void __pthread_unregister_cancel(struct unwind_buf *buf)
{
    _pthread_cleanup_pop(&buf->handler, 0);
}

/* The handler has run: go on with the exit that called it. */
_Noreturn void __pthread_unwind_next(struct unwind_buf *buf)
{
    pthread_exit(PTHREAD_CANCELED);
}

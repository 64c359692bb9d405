// SPDX-License-Identifier: BSD-3-Clause
// Destructors of thread_local objects (Itanium C++ ABI 3.3.6): last registered first, before thread-specific keys.

#include "compat.h"
#include <pthread.h>
#include <stdlib.h>

struct thread_dtor {
    struct thread_dtor *next;
    void (*fn)(void *);
    void *object;
};

static _Thread_local struct thread_dtor *thread_dtors;

/* Called by pthread_exit() and exit() of the port, if linked. */
void __osv_call_thread_dtors(void)
{
    while (thread_dtors) {
        struct thread_dtor *dtor = thread_dtors;
        thread_dtors = dtor->next;
        dtor->fn(dtor->object);
        free(dtor);
    }
}

int __cxa_thread_atexit_impl(void (*fn)(void *), void *object, void *dso)
{
    struct thread_dtor *dtor = malloc(sizeof *dtor);

    if (!dtor)
        return -1;
    dtor->fn = fn;
    dtor->object = object;
    dtor->next = thread_dtors;
    thread_dtors = dtor;
    return 0;
}

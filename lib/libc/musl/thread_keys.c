// SPDX-License-Identifier: BSD-3-Clause
// Thread-specific keys, whose destructors run after those of thread_local objects.

#define __pthread_tsd_run_dtors __osv_musl_tsd_run_dtors
#include "../thread/pthread_key_create.c"
#undef __pthread_tsd_run_dtors

extern int __cxa_thread_atexit_impl(void (*)(void *), void *, void *);

/*
 * libgcc takes a program that has __pthread_key_create for a threaded one and then calls these, to which it refers weakly: have
 * them linked too. The array itself is dropped by the linker.
 */
static void *const needed_by_libgcc[] __attribute__((__used__)) = {
    (void *)pthread_once,        (void *)pthread_mutex_lock,  (void *)pthread_mutex_unlock,
    (void *)pthread_getspecific, (void *)pthread_setspecific, (void *)__cxa_thread_atexit_impl, /* Rust's std: weakly as well */
};

weak void __osv_call_thread_dtors(void);

void __pthread_tsd_run_dtors(void)
{
    if (__osv_call_thread_dtors)
        __osv_call_thread_dtors();
    __osv_musl_tsd_run_dtors();
}

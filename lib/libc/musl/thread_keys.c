// SPDX-License-Identifier: BSD-3-Clause
// Thread-specific keys, whose destructors run after those of thread_local objects.

#define __pthread_tsd_run_dtors __osv_musl_tsd_run_dtors
#include "../thread/pthread_key_create.c"
#undef __pthread_tsd_run_dtors

weak void __osv_call_thread_dtors(void);

void __pthread_tsd_run_dtors(void)
{
    if (__osv_call_thread_dtors)
        __osv_call_thread_dtors();
    __osv_musl_tsd_run_dtors();
}

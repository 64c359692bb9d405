// SPDX-License-Identifier: BSD-3-Clause
// exit: thread_local destructors, then atexit handlers, then the fini array, then stdio.

#include <stdint.h>
#include <stdlib.h>

typedef void fini_fn(void);

extern weak hidden fini_fn *const __fini_array_start[], *const __fini_array_end[];
extern weak void _fini(void);

/* Present if what they serve is linked. */
weak void __osv_call_thread_dtors(void);
weak hidden void __funcs_on_exit(void);
weak hidden void __stdio_exit(void);

void __libc_exit_fini(void)
{
    for (fini_fn *const *fn = __fini_array_end; fn > __fini_array_start;)
        (*--fn)();
    if (_fini)
        _fini();
}

_Noreturn void exit(int code)
{
    if (__osv_call_thread_dtors)
        __osv_call_thread_dtors();
    if (__funcs_on_exit)
        __funcs_on_exit();
    __libc_exit_fini();
    if (__stdio_exit)
        __stdio_exit();
    _Exit(code);
}

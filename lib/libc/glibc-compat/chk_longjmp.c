// SPDX-License-Identifier: BSD-3-Clause
// longjmp under the names that glibc's headers give it. Whether the target frame is still alive is not checked.

#include "compat.h"
#include <setjmp.h>

_Noreturn void __longjmp_chk(jmp_buf env, int value)
{
    longjmp(env, value);
}

_Noreturn void __libc_longjmp(jmp_buf env, int value)
{
    longjmp(env, value);
}

_Noreturn void __libc_siglongjmp(sigjmp_buf env, int value)
{
    siglongjmp(env, value);
}

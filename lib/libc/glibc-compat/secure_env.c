// SPDX-License-Identifier: BSD-3-Clause
// Values that depend on how the program was started.

#include "compat.h"
#include <stdlib.h>

int __libc_enable_secure = 0;

char *__secure_getenv(const char *name)
{
    return secure_getenv(name);
}

char *__libc_secure_getenv(const char *name)
{
    return secure_getenv(name);
}

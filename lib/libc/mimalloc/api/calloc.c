// SPDX-License-Identifier: BSD-3-Clause
// calloc: a member of its own, so that a program may bring another.

#include "mimalloc.h"
#include <errno.h>
#include <stdlib.h>

void *calloc(size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return mi_zalloc(bytes);
}

// SPDX-License-Identifier: BSD-3-Clause
// calloc: a member of its own, so that a program may bring another.

#include "mimalloc.h"
#include <stdlib.h>

void *calloc(size_t n, size_t size)
{
    return mi_calloc(n, size);
}

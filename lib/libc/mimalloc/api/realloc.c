// SPDX-License-Identifier: BSD-3-Clause
// realloc: a member of its own, so that a program may bring another.

#include "mimalloc.h"
#include <stdlib.h>

void *realloc(void *p, size_t size)
{
    return mi_realloc(p, size);
}

// SPDX-License-Identifier: BSD-3-Clause
// malloc: a member of its own, so that a program may bring another.

#include "mimalloc.h"
#include <stdlib.h>

void *malloc(size_t size)
{
    return mi_malloc(size);
}

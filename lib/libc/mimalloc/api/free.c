// SPDX-License-Identifier: BSD-3-Clause
// free: a member of its own, so that a program may bring another.

#include "mimalloc.h"
#include <stdlib.h>

void free(void *p)
{
    mi_free(p);
}

// SPDX-License-Identifier: BSD-3-Clause
// malloc_usable_size: how large an allocation really is.

#include "mimalloc.h"
#include <malloc.h>

size_t malloc_usable_size(void *p)
{
    return mi_usable_size(p);
}

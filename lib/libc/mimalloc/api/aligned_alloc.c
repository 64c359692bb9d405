// SPDX-License-Identifier: BSD-3-Clause
// aligned_alloc (C17 7.22.3.1).

#include "mimalloc.h"
#include <errno.h>
#include <stdlib.h>

void *aligned_alloc(size_t alignment, size_t size)
{
    if (!alignment || (alignment & (alignment - 1))) {
        errno = EINVAL;
        return NULL;
    }
    void *p = mi_malloc_aligned(size, alignment);
    if (!p)
        errno = ENOMEM;
    return p;
}

// SPDX-License-Identifier: BSD-3-Clause
// posix_memalign (POSIX.1-2017): EINVAL unless the alignment is a power of two times sizeof(void *).

#include "mimalloc.h"
#include <errno.h>
#include <stdlib.h>

int posix_memalign(void **out, size_t alignment, size_t size)
{
    int saved = errno;

    if (alignment < sizeof(void *) || (alignment & (alignment - 1)))
        return EINVAL;
    void *p = mi_malloc_aligned(size, alignment);
    errno = saved;
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

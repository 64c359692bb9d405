// SPDX-License-Identifier: BSD-3-Clause
// __libc_memalign: memalign under the name that libraries find it by.

#include "compat.h"
#include <malloc.h>

void *__libc_memalign(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

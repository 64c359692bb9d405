// SPDX-License-Identifier: BSD-3-Clause
// The allocator as musl's own code sees it, even where the program brings its own malloc.

#include "mimalloc.h"
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

void *__libc_malloc(size_t size)
{
    return mi_malloc(size);
}

void *__libc_calloc(size_t n, size_t size)
{
    return mi_calloc(n, size);
}

void *__libc_realloc(void *p, size_t size)
{
    return mi_realloc(p, size);
}

void __libc_free(void *p)
{
    mi_free(p);
}

// SPDX-License-Identifier: BSD-3-Clause
// String functions that only glibc has.

#include "compat.h"
#include <stdlib.h>
#include <string.h>

void *rawmemchr(const void *s, int c)
{
    return memchr(s, c, (size_t)-1 / 2);
}

void *__rawmemchr(const void *s, int c)
{
    return rawmemchr(s, c);
}

void *__mempcpy(void *to, const void *from, size_t n)
{
    return mempcpy(to, from, n);
}

char *__strtok_r(char *s, const char *delimiters, char **state)
{
    return strtok_r(s, delimiters, state);
}

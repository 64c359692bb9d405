// SPDX-License-Identifier: BSD-3-Clause
// Copies of strings and memory in kernel objects.

#include <base/string.h>
#include <mem/kalloc.h>

void *kmemdup(const void *p, size_t n)
{
    void *q = kmalloc(n);

    return q ? memcpy(q, p, n) : NULL;
}

char *kstrndup(const char *s, size_t max)
{
    size_t n = strnlen(s, max);
    char *q = kmalloc(n + 1);

    if (!q)
        return NULL;
    memcpy(q, s, n);
    q[n] = '\0';
    return q;
}

char *kstrdup(const char *s)
{
    return kmemdup(s, strlen(s) + 1);
}

// SPDX-License-Identifier: BSD-3-Clause
// What glibc's malloc lets programs tune and ask.

#include "compat.h"
#include <stdio.h>
#include <string.h>

struct mallinfo2 {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct mallinfo {
    int arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

void mi_collect(_Bool force);
void *mi_malloc(size_t size);
void mi_free(void *p);

/* What was freed long enough ago goes back when its neighbourhood is next used: use it. */
int malloc_trim(size_t pad)
{
    mi_collect(1);
    mi_free(mi_malloc(256 * 1024));
    return 1;
}

int mallopt(int parameter, int value)
{
    return 1;
}

struct mallinfo2 mallinfo2(void)
{
    return (struct mallinfo2){0};
}

struct mallinfo mallinfo(void)
{
    return (struct mallinfo){0};
}

void malloc_stats(void)
{
}

int malloc_info(int options, FILE *f)
{
    return fputs("<malloc version=\"1\">\n</malloc>\n", f) < 0 ? -1 : 0;
}

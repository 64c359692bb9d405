// SPDX-License-Identifier: BSD-3-Clause
// cfree: the old name of free.

#include <stdlib.h>

void cfree(void *p);
void cfree(void *p)
{
    free(p);
}

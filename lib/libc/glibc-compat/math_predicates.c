// SPDX-License-Identifier: BSD-3-Clause
// isnan(), isinf() and finite() as functions: BSD had them before C99's macros.

#include "compat.h"
#include <math.h>

#define PREDICATES(suffix, type)                                  \
    int(isnan##suffix)(type x)                                    \
    {                                                             \
        return __builtin_isnan(x);                                \
    }                                                             \
    int(isinf##suffix)(type x)                                    \
    {                                                             \
        return __builtin_isinf(x) ? (x < 0 ? -1 : 1) : 0;         \
    }

#undef isnan
#undef isinf
PREDICATES(, double)
PREDICATES(f, float)
PREDICATES(l, long double)

int finitel(long double x)
{
    return __builtin_isfinite(x);
}

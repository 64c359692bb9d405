// SPDX-License-Identifier: BSD-3-Clause
// Mathematical functions of ISO/IEC TS 18661-1 and C23: rounding to even, neighbours, maximum and minimum with NaN rules.

#include "compat.h"
#include <limits.h>
#include <math.h>

/* fmaximum: a NaN makes a NaN and -0 < +0; fmaximum_num: a number beats a NaN; _mag: by magnitude, then by value. */
#define FUNCTIONS(s, type)                                                                             \
    type roundeven##s(type x)                                                                          \
    {                                                                                                  \
        type whole = trunc##s(x), rest = fabs##s(x - whole);                                           \
        if (!isfinite(x) || rest < (type)0.5)                                                          \
            return isfinite(x) ? copysign##s(whole, x) : x + x;                                        \
        if (rest == (type)0.5)                                                                         \
            return copysign##s(2 * round##s(x / 2), x);                                                \
        return round##s(x);                                                                            \
    }                                                                                                  \
    type nextup##s(type x)                                                                             \
    {                                                                                                  \
        return nextafter##s(x, (type)INFINITY);                                                        \
    }                                                                                                  \
    type nextdown##s(type x)                                                                           \
    {                                                                                                  \
        return nextafter##s(x, -(type)INFINITY);                                                       \
    }                                                                                                  \
    long llogb##s(type x)                                                                              \
    {                                                                                                  \
        int e = ilogb##s(x);                                                                           \
        return e == FP_ILOGB0 ? -LONG_MAX - 1 : e == INT_MAX ? LONG_MAX : e;                           \
    }                                                                                                  \
    type fmaximum##s(type x, type y)                                                                   \
    {                                                                                                  \
        if (isnan(x) || isnan(y))                                                                      \
            return x + y;                                                                              \
        return x == y ? (signbit(x) ? y : x) : x > y ? x : y;                                          \
    }                                                                                                  \
    type fminimum##s(type x, type y)                                                                   \
    {                                                                                                  \
        if (isnan(x) || isnan(y))                                                                      \
            return x + y;                                                                              \
        return x == y ? (signbit(x) ? x : y) : x < y ? x : y;                                          \
    }                                                                                                  \
    type fmaximum_num##s(type x, type y)                                                               \
    {                                                                                                  \
        return isnan(x) && !isnan(y) ? y : isnan(y) && !isnan(x) ? x : fmaximum##s(x, y);              \
    }                                                                                                  \
    type fminimum_num##s(type x, type y)                                                               \
    {                                                                                                  \
        return isnan(x) && !isnan(y) ? y : isnan(y) && !isnan(x) ? x : fminimum##s(x, y);              \
    }                                                                                                  \
    type fmaximum_mag##s(type x, type y)                                                               \
    {                                                                                                  \
        type ax = fabs##s(x), ay = fabs##s(y);                                                         \
        return ax > ay ? x : ay > ax ? y : fmaximum##s(x, y);                                          \
    }                                                                                                  \
    type fminimum_mag##s(type x, type y)                                                               \
    {                                                                                                  \
        type ax = fabs##s(x), ay = fabs##s(y);                                                         \
        return ax < ay ? x : ay < ax ? y : fminimum##s(x, y);                                          \
    }                                                                                                  \
    type fmaximum_mag_num##s(type x, type y)                                                           \
    {                                                                                                  \
        return isnan(x) && !isnan(y) ? y : isnan(y) && !isnan(x) ? x : fmaximum_mag##s(x, y);          \
    }                                                                                                  \
    type fminimum_mag_num##s(type x, type y)                                                           \
    {                                                                                                  \
        return isnan(x) && !isnan(y) ? y : isnan(y) && !isnan(x) ? x : fminimum_mag##s(x, y);          \
    }                                                                                                  \
    type fmaxmag##s(type x, type y)                                                                    \
    {                                                                                                  \
        type ax = fabs##s(x), ay = fabs##s(y);                                                         \
        return ax > ay ? x : ay > ax ? y : fmax##s(x, y);                                              \
    }                                                                                                  \
    type fminmag##s(type x, type y)                                                                    \
    {                                                                                                  \
        type ax = fabs##s(x), ay = fabs##s(y);                                                         \
        return ax < ay ? x : ay < ax ? y : fmin##s(x, y);                                              \
    }

FUNCTIONS(, double)
FUNCTIONS(f, float)
FUNCTIONS(l, long double)

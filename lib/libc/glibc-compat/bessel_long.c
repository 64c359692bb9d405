// SPDX-License-Identifier: BSD-3-Clause
// Bessel functions of long double, computed in double.

#include "compat.h"
#include <math.h>

long double j0l(long double x)
{
    return j0((double)x);
}
long double j1l(long double x)
{
    return j1((double)x);
}
long double jnl(int n, long double x)
{
    return jn(n, (double)x);
}
long double y0l(long double x)
{
    return y0((double)x);
}
long double y1l(long double x)
{
    return y1((double)x);
}
long double ynl(int n, long double x)
{
    return yn(n, (double)x);
}

// SPDX-License-Identifier: BSD-3-Clause
// Mathematical functions under names of their own in glibc.

#include "compat.h"
#include <math.h>
#include <stdint.h>

int __isnan(double x)
{
    return isnan(x);
}
int __isnanf(float x)
{
    return isnan(x);
}
int __isnanl(long double x)
{
    return isnan(x);
}
int __isinf(double x)
{
    return isinf(x) ? (x < 0 ? -1 : 1) : 0;
}
int __isinff(float x)
{
    return isinf(x) ? (x < 0 ? -1 : 1) : 0;
}
int __isinfl(long double x)
{
    return isinf(x) ? (x < 0 ? -1 : 1) : 0;
}
int __finite(double x)
{
    return isfinite(x);
}
int __finitef(float x)
{
    return isfinite(x);
}
int __finitel(long double x)
{
    return isfinite(x);
}

/* A signalling NaN has the top bit of its fraction clear. */
int __issignaling(double x)
{
    union {
        double f;
        uint64_t i;
    } u = {x};
    return (u.i & 0x7fffffffffffffff) > 0x7ff0000000000000 && !(u.i & 0x0008000000000000);
}
int __issignalingf(float x)
{
    union {
        float f;
        uint32_t i;
    } u = {x};
    return (u.i & 0x7fffffff) > 0x7f800000 && !(u.i & 0x00400000);
}
int __issignalingl(long double x)
{
    union {
        long double f;
        struct {
            uint64_t m;
            uint16_t se;
        } i;
    } u = {x};
    return (u.i.se & 0x7fff) == 0x7fff && (u.i.m & 0x3fffffffffffffff) && !(u.i.m & 0x4000000000000000);
}

double gamma(double x)
{
    return lgamma(x);
}
float gammaf(float x)
{
    return lgammaf(x);
}

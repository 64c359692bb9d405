// SPDX-License-Identifier: BSD-3-Clause
// drand48_r(3) and its family: the linear congruence of 48 bits with the state in the caller's hands (glibc's layout).

#include "compat.h"
#include <stdint.h>
#include <string.h>

struct drand48_data {
    unsigned short x[3], old_x[3], c, init;
    unsigned long long a;
};

#define USUAL_A 0x5deece66dull
#define USUAL_C 0xb
#define MASK ((1ull << 48) - 1)

static uint64_t step(unsigned short x[3], struct drand48_data *d)
{
    uint64_t value = (uint64_t)x[2] << 32 | (uint64_t)x[1] << 16 | x[0];

    if (!d->init) {
        d->a = USUAL_A;
        d->c = USUAL_C;
        d->init = 1;
    }
    value = (value * d->a + d->c) & MASK;
    x[0] = (unsigned short)value;
    x[1] = (unsigned short)(value >> 16);
    x[2] = (unsigned short)(value >> 32);
    return value;
}

int erand48_r(unsigned short x[3], struct drand48_data *d, double *result)
{
    *result = (double)step(x, d) / (double)(1ull << 48);
    return 0;
}

int drand48_r(struct drand48_data *d, double *result)
{
    return erand48_r(d->x, d, result);
}

int nrand48_r(unsigned short x[3], struct drand48_data *d, long *result)
{
    *result = (long)(step(x, d) >> 17);
    return 0;
}

int lrand48_r(struct drand48_data *d, long *result)
{
    return nrand48_r(d->x, d, result);
}

int jrand48_r(unsigned short x[3], struct drand48_data *d, long *result)
{
    *result = (int32_t)(step(x, d) >> 16);
    return 0;
}

int mrand48_r(struct drand48_data *d, long *result)
{
    return jrand48_r(d->x, d, result);
}

int seed48_r(unsigned short seed[3], struct drand48_data *d)
{
    memcpy(d->old_x, d->x, sizeof(d->x));
    memcpy(d->x, seed, sizeof(d->x));
    d->a = USUAL_A;
    d->c = USUAL_C;
    d->init = 1;
    return 0;
}

int srand48_r(long seed, struct drand48_data *d)
{
    return seed48_r((unsigned short[3]){0x330e, (unsigned short)seed, (unsigned short)((unsigned long)seed >> 16)}, d);
}

int lcong48_r(unsigned short p[7], struct drand48_data *d)
{
    memcpy(d->x, p, sizeof(d->x));
    d->a = (uint64_t)p[5] << 32 | (uint64_t)p[4] << 16 | p[3];
    d->c = p[6];
    d->init = 1;
    return 0;
}

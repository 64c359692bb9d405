// SPDX-License-Identifier: BSD-3-Clause
// Random numbers with the state in the caller's hands: random_r and drand48_r.

#include "compat.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* glibc's layouts; the state of random_r is its additive-feedback table, 31 words deep, as glibc computes it. */
struct random_data {
    int32_t *fptr, *rptr, *state;
    int rand_type, rand_deg, rand_sep;
    int32_t *end_ptr;
};

static const struct {
    size_t bytes;
    int degree, separation;
} kinds[] = {{8, 0, 0}, {32, 7, 3}, {64, 15, 1}, {128, 31, 3}, {256, 63, 1}};

int random_r(struct random_data *d, int32_t *result)
{
    if (!d || !result) {
        errno = EINVAL;
        return -1;
    }
    if (d->rand_type == 0) {
        *result = d->state[0] = (int32_t)(((uint32_t)d->state[0] * 1103515245u + 12345u) & 0x7fffffff);
        return 0;
    }
    uint32_t value = (uint32_t)*d->fptr + (uint32_t)*d->rptr;
    *d->fptr = (int32_t)value;
    *result = (int32_t)(value >> 1);
    if (++d->fptr >= d->end_ptr)
        d->fptr = d->state;
    if (++d->rptr >= d->end_ptr)
        d->rptr = d->state;
    return 0;
}

int srandom_r(unsigned seed, struct random_data *d)
{
    if (!d || d->rand_type < 0 || d->rand_type > 4) {
        errno = EINVAL;
        return -1;
    }
    int32_t word = seed ? (int32_t)seed : 1, unused;
    d->state[0] = word;
    if (d->rand_type == 0)
        return 0;
    for (int i = 1; i < d->rand_deg; i++) { /* minimal standard generator, without overflow */
        word = (int32_t)(16807L * (word % 127773) - 2836L * (word / 127773));
        if (word < 0)
            word += 2147483647;
        d->state[i] = word;
    }
    d->fptr = &d->state[d->rand_sep];
    d->rptr = d->state;
    for (int i = 0; i < 10 * d->rand_deg; i++)
        random_r(d, &unused);
    return 0;
}

int initstate_r(unsigned seed, char *state, size_t bytes, struct random_data *d)
{
    int kind = 4;

    if (!d || bytes < kinds[0].bytes) {
        errno = EINVAL;
        return -1;
    }
    while (bytes < kinds[kind].bytes)
        kind--;
    d->rand_type = kind;
    d->rand_deg = kinds[kind].degree;
    d->rand_sep = kinds[kind].separation;
    d->state = (int32_t *)(void *)state + 1;
    d->end_ptr = d->state + d->rand_deg;
    srandom_r(seed, d);
    ((int32_t *)(void *)state)[0] = kind ? (int32_t)(5 * (d->rptr - d->state) + kind) : 0;
    return 0;
}

int setstate_r(char *state, struct random_data *d)
{
    int32_t *words = (int32_t *)(void *)state;
    int kind = words[0] % 5, rear = words[0] / 5;

    if (!d || kind < 0 || kind > 4) {
        errno = EINVAL;
        return -1;
    }
    if (d->rand_type)
        d->state[-1] = (int32_t)(5 * (d->rptr - d->state) + d->rand_type);
    d->rand_type = kind;
    d->rand_deg = kinds[kind].degree;
    d->rand_sep = kinds[kind].separation;
    d->state = words + 1;
    d->end_ptr = d->state + d->rand_deg;
    if (kind) {
        d->rptr = &d->state[rear];
        d->fptr = &d->state[(rear + d->rand_sep) % d->rand_deg];
    }
    return 0;
}

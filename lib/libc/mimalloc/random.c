// SPDX-License-Identifier: BSD-3-Clause
// mimalloc's random numbers, in place of its random.c: a splitmix64 sequence seeded from AT_RANDOM.
//
// They only spread allocations; mimalloc's secure mode, which would need unpredictable ones, is off.

#include "mimalloc.h"
#include "mimalloc-internal.h"

#include <string.h>
#include <sys/auxv.h>

static void seed(mi_random_ctx_t *ctx, uint64_t value)
{
    memcpy(ctx->input, &value, sizeof value);
}

void _mi_random_init(mi_random_ctx_t *ctx)
{
    const void *bytes = (const void *)getauxval(AT_RANDOM);
    uint64_t value = 0x9e3779b97f4a7c15u;

    if (bytes)
        memcpy(&value, bytes, sizeof value);
    seed(ctx, value ^ (uintptr_t)ctx ^ __builtin_ia32_rdtsc());
}

void _mi_random_init_weak(mi_random_ctx_t *ctx)
{
    _mi_random_init(ctx);
}

void _mi_random_reinit_if_weak(mi_random_ctx_t *ctx)
{
}

uintptr_t _mi_random_next(mi_random_ctx_t *ctx)
{
    uint64_t x;

    memcpy(&x, ctx->input, sizeof x);
    x += 0x9e3779b97f4a7c15u;
    seed(ctx, x);
    return _mi_random_shuffle(x);
}

void _mi_random_split(mi_random_ctx_t *ctx, mi_random_ctx_t *new_ctx)
{
    seed(new_ctx, _mi_random_next(ctx) ^ (uintptr_t)new_ctx);
}

uintptr_t _mi_os_random_weak(uintptr_t extra_seed)
{
    return _mi_random_shuffle(extra_seed ^ __builtin_ia32_rdtsc());
}

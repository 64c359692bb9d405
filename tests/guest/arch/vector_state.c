// SPDX-License-Identifier: BSD-3-Clause
// Vector registers, rounding mode and FS survive preemption: threads that never call the kernel compute side by side.
#include <fenv.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define THREADS 6
static _Thread_local uint64_t own_seed;
static volatile int failed;

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Keeps a pattern in 16 registers over a long loop. Return: does it still stand there? */
static int hold(uint64_t pattern)
{
    uint64_t low, high;
    __asm__ volatile("movq %2, %%xmm0; movq %2, %%xmm7; movq %2, %%xmm15\n\t"
                     "movl $200000, %%ecx\n"
                     "1: decl %%ecx; jnz 1b\n\t"
                     "movq %%xmm0, %0; pcmpeqb %%xmm7, %%xmm0; pcmpeqb %%xmm7, %%xmm15; pand %%xmm15, %%xmm0; movq %%xmm0, %1"
                     : "=&r"(low), "=&r"(high)
                     : "r"(pattern)
                     : "rcx", "xmm0", "xmm7", "xmm15", "cc");
    return low == pattern && high == ~0ull;
}

static void *compute(void *arg)
{
    uint64_t pattern = 0x0101010101010101ull * (uintptr_t)arg;
    int mode = (uintptr_t)arg % 2 ? FE_UPWARD : FE_DOWNWARD;
    own_seed = pattern;
    fesetround(mode);
    for (int64_t end = milliseconds() + 2000; milliseconds() < end && !failed;) {
        if (!hold(pattern) || own_seed != pattern || fegetround() != mode)
            failed = 1;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, compute, (void *)(i + 1)))
            return 2;
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    printf(failed ? "vector state was lost\n" : "vector state held\n");
    return failed;
}

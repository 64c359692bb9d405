// SPDX-License-Identifier: BSD-3-Clause
// getcontext, makecontext and swapcontext: arguments, return through uc_link, the signal mask.
#define _GNU_SOURCE
#include "check.h"

#include <signal.h>
#include <ucontext.h>

int getcontext(ucontext_t *);
int setcontext(const ucontext_t *);
int swapcontext(ucontext_t *, const ucontext_t *);
void makecontext(ucontext_t *, void (*)(void), int, ...);

static ucontext_t main_context, other;
static char stack[65536] __attribute__((aligned(16)));
static int sum, rounds;

static void work(int a, int b, int c, int d, int e, int f, int g, int h)
{
    double x = a * 1.5;
    sum = a + b + c + d + e + f + g + h;
    for (rounds = 0; rounds < 5; rounds++)
        CHECK(swapcontext(&other, &main_context) == 0);
    CHECK(x == 1.5);
}

int main(void)
{
    sigset_t set;
    volatile int passes = 0;

    CHECK(getcontext(&other) == 0);
    if (++passes < 3)
        CHECK(setcontext(&other) == 0);
    CHECK(passes == 3);

    CHECK(getcontext(&other) == 0);
    sigaddset(&other.uc_sigmask, SIGUSR1);
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &main_context;
    makecontext(&other, (void (*)(void))work, 8, 1, 2, 3, 4, 5, 6, 7, 8);
    for (int i = 0; i < 6; i++) {
        CHECK(rounds == (i ? i - 1 : 0));
        CHECK(swapcontext(&main_context, &other) == 0);
        sigprocmask(SIG_BLOCK, NULL, &set);
        CHECK(!sigismember(&set, SIGUSR1));
    }
    CHECK(sum == 36 && rounds == 5);
    return finish();
}

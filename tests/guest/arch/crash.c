// SPDX-License-Identifier: BSD-3-Clause
// A program that ends in the way its argument says.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void (*volatile null_function)(void);
static volatile int zero;
static unsigned char returns[] = {0xc3};

static int overflow(volatile char *up)
{
    volatile char here[512];
    here[0] = up ? up[0] : 1;
    return here[0] == 7 ? 0 : overflow(here) + here[0];
}

static void divide(void)
{
    int quotient;
    __asm__ volatile("xorl %%edx, %%edx; movl $1, %%eax; idivl %1" : "=&a"(quotient) : "m"(zero) : "edx");
    exit(quotient);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (!strcmp(how, "null"))
        null_function();
    if (!strcmp(how, "overflow"))
        return overflow(NULL);
    if (!strcmp(how, "code"))
        *(volatile char *)(void *)main = 0;
    if (!strcmp(how, "data"))
        ((void (*)(void))(void *)returns)();
    if (!strcmp(how, "illegal"))
        __asm__ volatile("ud2");
    if (!strcmp(how, "divide"))
        divide();
    if (!strcmp(how, "assert"))
        assert(zero == 1);
    if (!strcmp(how, "exit"))
        exit(201);
    return 1;
}

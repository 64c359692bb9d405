// SPDX-License-Identifier: BSD-3-Clause
// Which floating-point exceptions raise SIGFPE (feenableexcept(3)): the masks of MXCSR and of the x87 control word.

#include "compat.h"
#include <fenv.h>

/* MXCSR has a mask bit for each exception 7 bits above its flag (SDM volume 1, 10.2.3); the x87 control word, in place. */
static int set_masks(unsigned clear, unsigned set)
{
    unsigned short control;
    unsigned mxcsr;

    __asm__ volatile("fnstcw %0" : "=m"(control));
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    int before = (int)(~control & FE_ALL_EXCEPT);
    control = (unsigned short)((control & ~clear) | set);
    mxcsr = (mxcsr & ~(clear << 7)) | set << 7;
    __asm__ volatile("fldcw %0" : : "m"(control));
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    return before;
}

int feenableexcept(int exceptions)
{
    return set_masks((unsigned)exceptions & FE_ALL_EXCEPT, 0);
}

int fedisableexcept(int exceptions)
{
    return set_masks(0, (unsigned)exceptions & FE_ALL_EXCEPT);
}

int fegetexcept(void)
{
    return set_masks(0, 0);
}

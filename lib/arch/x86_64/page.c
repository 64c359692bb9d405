// SPDX-License-Identifier: BSD-3-Clause
// Page clear and copy with 16-byte SSE moves.

/*
 * Half the instructions of eight-byte stores, and string instructions are slow under emulation. The kernel does not own
 * the vector registers: those used here are saved on the stack and restored. Preemption is off meanwhile, because a thread
 * that came through the gate is switched without its vector registers; an interrupt handler that clears a page restores
 * what it found.
 */

#include <arch/page.h>
#include <arch/preempt.h>

void arch_page_clear(void *page)
{
    char *end = (char *)page + 4096;
    unsigned char saved[16] __attribute__((aligned(16)));

    preempt_disable();
    __asm__ volatile("movaps %%xmm0, %1\n\t"
                     "xorps %%xmm0, %%xmm0\n"
                     "1:\n\t"
                     "movaps %%xmm0, (%0)\n\t"
                     "movaps %%xmm0, 16(%0)\n\t"
                     "movaps %%xmm0, 32(%0)\n\t"
                     "movaps %%xmm0, 48(%0)\n\t"
                     "movaps %%xmm0, 64(%0)\n\t"
                     "movaps %%xmm0, 80(%0)\n\t"
                     "movaps %%xmm0, 96(%0)\n\t"
                     "movaps %%xmm0, 112(%0)\n\t"
                     "movaps %%xmm0, 128(%0)\n\t"
                     "movaps %%xmm0, 144(%0)\n\t"
                     "movaps %%xmm0, 160(%0)\n\t"
                     "movaps %%xmm0, 176(%0)\n\t"
                     "movaps %%xmm0, 192(%0)\n\t"
                     "movaps %%xmm0, 208(%0)\n\t"
                     "movaps %%xmm0, 224(%0)\n\t"
                     "movaps %%xmm0, 240(%0)\n\t"
                     "addq $256, %0\n\t"
                     "cmpq %2, %0\n\t"
                     "jne 1b\n\t"
                     "movaps %1, %%xmm0"
                     : "+r"(page), "=m"(saved)
                     : "r"(end)
                     : "memory", "cc");
    preempt_enable();
}

void arch_page_copy(void *dst, const void *src)
{
    const char *end = (const char *)src + 4096;
    unsigned char saved[64] __attribute__((aligned(16)));

    preempt_disable();
    __asm__ volatile("movaps %%xmm0, (%3)\n\t"
                     "movaps %%xmm1, 16(%3)\n\t"
                     "movaps %%xmm2, 32(%3)\n\t"
                     "movaps %%xmm3, 48(%3)\n"
                     "1:\n\t"
                     "movaps (%1), %%xmm0\n\t"
                     "movaps 16(%1), %%xmm1\n\t"
                     "movaps 32(%1), %%xmm2\n\t"
                     "movaps 48(%1), %%xmm3\n\t"
                     "movaps %%xmm0, (%0)\n\t"
                     "movaps %%xmm1, 16(%0)\n\t"
                     "movaps %%xmm2, 32(%0)\n\t"
                     "movaps %%xmm3, 48(%0)\n\t"
                     "movaps 64(%1), %%xmm0\n\t"
                     "movaps 80(%1), %%xmm1\n\t"
                     "movaps 96(%1), %%xmm2\n\t"
                     "movaps 112(%1), %%xmm3\n\t"
                     "movaps %%xmm0, 64(%0)\n\t"
                     "movaps %%xmm1, 80(%0)\n\t"
                     "movaps %%xmm2, 96(%0)\n\t"
                     "movaps %%xmm3, 112(%0)\n\t"
                     "addq $128, %0\n\t"
                     "addq $128, %1\n\t"
                     "cmpq %2, %1\n\t"
                     "jne 1b\n\t"
                     "movaps (%3), %%xmm0\n\t"
                     "movaps 16(%3), %%xmm1\n\t"
                     "movaps 32(%3), %%xmm2\n\t"
                     "movaps 48(%3), %%xmm3"
                     : "+r"(dst), "+r"(src)
                     : "r"(end), "r"(saved)
                     : "memory", "cc");
    preempt_enable();
}

// SPDX-License-Identifier: BSD-3-Clause
// Copies that may fault. All: %rdi = destination, %rsi = source, %rdx = bytes; return in %rax the bytes not copied.

#include "exception_table.h"

    .text

/* osv_user_copy - by 32 bytes, by eight, then by one. Clobbers caller-saved registers. */
    .globl osv_user_copy
    .balign 16
osv_user_copy:
    cmpq $32, %rdx
    jb 8f
7:  movq (%rsi), %rax
    movq 8(%rsi), %rcx
    movq 16(%rsi), %r8
    movq 24(%rsi), %r9
    movq %rax, (%rdi)
    movq %rcx, 8(%rdi)
    movq %r8, 16(%rdi)
    movq %r9, 24(%rdi)
    addq $32, %rsi
    addq $32, %rdi
    subq $32, %rdx
    cmpq $32, %rdx
    jae 7b
8:  EXCEPTION(7b, 8b, 3f, 0)
    movq %rdx, %rcx
    shrq $3, %rcx
    jz 3f
1:  movq (%rsi), %rax
    movq %rax, (%rdi)
    addq $8, %rsi
    addq $8, %rdi
    subq $8, %rdx
    decq %rcx
    jnz 1b
2:  EXCEPTION(1b, 2b, 3f, 0)
3:  testq %rdx, %rdx        /* also after a fault above: find the exact byte */
    jz 6f
4:  movb (%rsi), %al
    movb %al, (%rdi)
    incq %rsi
    incq %rdi
    decq %rdx
    jnz 4b
5:  EXCEPTION(4b, 5b, 6f, 0)
6:  movq %rdx, %rax
    ret

/* osv_user_copy_nofault - the same, but a fault is never resolved. */
    .globl osv_user_copy_nofault
    .balign 16
osv_user_copy_nofault:
    testq %rdx, %rdx
    jz 3f
1:  movb (%rsi), %al
    movb %al, (%rdi)
    incq %rsi
    incq %rdi
    decq %rdx
    jnz 1b
2:  EXCEPTION(1b, 2b, 3f, 1)
3:  movq %rdx, %rax
    ret

/* osv_user_copy_sse - 128 bytes a step in xmm0-7, which the caller owns; then as osv_user_copy. */
    .globl osv_user_copy_sse
    .balign 16
osv_user_copy_sse:
    movq %rdx, %rcx
    andq $-128, %rcx
    addq %rcx, %rsi
    addq %rcx, %rdi
    negq %rcx
    jz 3f
1:  movups (%rsi,%rcx), %xmm0
    movups 16(%rsi,%rcx), %xmm1
    movups 32(%rsi,%rcx), %xmm2
    movups 48(%rsi,%rcx), %xmm3
    movups 64(%rsi,%rcx), %xmm4
    movups 80(%rsi,%rcx), %xmm5
    movups 96(%rsi,%rcx), %xmm6
    movups 112(%rsi,%rcx), %xmm7
    movups %xmm0, (%rdi,%rcx)
    movups %xmm1, 16(%rdi,%rcx)
    movups %xmm2, 32(%rdi,%rcx)
    movups %xmm3, 48(%rdi,%rcx)
    movups %xmm4, 64(%rdi,%rcx)
    movups %xmm5, 80(%rdi,%rcx)
    movups %xmm6, 96(%rdi,%rcx)
    movups %xmm7, 112(%rdi,%rcx)
    subq $-128, %rcx
    jnz 1b
2:  EXCEPTION(1b, 2b, 4f, 0)
3:  andl $127, %edx
    jmp osv_user_copy
4:  addq %rcx, %rsi         /* back to the start of the step that failed */
    addq %rcx, %rdi
    andl $127, %edx
    subq %rcx, %rdx
    jmp osv_user_copy

/* osv_user_copy_avx - 256 bytes a step in ymm0-7. */
    .globl osv_user_copy_avx
    .balign 16
osv_user_copy_avx:
    movq %rdx, %rcx
    andq $-256, %rcx
    addq %rcx, %rsi
    addq %rcx, %rdi
    negq %rcx
    jz 3f
1:  vmovups (%rsi,%rcx), %ymm0
    vmovups 32(%rsi,%rcx), %ymm1
    vmovups 64(%rsi,%rcx), %ymm2
    vmovups 96(%rsi,%rcx), %ymm3
    vmovups 128(%rsi,%rcx), %ymm4
    vmovups 160(%rsi,%rcx), %ymm5
    vmovups 192(%rsi,%rcx), %ymm6
    vmovups 224(%rsi,%rcx), %ymm7
    vmovups %ymm0, (%rdi,%rcx)
    vmovups %ymm1, 32(%rdi,%rcx)
    vmovups %ymm2, 64(%rdi,%rcx)
    vmovups %ymm3, 96(%rdi,%rcx)
    vmovups %ymm4, 128(%rdi,%rcx)
    vmovups %ymm5, 160(%rdi,%rcx)
    vmovups %ymm6, 192(%rdi,%rcx)
    vmovups %ymm7, 224(%rdi,%rcx)
    addq $256, %rcx
    jnz 1b
2:  EXCEPTION(1b, 2b, 4f, 0)
3:  vzeroupper
    andl $255, %edx
    jmp osv_user_copy
4:  vzeroupper
    addq %rcx, %rsi
    addq %rcx, %rdi
    andl $255, %edx
    subq %rcx, %rdx
    jmp osv_user_copy

/* osv_user_copy_sse_saving - as osv_user_copy_sse, for when xmm0-7 belong to the application. */
    .globl osv_user_copy_sse_saving
    .balign 16
osv_user_copy_sse_saving:
    subq $136, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    call osv_user_copy_sse
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    addq $136, %rsp
    ret

/* osv_user_clear(dst, n): zeros by eight bytes, then by one. Returns the bytes not cleared. */
    .globl osv_user_clear
    .balign 16
osv_user_clear:
    xorl %eax, %eax
1:  cmpq $32, %rsi
    jb 2f
    movq %rax, (%rdi)
    movq %rax, 8(%rdi)
    movq %rax, 16(%rdi)
    movq %rax, 24(%rdi)
    addq $32, %rdi
    subq $32, %rsi
    jmp 1b
2:  EXCEPTION(1b, 2b, 3f, 0)
3:  testq %rsi, %rsi
    jz 6f
4:  movb %al, (%rdi)
    incq %rdi
    decq %rsi
    jnz 4b
5:  EXCEPTION(4b, 5b, 6f, 0)
6:  movq %rsi, %rax
    ret

    .section .note.GNU-stack, "", @progbits

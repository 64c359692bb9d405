// SPDX-License-Identifier: BSD-3-Clause
// getcontext, setcontext and swapcontext: the registers that calls preserve, the arguments, the FPU's modes and the signal mask.

/* Offsets in ucontext_t, checked by ../context.c. */
#define UC_R8 40
#define UC_R9 48
#define UC_R12 72
#define UC_R13 80
#define UC_R14 88
#define UC_R15 96
#define UC_RDI 104
#define UC_RSI 112
#define UC_RBP 120
#define UC_RBX 128
#define UC_RDX 136
#define UC_RCX 152
#define UC_RSP 160
#define UC_RIP 168
#define UC_FPREGS 224
#define UC_FPMEM 424
#define UC_MXCSR 448

	.text
	.hidden	__osv_context_save_mask, __osv_context_load_mask

	.macro	save	/* everything of the caller into *rdi; rsp stands at the return address */
	movq	%r8, UC_R8(%rdi)
	movq	%r9, UC_R9(%rdi)
	movq	%r12, UC_R12(%rdi)
	movq	%r13, UC_R13(%rdi)
	movq	%r14, UC_R14(%rdi)
	movq	%r15, UC_R15(%rdi)
	movq	%rdi, UC_RDI(%rdi)
	movq	%rsi, UC_RSI(%rdi)
	movq	%rbp, UC_RBP(%rdi)
	movq	%rbx, UC_RBX(%rdi)
	movq	%rdx, UC_RDX(%rdi)
	movq	%rcx, UC_RCX(%rdi)
	movq	(%rsp), %rax
	movq	%rax, UC_RIP(%rdi)
	leaq	8(%rsp), %rax
	movq	%rax, UC_RSP(%rdi)
	leaq	UC_FPMEM(%rdi), %rax
	movq	%rax, UC_FPREGS(%rdi)
	fnstenv	(%rax)
	fldenv	(%rax)
	stmxcsr	UC_MXCSR(%rdi)
	.endm

	.global	getcontext
	.type	getcontext, @function
getcontext:
	save
	subq	$8, %rsp
	call	__osv_context_save_mask
	addq	$8, %rsp
	ret
	.size	getcontext, . - getcontext

	.global	swapcontext
	.type	swapcontext, @function
swapcontext:
	save
	pushq	%rsi
	call	__osv_context_save_mask
	popq	%rdi
	.size	swapcontext, . - swapcontext
	/* goes on in setcontext */

	.global	setcontext
	.type	setcontext, @function
setcontext:
	pushq	%rdi
	call	__osv_context_load_mask
	popq	%rdi
	movq	UC_FPREGS(%rdi), %rax
	fldenv	(%rax)
	ldmxcsr	UC_MXCSR(%rdi)
	movq	UC_RSP(%rdi), %rsp
	pushq	UC_RIP(%rdi)
	movq	UC_R8(%rdi), %r8
	movq	UC_R9(%rdi), %r9
	movq	UC_R12(%rdi), %r12
	movq	UC_R13(%rdi), %r13
	movq	UC_R14(%rdi), %r14
	movq	UC_R15(%rdi), %r15
	movq	UC_RSI(%rdi), %rsi
	movq	UC_RBP(%rdi), %rbp
	movq	UC_RBX(%rdi), %rbx
	movq	UC_RDX(%rdi), %rdx
	movq	UC_RCX(%rdi), %rcx
	movq	UC_RDI(%rdi), %rdi
	xorl	%eax, %eax
	ret
	.size	setcontext, . - setcontext

/* Where a function started by makecontext() returns to: rbx holds uc_link. */
	.global	__osv_context_end
	.hidden	__osv_context_end
	.type	__osv_context_end, @function
__osv_context_end:
	andq	$-16, %rsp
	movq	%rbx, %rdi
	testq	%rdi, %rdi
	jz	1f
	call	setcontext
1:	xorl	%edi, %edi
	call	exit
	ud2
	.size	__osv_context_end, . - __osv_context_end

	.section .note.GNU-stack,"",@progbits

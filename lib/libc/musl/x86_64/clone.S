// SPDX-License-Identifier: BSD-3-Clause
// __clone, vfork and __unmapself over the gate: the calls after which the caller's stack is not what it was.

	.text

/*
 * int __clone(int (*func)(void *), void *stack, int flags, void *arg, pid_t *ptid, void *tls, pid_t *ctid)
 *
 * The child wakes behind the gate call with rax = 0 and rsp = the new stack, where it finds func and arg.
 */
	.global	__clone
	.hidden	__clone
	.type	__clone, @function
__clone:
	.cfi_startproc
	andq	$-16, %rsi
	subq	$16, %rsi
	movq	%rdi, (%rsi)
	movq	%rcx, 8(%rsi)
	movl	%edx, %edi
	movq	%r8, %rdx
	movq	8(%rsp), %rcx
	movq	%r9, %r8
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	pushq	$56
	.cfi_adjust_cfa_offset 8
	pushq	$sys_clone
	.cfi_adjust_cfa_offset 8
	call	osv_syscall_gate_full
	testl	%eax, %eax
	jz	1f
	addq	$24, %rsp
	.cfi_adjust_cfa_offset -24
	ret
	.cfi_undefined rip
1:	xorl	%ebp, %ebp
	popq	%rax
	popq	%rdi
	call	*%rax
	movl	%eax, %edi
	pushq	$60
	pushq	$sys_exit
	call	osv_syscall_gate
	ud2
	.cfi_endproc
	.size	__clone, . - __clone

/*
 * pid_t vfork(void)
 *
 * The child runs on the parent's stack and may overwrite the return address, so that waits in the thread control block
 * (the field musl keeps for other architectures' system-call entry, offset 32).
 */
	.global	vfork
	.type	vfork, @function
vfork:
	popq	%rdx
	movq	%rdx, %fs:32
	subq	$16, %rsp
	pushq	$58
	pushq	$sys_vfork
	call	osv_syscall_gate_full
	addq	$32, %rsp
	pushq	%fs:32
	movq	%rax, %rdi
	.hidden	__syscall_ret
	jmp	__syscall_ret
	.size	vfork, . - vfork

/* void __unmapself(void *base, size_t size): free the stack we stand on and end the thread; the kernel's stack does it. */
	.global	__unmapself
	.type	__unmapself, @function
__unmapself:
	andq	$-16, %rsp
	pushq	$-1
	pushq	$osv_unmapself
	call	osv_syscall_gate
	ud2
	.size	__unmapself, . - __unmapself

	.section .note.GNU-stack,"",@progbits

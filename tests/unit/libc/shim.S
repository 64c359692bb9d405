// SPDX-License-Identifier: BSD-3-Clause
// The gate and every system call over the host kernel, so that the libc port can be tested as a Linux program.
//
// Not like the real gate: a signal handler sees the address of the syscall instruction below.

	.text
	.global	_start
_start:
	xorl	%ebp, %ebp
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	osv_libc_start
	ud2

	.global	osv_syscall_gate, osv_syscall_gate_full
osv_syscall_gate:
osv_syscall_gate_full:
	movq	16(%rsp), %rax
	cmpq	$15, %rax
	je	2f
	testq	%rax, %rax
	js	3f
	movq	%rcx, %r10
	cmpq	$56, %rax
	je	1f
	cmpq	$58, %rax
	je	1f
	syscall
	ret
1:	popq	%r9			/* clone and vfork come back on another stack */
	syscall
	jmp	*%r9
2:	movq	%rdi, %rsp		/* rt_sigreturn */
	syscall
3:	movl	$11, %eax		/* osv_unmapself */
	syscall
	xorl	%edi, %edi
	movl	$60, %eax
	syscall

	.global	osv_syscall_any
osv_syscall_any:
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	movq	8(%rsp), %r9
	syscall
	ret

	.global	osv_unmapself
osv_unmapself:
	ud2

#define SYSCALL(nr, name, argc, format) .global sys_##name; sys_##name: movl $nr, %eax; movq %rcx, %r10; syscall; ret;
#include <linux/syscall_list.inc>

	.bss
	.balign	64
	.global	osv_clock_page		/* nothing may be read from it: each clock is a system call */
osv_clock_page:
	.zero	4096

	.section .note.GNU-stack,"",@progbits

// SPDX-License-Identifier: BSD-3-Clause
// syscall(2) for code compiled against our headers: every system call by number.
//
// Variadic in C only: number and first five arguments are in registers where osv_syscall_any() wants them, the sixth is behind the
// return address. A caller that gave fewer arguments leaves the others' registers as they are.
//
// In: rdi = number, rsi, rdx, rcx, r8, r9, 8(rsp) = arguments. Out: rax. Clobbers what any function may.

	.text
	.cfi_startproc
	.globl	__osv_syscall
	.type	__osv_syscall, @function
	.balign	16
__osv_syscall:
	pushq	8(%rsp)
	.cfi_adjust_cfa_offset 8
	call	osv_syscall_any
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	cmpq	$-4095, %rax
	jae	1f
	ret
1:	movq	%rax, %rdi
	jmp	__syscall_ret	/* errno */
	.cfi_endproc
	.size	__osv_syscall, . - __osv_syscall

	.section .note.GNU-stack,"",@progbits

// SPDX-License-Identifier: BSD-3-Clause
// __set_thread_area(p): point FS at the thread control block.

	.text
	.global	__set_thread_area
	.hidden	__set_thread_area
	.type	__set_thread_area, @function
__set_thread_area:
	.cfi_startproc
	movq	%rdi, %rsi
	movl	$0x1002, %edi		/* ARCH_SET_FS */
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	pushq	$158
	.cfi_adjust_cfa_offset 8
	pushq	$sys_arch_prctl
	.cfi_adjust_cfa_offset 8
	call	osv_syscall_gate
	addq	$24, %rsp
	.cfi_adjust_cfa_offset -24
	ret
	.cfi_endproc
	.size	__set_thread_area, . - __set_thread_area

	.section .note.GNU-stack,"",@progbits

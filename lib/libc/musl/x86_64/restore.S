// SPDX-License-Identifier: BSD-3-Clause
// __restore_rt: where a signal handler returns to; rsp points at the ucontext_t.
//
// The call pushes words below that, so the stack pointer that sys_rt_sigreturn() needs travels as first argument.
// Unwinders go through the CFI: every register is found in the saved set, and the CFA is the interrupted rsp.

	.macro saved register, offset	/* DW_CFA_expression: breg7 + offset; offset is 40 ... 8191 */
	.if \offset < 64
	.cfi_escape 0x10, \register, 2, 0x77, \offset
	.else
	.cfi_escape 0x10, \register, 3, 0x77, (\offset & 0x7f) | 0x80, \offset >> 7
	.endif
	.endm

	.text
	.cfi_startproc
	.cfi_signal_frame
	.cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06	/* CFA = *(rsp + 160) */
	saved	8, 40	/* r8 */
	saved	9, 48	/* r9 */
	saved	10, 56	/* r10 */
	saved	11, 64	/* r11 */
	saved	12, 72	/* r12 */
	saved	13, 80	/* r13 */
	saved	14, 88	/* r14 */
	saved	15, 96	/* r15 */
	saved	5, 104	/* rdi */
	saved	4, 112	/* rsi */
	saved	6, 120	/* rbp */
	saved	3, 128	/* rbx */
	saved	1, 136	/* rdx */
	saved	0, 144	/* rax */
	saved	2, 152	/* rcx */
	saved	16, 168	/* rip */
	nop	/* unwinders look up the return address minus one */
	.global	__restore_rt
	.hidden	__restore_rt
	.type	__restore_rt, @function
__restore_rt:
	movq	%rsp, %rdi
	pushq	$15
	pushq	$sys_rt_sigreturn
	call	osv_syscall_gate_full
	ud2
	.cfi_endproc
	.size	__restore_rt, . - __restore_rt

	.section .note.GNU-stack,"",@progbits

// SPDX-License-Identifier: BSD-3-Clause
// Cancellation points: a gate call that pthread_cancel() can end without a lost race.
//
// The handler of the cancellation signal (../cancel.c) cancels if it interrupted an address in [__cp_begin, __cp_end), or the
// entry of the gate called from here: where the kernel also resumes a call that had no effect and is restarted. A call that is
// interrupted and not restarted gives -EINTR and is caught below.
// A program without pthread_cancel() goes straight to the gate.

#define PTHREAD_CANCEL 60		/* offsets in struct pthread, checked by offsets.c */
#define PTHREAD_CANCELDISABLE 64
#define PTHREAD_CANCELASYNC 65
#define CANCEL_DISABLE 1
#define CANCEL_MASKED 2
#define SYS_CLOSE 3
#define EINTR 4

	.text
	.weak	pthread_cancel
	.weak	__cancel
	.hidden	__cancel

/* long __osv_cancel_point(a0 ... a5, fn, nr): the gate's own arguments. */
	.global	__osv_cancel_point
	.hidden	__osv_cancel_point
	.type	__osv_cancel_point, @function
__osv_cancel_point:
	.cfi_startproc
	movl	$pthread_cancel, %eax
	testl	%eax, %eax
	jz	osv_syscall_gate
	movq	%fs:0, %rax
	movzbl	PTHREAD_CANCELDISABLE(%rax), %r10d
	testl	%r10d, %r10d
	jz	1f
	cmpl	$CANCEL_DISABLE, %r10d
	je	osv_syscall_gate
	cmpq	$SYS_CLOSE, 16(%rsp)
	je	osv_syscall_gate
1:	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	.global	__cp_begin
	.hidden	__cp_begin
__cp_begin:
	cmpl	$0, PTHREAD_CANCEL(%rax)
	jne	__cp_cancel
	pushq	24(%rbp)
	pushq	16(%rbp)
	call	osv_syscall_gate
	.global	__cp_end
	.hidden	__cp_end
__cp_end:
	leave
	.cfi_remember_state
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	cmpl	$-EINTR, %eax
	je	2f
	ret
2:	cmpq	$SYS_CLOSE, 16(%rsp)
	je	3f
	movq	%fs:0, %rcx
	cmpl	$0, PTHREAD_CANCEL(%rcx)
	je	3f
	cmpb	$CANCEL_DISABLE, PTHREAD_CANCELDISABLE(%rcx)
	jne	__cancel
3:	ret
	.cfi_restore_state
	.global	__cp_cancel
	.hidden	__cp_cancel
__cp_cancel:
	movq	%fs:0, %rax
	cmpb	$0, PTHREAD_CANCELASYNC(%rax)
	jne	4f
	cmpb	$CANCEL_MASKED, PTHREAD_CANCELDISABLE(%rax)
	jne	4f
	leave				/* __cancel returns -ECANCELED */
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	jmp	__cancel
4:	subq	$128, %rsp		/* anywhere (asynchronous), or in the range; __cancel does not return */
	andq	$-16, %rsp
	call	__cancel
	ud2
	.cfi_endproc
	.size	__osv_cancel_point, . - __osv_cancel_point

	.section .note.GNU-stack,"",@progbits

/* SPDX-License-Identifier: BSD-3-Clause */
/* Where compiled code enters the dynamic linker with its own calling rules: TLS descriptors, lazy PLT slots; and the way into a program. */

/* The block of static thread-local storage; osv.ld puts it next to the thread pointer. */
.section .osv_tls_top,"awT",@nobits
.balign 64
.globl osv_dl_static_tls
.type osv_dl_static_tls, @tls_object
osv_dl_static_tls:
    .skip 16384
.size osv_dl_static_tls, 16384
.globl osv_dl_static_tls_bytes
.set osv_dl_static_tls_bytes, 16384

.text

/* %rax -> descriptor; the offset from the thread pointer in %rax; nothing else changes. */
.globl dl_tlsdesc_static
.hidden dl_tlsdesc_static
dl_tlsdesc_static:
    mov 8(%rax), %rax
    ret

/* The same for a weak symbol that nobody defines: its address is the addend. */
.globl dl_tlsdesc_weak
.hidden dl_tlsdesc_weak
dl_tlsdesc_weak:
    mov 8(%rax), %rax
    sub %fs:0, %rax
    ret

.macro SAVE_ALL
    push %rbp
    mov %rsp, %rbp
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    push %rax
    sub $512, %rsp
    and $-16, %rsp
    fxsave64 (%rsp)
.endm
.macro RESTORE_ALL
    fxrstor64 (%rsp)
    lea -72(%rbp), %rsp
    pop %rax
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbp
.endm

.globl dl_tlsdesc_dynamic
.hidden dl_tlsdesc_dynamic
dl_tlsdesc_dynamic:
    SAVE_ALL
    mov 8(%rax), %rdi
    call osv_dl_tls_get_addr
    sub %fs:0, %rax
    mov %rax, -72(%rbp)
    RESTORE_ALL
    ret

/* From a PLT: the object and the number of its slot lie on the stack above the caller's return address. */
.globl dl_bind_lazily
.hidden dl_bind_lazily
dl_bind_lazily:
    SAVE_ALL
    mov 8(%rbp), %rdi
    mov 16(%rbp), %rsi
    call dl_bind_or_die
    mov %rax, 16(%rbp)
    RESTORE_ALL
    lea 8(%rsp), %rsp
    ret

/* dl_enter(entry %rdi, stack %rsi): the program's first instruction; %rdx = 0 says that there is nothing to register for exit. */
.globl dl_enter
.hidden dl_enter
dl_enter:
    mov %rsi, %rsp
    xor %edx, %edx
    xor %ebp, %ebp
    jmp *%rdi

/* osv_dl_sym(handle, name), osv_dl_vsym(handle, name, version): who calls decides what RTLD_NEXT and RTLD_DEFAULT mean. */
.globl osv_dl_sym
osv_dl_sym:
    mov (%rsp), %rcx
    xor %edx, %edx
    jmp dl_sym_for
.globl osv_dl_vsym
osv_dl_vsym:
    mov (%rsp), %rcx
    jmp dl_sym_for
.section .note.GNU-stack,"",@progbits

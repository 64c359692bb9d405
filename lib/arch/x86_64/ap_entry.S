// SPDX-License-Identifier: BSD-3-Clause
// First instructions of every CPU but the first: from real mode at 0x1000 to 64-bit C.

#define AP_PAGE 0x1000
#define AT(x) (AP_PAGE + (x) - osv_ap_code)

    .section .rodata.osv_ap, "a"
    .globl osv_ap_code, osv_ap_code_end, osv_ap_data
    .balign 16
    .code16
osv_ap_code:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    lgdtl AT(ap_gdt_pointer)
    movl $0x6a0, %eax       /* PAE, PGE, OSFXSR, OSXMMEXCPT */
    movl %eax, %cr4
    movl AT(osv_ap_data), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx
    xorl %edx, %edx
    movl $0x901, %eax       /* SCE, LME, NXE */
    wrmsr
    movl $0x80010033, %eax  /* PG, WP, NE, ET, MP, PE */
    movl %eax, %cr0
    ljmpl $0x08, $AT(ap_long)

    .code64
ap_long:
    movl $0x10, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movq AT(osv_ap_data) + 8, %rsp
    xorl %ebp, %ebp
    pushq %rbp
    jmpq *AT(osv_ap_data) + 16

    .balign 8
ap_gdt:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
ap_gdt_pointer:
    .word 23
    .long AT(ap_gdt)
    .balign 8
osv_ap_data: /* struct ap_start */
    .skip 24
osv_ap_code_end:

    .section .note.GNU-stack, "", @progbits

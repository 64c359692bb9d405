// SPDX-License-Identifier: BSD-3-Clause
// From the loader to C: PVH 32-bit entry, Linux 64-bit entry, first page tables, long mode.

/*
 * Both entries meet in 32-bit code without paging. It builds the map that stays in use: page tables for the image (4 KiB pages: read-only,
 * executable or writable, never two of these) behind the image's end, and an empty linear map that boot_parse() fills. While the
 * CPU moves over, virtual 0..1 GiB shows the same as 1..2 GiB; osv_boot_high ends that, so page 0 is unmapped before C runs.
 */

#define OFFSET 0x40000000
#define PHYS(x) ((x) - OFFSET)

#define PTE_RO 0x101 /* present, global */
#define PTE_RW 0x103
#define PTE_TABLE 0x3
#define PTE_NX_HIGH 0x80000000

#define SEL_CODE64 0x08
#define SEL_DATA 0x10
#define SEL_CODE32 0x18

#define PROTOCOL_PVH 1
#define PROTOCOL_LINUX64 2

    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18          /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long PHYS(osv_boot_pvh)

    .section .text.osv_boot, "ax"
    .globl osv_boot_pvh, osv_boot_linux64

/* Linux 64-bit boot protocol. In: %rsi = boot_params, long mode, the image identity-mapped. */
    .code64
osv_boot_linux64:
    cli
    cld
    movl %esi, %ebx
    movl $PROTOCOL_LINUX64, %ebp
    lgdt boot_gdt_pointer(%rip)
    movl $PHYS(boot_stack_top), %esp
    pushq $SEL_CODE32
    pushq $PHYS(leave_long_mode)
    lretq

    .code32
leave_long_mode:
    movl $SEL_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %cr0, %eax
    andl $0x7fffffff, %eax
    movl %eax, %cr0
    jmp build_map

/* PVH. In: %ebx = struct hvm_start_info, flat 32-bit segments, paging off. */
osv_boot_pvh:
    cli
    cld
    movl $PROTOCOL_PVH, %ebp

/* In: %ebx = physical address of the boot information, %ebp = protocol. */
build_map:
    rdtsc
    movl %eax, PHYS(boot_entry_tsc)
    movl %edx, PHYS(boot_entry_tsc)+4
    movl $PHYS(boot_stack_top), %esp

    movl $0x80000001, %eax
    pushl %ebx
    cpuid
    popl %ebx
    btl $29, %edx
    jnc no_long_mode

    /* Page tables for the image: one 4 KiB table for each 2 MiB, right behind it. */
    movl $PHYS(osv_image_end), %edi
    movl $(PHYS(osv_image_end) + 0x1fffff), %ecx
    shrl $21, %ecx
    movl $PHYS(boot_pd_image), %edx
    leal PTE_TABLE(%edi), %eax
1:  movl %eax, (%edx)
    addl $4096, %eax
    addl $8, %edx
    decl %ecx
    jnz 1b
    subl $PTE_TABLE, %eax
    movl %eax, PHYS(boot_tables_end)

    movl $512, %ecx /* the megabyte below the image stays unmapped */
    xorl %eax, %eax
    rep stosl

    movl $PHYS(osv_image_start), %esi
    movl $PHYS(osv_text_start), %ecx
    movl $PTE_RO, %eax
    movl $PTE_NX_HIGH, %edx
    call fill
    movl $PHYS(osv_data_start), %ecx
    xorl %edx, %edx
    call fill
    movl $PHYS(osv_image_end), %ecx
    movl $PTE_RW, %eax
    movl $PTE_NX_HIGH, %edx
    call fill
    /* Clear the rest of the last table. */
    movl PHYS(boot_tables_end), %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    xorl %eax, %eax
    rep stosl
    /* No page under the boot stack. */
    movl $PHYS(boot_stack_guard), %eax
    shrl $9, %eax
    movl %eax, %edi
    movl $PHYS(osv_image_end), %edx
    movl $0, (%edx,%edi)

    movl $PHYS(boot_pd_image) + PTE_TABLE, %eax
    movl %eax, PHYS(boot_pdpt_low)
    movl %eax, PHYS(boot_pdpt_low) + 8
    movl $PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(osv_boot_pml4)
    movl $PHYS(osv_boot_pdpt_linear) + PTE_TABLE, PHYS(osv_boot_pml4) + 256 * 8
    movl $PHYS(osv_boot_pd_linear) + PTE_TABLE, PHYS(osv_boot_pdpt_linear)

    lgdt PHYS(boot_gdt_pointer)
    movl $0x6a0, %eax       /* PAE, PGE, OSFXSR, OSXMMEXCPT */
    movl %eax, %cr4
    movl $PHYS(osv_boot_pml4), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx  /* EFER: SCE, LME, NXE */
    xorl %edx, %edx
    movl $0x901, %eax
    wrmsr
    movl $0x80010033, %eax  /* PG, WP, NE, ET, MP, PE */
    movl %eax, %cr0
    ljmpl $SEL_CODE64, $osv_boot_high

/* fill - write entries for pages %esi..%ecx at (%edi); in: %eax flags, %edx high half. Out: %esi = %ecx, %edi advanced; %eax kept. */
fill:
    orl %esi, %eax
1:  cmpl %ecx, %esi
    jae 2f
    movl %eax, (%edi)
    movl %edx, 4(%edi)
    addl $4096, %eax
    addl $4096, %esi
    addl $8, %edi
    jmp 1b
2:  andl $0xfff, %eax
    ret

no_long_mode:
    movl $PHYS(no_long_mode_text), %esi
    movl $0x3f8, %edx
1:  lodsb
    testb %al, %al
    jz 2f
    outb %al, %dx
    jmp 1b
2:  movl $0x501, %edx
    movl $1, %eax
    outl %eax, %dx
3:  hlt
    jmp 3b

    .code64
osv_boot_high:
    movl $SEL_DATA, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movq $boot_stack_top, %rsp
    movq $0, boot_pdpt_low
    movq %cr3, %rax
    movq %rax, %cr3
    fninit
    movl %ebp, %edi
    movl %ebx, %esi
    xorl %ebp, %ebp
    pushq $0
    pushq $0
    call osv_boot_main
    ud2

    .section .rodata.osv_boot, "a"
no_long_mode_text:
    .asciz "OSv: this CPU has no 64-bit mode; use an x86-64 CPU\r\n"
    .align 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* 64-bit code, ring 0 */
    .quad 0x00cf93000000ffff /* data */
    .quad 0x00cf9b000000ffff /* 32-bit code, only on the way here */
boot_gdt_pointer:
    .word . - boot_gdt - 1
    .quad PHYS(boot_gdt)

    .section .bss.osv_page, "aw", @nobits
    .align 4096
    .globl osv_boot_pml4, osv_boot_pdpt_linear, osv_boot_pd_linear, boot_stack_top, boot_stack_base, boot_tables_end, boot_entry_tsc
osv_boot_pml4: .skip 4096
boot_pdpt_low: .skip 4096
boot_pd_image: .skip 4096
osv_boot_pdpt_linear: .skip 4096
osv_boot_pd_linear: .skip 4096
boot_stack_guard: .skip 4096
boot_stack_base: .skip 16384
boot_stack_top:
boot_entry_tsc: .skip 8
boot_tables_end: .skip 8

// SPDX-License-Identifier: BSD-3-Clause
// The smallest PVH guest: ends through isa-debug-exit with its first instructions. What remains is QEMU and firmware.
//
// At entry: 32-bit protected mode, no paging, no stack. Writes 0 to port 0x501, so QEMU ends with status 1.
    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18                  // name size, description size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long entry

    .text
    .code32
    .globl entry
entry:
    xorl %eax, %eax
    movw $0x501, %dx
    outl %eax, %dx
1:  hlt
    jmp 1b

// SPDX-License-Identifier: BSD-3-Clause
// A guest without a kernel, for tests of `osv run`: behaves as BEHAVIOUR says, in 32-bit mode as PVH enters.
// Behaviours: 1 print, report STATUS, exit by the device; 2 exit by the device only; 3 triple fault; 4 hang; 5 print a backtrace;
// 6 echo serial input until ^D, then report 0; 7 print the command line.

#define SERIAL 0x3f8

    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .section .note.osv.abi, "a", @note
    .align 4
    .long 4, 16, 1
    .asciz "OSv"
    .long ABI_VERSION, ABI_MACHINE, 0, 0

    .text
    .code32
    .globl start
    .type start, @function
start:
    mov %ebx, %ebp              // PVH start info
    mov $0x80000, %esp
#if BEHAVIOUR == 1
    mov $hello, %esi
    call print
    mov $report, %esi
    call print
    jmp leave
#elif BEHAVIOUR == 2
    jmp leave
#elif BEHAVIOUR == 3
    lidt empty
    int3
#elif BEHAVIOUR == 4
    mov $hello, %esi
    call print
1:  hlt
    jmp 1b
#elif BEHAVIOUR == 5
    mov $frames, %esi
    call print
    mov $report, %esi
    call print
    jmp leave
#elif BEHAVIOUR == 6
    mov $ready, %esi
    call print
1:  mov $(SERIAL + 5), %dx
    in %dx, %al
    test $1, %al
    jz 1b
    mov $SERIAL, %dx
    in %dx, %al
    cmp $4, %al
    je 2f
    out %al, %dx
    jmp 1b
2:  mov $report, %esi
    call print
    jmp leave
#elif BEHAVIOUR == 7
    mov 24(%ebp), %esi          // hvm_start_info.cmdline_paddr
    call print
    mov $report, %esi
    call print
    jmp leave
#endif

// Leave through isa-debug-exit with the low seven bits of STATUS.
leave:
    mov $0x501, %dx
    mov $(STATUS & 0x7f), %eax
    out %eax, %dx
1:  hlt
    jmp 1b
    .size start, . - start

// In: esi, a string. Clobbers al, dx, esi.
    .globl print
    .type print, @function
print:
    mov $SERIAL, %dx
1:  lodsb
    test %al, %al
    jz 2f
    out %al, %dx
    jmp 1b
2:  ret
    .size print, . - print

    .section .rodata
hello:
    .asciz "hello from the fake guest\r\n"
ready:
    .ascii "\x1e"
    .asciz "osv-input\n"
report:
    .ascii "\x1e"
    .ascii "osv-exit "
    .asciz STATUS_TEXT
frames:
    .asciz "panic: fake\r\n  #0 0x0000000000100010 start+0x10\r\n  #1 0x00000000deadbeef\r\n"
    .align 4
empty:
    .word 0
    .long 0
    .section .note.GNU-stack, "", @progbits

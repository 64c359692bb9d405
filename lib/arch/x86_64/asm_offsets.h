// SPDX-License-Identifier: BSD-3-Clause
// Constants for assembly; descriptors.c asserts that they are what C has.
#pragma once

#define FRAME_R15 0
#define FRAME_R14 8
#define FRAME_R13 16
#define FRAME_R12 24
#define FRAME_RBP 32
#define FRAME_RBX 40
#define FRAME_R11 48
#define FRAME_R10 56
#define FRAME_R9 64
#define FRAME_R8 72
#define FRAME_RAX 80
#define FRAME_RCX 88
#define FRAME_RDX 96
#define FRAME_RSI 104
#define FRAME_RDI 112
#define FRAME_ORIG_AX 120
#define FRAME_ENTRY 128
#define FRAME_ERROR 136
#define FRAME_ADDRESS 144
#define FRAME_RIP 152
#define FRAME_CS 160
#define FRAME_RFLAGS 168
#define FRAME_RSP 176
#define FRAME_SS 184
#define FRAME_BYTES 192

#define ENTRY_SYSCALL 1
#define ENTRY_GATE 2

#define SEL_CODE64 0x08
#define SEL_DATA 0x10
#define SEL_TSS 0x20

#define KSTACK_BYTES 16384
#define KSTACK_RESERVE 768 /* a trap that leaves less than this is reported as an overflow */
#define GUARD_BYTES 4096

#define THREAD_WORK 0
#define THREAD_FLAGS 4
#define FPU_LIVE 1
#define WORK_FULL_EXIT 0x40000000
#define TRAP_OPS_SYSCALL 16
#define TRAP_OPS_GATE_ENTERED 32

/* SPDX-License-Identifier: BSD-3-Clause */
/* The built vDSO as read-only data; VDSO_FILE is set by the build. */
    .section .rodata.vdso_blob, "a", @progbits
    .balign 8
    .globl vdso_blob_start, vdso_blob_end
    .hidden vdso_blob_start, vdso_blob_end
vdso_blob_start:
    .incbin VDSO_FILE
vdso_blob_end:
    .section .note.GNU-stack, "", @progbits

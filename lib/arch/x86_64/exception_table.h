// SPDX-License-Identifier: BSD-3-Clause
// Entries of the table that says where to go on when an access to named memory faults.
#pragma once

/* A fault at an instruction in [start, end) goes on at fixup; flags 1: without trying to resolve it. */
#ifdef __ASSEMBLER__
    .macro EXCEPTION start:req, end:req, fixup:req, flags:req
    .pushsection osv_ex_table, "a"
    .long \start, \end, \fixup, \flags
    .popsection
    .endm
#define EXCEPTION(start, end, fixup, flags) EXCEPTION start, end, fixup, flags
#else
#include <stdint.h>
struct exception_entry {
    uint32_t start, end, fixup, flags;
};
#define EXCEPTION_ENTRY(start, end, fixup, flags)                                                                                 \
    ".pushsection osv_ex_table, \"a\"\n\t.long " start ", " end ", " fixup ", " flags "\n\t.popsection\n\t"
#endif
